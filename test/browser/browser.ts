import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import type { ServerOptions } from "../../src/server/server-options.js";
import { type Serving, serve } from "../server/serve.js";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
/** A microphone that is none, and no question about it. */
const SOUND = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"];
/** This machine under a name that a browser does not trust as it trusts loopback: there is no secure context. */
export const OTHER_HOST = "sluice.test";
const HOSTS = [`--host-resolver-rules=MAP ${OTHER_HOST} 127.0.0.1`];
/** Debian's Chromium. Without what only a window needs, pages take half the CPU. */
const EXECUTABLES = ["/usr/bin/chromium-headless-shell", "/usr/bin/chromium"];

/** The browser that tests run in; "" where there is none. */
export const EXECUTABLE = EXECUTABLES.find((path) => existsSync(path)) ?? "";

/** Why tests in a browser are skipped; `undefined` where there is one. */
export const NO_BROWSER =
  EXECUTABLE === "" ? `there is no ${EXECUTABLES[0]} (apt-get install chromium-headless-shell)` : undefined;
if (NO_BROWSER !== undefined) process.stderr.write(`skipped: ${NO_BROWSER}\n`);

/** How long one thing in a page may take, in ms: less than a test may, so that what did not come is named. */
const ACTION_MS = 120_000;

/** A page of the web app in a real browser, and what went wrong in it. */
export interface OpenPage {
  page: Page;
  context: BrowserContext;
  /** Errors that the page threw, what its security policy refused, and requests to other hosts. */
  problems: string[];
  /** Opens another tab of the same profile; its problems are counted with these. */
  tab(address?: string): Promise<Page>;
  close(): Promise<void>;
}

/** Headless Chromium; each page has a profile of its own. */
export class TestBrowser {
  readonly #browser: Browser;

  private constructor(browser: Browser) {
    this.#browser = browser;
  }

  /** Starts it, and builds the web app where its sources are newer than what was built. */
  static async open(): Promise<TestBrowser> {
    buildWebApp();
    const args = [
      "--no-sandbox",
      "--disable-dev-shm-usage",
      "--autoplay-policy=no-user-gesture-required",
      ...SOUND,
      ...HOSTS,
    ];
    return new TestBrowser(await chromium.launch({ executablePath: EXECUTABLE, args, timeout: ACTION_MS }));
  }

  /** Opens an address of the app, for example `${serving.url}/#/dashboard`. */
  async page(url: string, options: BrowserContextOptions = {}): Promise<OpenPage> {
    const context = await this.#browser.newContext({
      viewport: { width: 1280, height: 800 },
      reducedMotion: "reduce",
      ...options,
    });
    context.setDefaultTimeout(ACTION_MS);
    const problems: string[] = [];
    const tab = async (address = url) => {
      const page = await context.newPage();
      watch(page, address, problems);
      await page.goto(address);
      return page;
    };
    return { page: await tab(), context, problems, tab, close: () => context.close() };
  }

  /**
   * How long the tasks of a page's main thread took while something was done, in ms of the thread's own time: other work on
   * the machine does not lengthen it.
   */
  async tasksOf(page: Page, doing: () => Promise<void>): Promise<number[]> {
    await this.#browser.startTracing(page, { categories: ["disabled-by-default-devtools.timeline", "toplevel"] });
    await doing();
    const { traceEvents } = JSON.parse((await this.#browser.stopTracing()).toString()) as { traceEvents: TraceEvent[] };
    const main = traceEvents.find(({ name, args }) => name === "thread_name" && args?.name === "CrRendererMain");
    return traceEvents
      .filter((event) => event.tid === main?.tid && event.pid === main.pid && /RunTask$/.test(event.name))
      .map(({ tdur = 0 }) => tdur / 1_000);
  }

  close(): Promise<void> {
    return this.#browser.close();
  }
}

/** Writes down what goes wrong in a page. */
function watch(page: Page, url: string, problems: string[]): void {
  const { host } = url === "about:blank" ? { host: "" } : new URL(url);
  page.on("pageerror", (error) => problems.push(String(error)));
  page.on("console", (message) => {
    if (/Content Security Policy|TrustedHTML|TrustedScript/.test(message.text())) problems.push(message.text());
  });
  page.on("request", (request) => {
    const asked = new URL(request.url());
    if (asked.protocol.startsWith("http") && host !== "" && asked.host !== host)
      problems.push(`asked ${request.url()}`);
  });
}

/** An event of Chromium's tracing; times in µs. */
interface TraceEvent {
  name: string;
  pid: number;
  tid: number;
  tdur?: number;
  args?: { name?: string };
}

/** Serves the web app with models of the test's. */
export function serveApp(options: ServerOptions, where: { port?: number } = {}): Promise<Serving> {
  return serve({ webApp: true, ...options }, where);
}

/** Builds `dist/web` where something of it is older than its sources. */
function buildWebApp(): void {
  const built = join(ROOT, "dist/web/index.html");
  const newestSource = Math.max(newest(join(ROOT, "web")), newest(join(ROOT, "src/stream")));
  if (existsSync(built) && statSync(built).mtimeMs >= newestSource) return;
  const vite = join(ROOT, "node_modules/vite/bin/vite.js");
  const { status, stderr } = spawnSync(process.execPath, [vite, "build", "--config", "web/vite.config.ts"], {
    cwd: ROOT,
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`the web app could not be built:\n${stderr}`);
}

function newest(folder: string): number {
  const entries = readdirSync(folder, { withFileTypes: true });
  return Math.max(
    ...entries.map((entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? newest(path) : statSync(path).mtimeMs;
    }),
  );
}
