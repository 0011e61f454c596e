// How the web app bears a long answer: `node bench/web.mjs [minutes]`, 10 by default. 200 tokens of Markdown a second, in headless
// Chromium (/usr/bin/chromium). Each minute: how long the page's thread was busy, by its own clock, its memory after a collection, and
// what of it is the page's own: elements. Needs `npm run build`.
import { chromium } from "playwright-core";
import { defineModel } from "sluice/models";
import { createServer } from "sluice/server";

const MINUTES = Number(process.argv[2] ?? 10);
const PER_SECOND = 200;
const MINUTE_MS = 60_000;
const SECTION = `## A section

Some **bold** prose with \`code\`, a [link](https://example.com) and a sum: $a^2 + b^2 = c^2$. It goes on for a few lines, as answers do.

- one thing
- another, with *emphasis*

| name | value |
| --- | --: |
| first | 1 |
| second | 22 |

\`\`\`ts
export function twice(value: number): number {
  return value * 2;
}
\`\`\`

`;

/** Markdown at an even pace, whatever the machine is busy with: what is late is made up for. */
async function* answer() {
  const pieces = SECTION.match(/\S+\s*|\s+/g) ?? [];
  const began = performance.now();
  for (let token = 0; token < MINUTES * 60 * PER_SECOND; token++) {
    const early = (token / PER_SECOND) * 1_000 - (performance.now() - began);
    if (early > 0) await new Promise((resolve) => setTimeout(resolve, early));
    yield pieces[token % pieces.length];
  }
}

const server = await createServer({ models: { long: defineModel({ id: "long", stream: answer }) }, webApp: true });
const { url } = await server.listen({ port: 0 });
const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
const debug = await page.context().newCDPSession(page);
await debug.send("Performance.enable", { timeDomain: "threadTicks" });
await debug.send("HeapProfiler.enable");

async function measure() {
  await debug.send("HeapProfiler.collectGarbage");
  const { metrics } = await debug.send("Performance.getMetrics");
  const of = (name) => metrics.find((metric) => metric.name === name)?.value ?? 0;
  const characters = await page.evaluate(() => document.querySelector(".answer-turn")?.textContent?.length ?? 0);
  return { busy: of("TaskDuration"), heap: of("JSHeapUsedSize"), nodes: of("Nodes"), characters };
}

await page.goto(url);
await page.locator("#composer").fill("Go");
await page.keyboard.press("Enter");
console.log("minute | characters shown | page's thread busy, s | heap, MB | DOM nodes | heap, bytes a character");
let before = await measure();
for (let minute = 1; minute <= MINUTES; minute++) {
  await page.waitForTimeout(MINUTE_MS);
  const now = await measure();
  const row = [minute, now.characters, (now.busy - before.busy).toFixed(2), (now.heap / 1e6).toFixed(1), now.nodes];
  console.log([...row, (now.heap / now.characters).toFixed(0)].join(" | "));
  before = now;
}
await browser.close();
await server.close({ graceMs: 0 });
