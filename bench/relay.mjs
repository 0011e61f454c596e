// What a relay costs: `node bench/relay.mjs [streams]`. A mock answers with a role frame and 64 deltas, one each 20 ms; the
// same streams are read directly, through a bare relay (fetch to res.write), and through the server. Needs `npm run build`.
import { fork } from "node:child_process";
import { createServer } from "node:http";
import { request } from "undici";
import { nextMessage } from "./next-message.mjs";

const DELTAS = 64;
const PACE_MS = 20;
const [role, upstream] = process.argv.slice(2);

const listening = (server) =>
  new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(`http://127.0.0.1:${server.address().port}`)));

const roles = {
  mock: () =>
    listening(
      createServer((incoming, outgoing) => {
        incoming.resume();
        outgoing.writeHead(200, { "content-type": "text/event-stream" });
        let n = 0;
        const frame = (choice) =>
          outgoing.write(
            `data: ${JSON.stringify({ id: "a", object: "chat.completion.chunk", created: 1, model: "m", choices: [{ index: 0, ...choice }] })}\n\n`,
          );
        frame({ delta: { role: "assistant", content: "" }, finish_reason: null });
        const timer = setInterval(() => {
          if (n++ < DELTAS) return frame({ delta: { content: `word${n} ` }, finish_reason: null });
          clearInterval(timer);
          frame({ delta: {}, finish_reason: "stop" });
          outgoing.end("data: [DONE]\n\n");
        }, PACE_MS);
        outgoing.on("close", () => clearInterval(timer));
      }),
    ),
  bare: () =>
    listening(
      createServer(async (incoming, outgoing) => {
        let body = "";
        for await (const piece of incoming) body += piece;
        const answer = await fetch(`${upstream}/v1/chat/completions`, { method: "POST", body });
        outgoing.writeHead(200, { "content-type": "text/event-stream" });
        for await (const piece of answer.body) outgoing.write(piece);
        outgoing.end();
      }),
    ),
  sluice: async () => {
    const { model } = await import("sluice");
    const { createServer: serve } = await import("sluice/server");
    const m = model("openai/m", { baseUrl: `${upstream}/v1`, apiKey: "none" });
    return (await (await serve({ models: { m } })).listen({ port: 0 })).url;
  },
};

if (role in roles) {
  const url = await roles[role]();
  process.send(url);
  process.on("message", () => process.send(process.cpuUsage()));
  // Whoever measured is gone.
  process.on("disconnect", () => process.exit(0));
} else await main(Number(role ?? 100));

async function main(streams) {
  const children = [];
  const start = async (name, ...args) => {
    const child = fork(import.meta.filename, [name, ...args]);
    children.push(child);
    const url = await nextMessage(child);
    return { name, child, url };
  };
  const mock = await start("mock");
  const targets = [{ name: "direct", url: mock.url }, await start("bare", mock.url), await start("sluice", mock.url)];
  for (const target of targets) await round(target, 10);
  console.log(`${streams} streams of ${DELTAS} deltas, one each ${PACE_MS} ms`);
  for (const target of targets) {
    const before = await cpuOf(target.child);
    const results = await round(target, streams);
    const cpu = (await cpuOf(target.child)) - before;
    const firsts = results.map(({ firstMs }) => firstMs).sort((a, b) => a - b);
    const stalls = results.filter(({ gapMs }) => gapMs > 10 * PACE_MS).length;
    const short = results.filter(({ deltas }) => deltas !== DELTAS).length;
    const at = (p) => firsts[Math.min(firsts.length - 1, Math.floor(p * firsts.length))].toFixed(2);
    const perFrame = target.child === undefined ? "-" : (cpu / (streams * (DELTAS + 2))).toFixed(1);
    console.log(
      `${target.name}: first delta p50 ${at(0.5)} ms, p99 ${at(0.99)} ms; CPU ${perFrame} us a frame; ${stalls} stalled, ${short} short`,
    );
  }
  for (const child of children) child.kill();
}

/** Streams that begin spread over one pace, as they would. */
function round({ url }, streams) {
  return Promise.all(
    Array.from({ length: streams }, async (_, i) => {
      await new Promise((resolve) => setTimeout(resolve, (i * PACE_MS * 5) / streams));
      return one(url);
    }),
  );
}

async function one(url) {
  const body = JSON.stringify({ model: "m", stream: true, messages: [{ role: "user", content: "Hi" }] });
  const began = performance.now();
  const answer = await request(`${url}/v1/chat/completions`, {
    method: "POST",
    body,
    headers: { "content-type": "application/json" },
  });
  let [deltas, firstMs, gapMs, last] = [0, 0, 0, began];
  for await (const piece of answer.body) {
    const found = String(piece).split('"content":"word').length - 1;
    if (found === 0) continue;
    const now = performance.now();
    if (deltas === 0) firstMs = now - began - PACE_MS;
    else gapMs = Math.max(gapMs, now - last);
    last = now;
    deltas += found;
  }
  return { deltas, firstMs, gapMs };
}

async function cpuOf(child) {
  if (child === undefined) return 0;
  child.send("cpu");
  const { user, system } = await nextMessage(child);
  return user + system;
}
