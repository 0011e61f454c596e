import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { type Browser, chromium } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { EXECUTABLE, NO_BROWSER } from "./browser.js";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** What the page runs: the library as an application's bundler takes it, called over `fetch`. */
const PAGE = `import { Conversation, model, stream, SluiceError } from "sluice";
const options = { baseUrl: location.origin + "/v1", apiKey: "none" };
globalThis.run = {
  async streamed(prompt) {
    const pieces = [];
    const answer = stream(model("openai/gpt-4.1-mini", options), prompt);
    for await (const text of answer.text) pieces.push(text);
    return { pieces, usage: await answer.usage };
  },
  async left() {
    const answer = stream(model("openai/gpt-4.1-mini", options), "endless");
    for await (const text of answer.text) if (text !== "") break;
    return (await answer.usage).inputTokens ?? 0;
  },
  async remembered() {
    const talk = new Conversation({ model: model("openai/gpt-4.1-mini", options) });
    await talk.send("one");
    return (await talk.send("two")).text;
  },
  async failed(name) {
    try {
      return await stream(model(name, { ...options, retry: { retries: 0 } }), "fail").fullText;
    } catch (error) {
      return [error instanceof SluiceError, error.code];
    }
  },
};`;

interface Streamed {
  pieces: string[];
  usage: unknown;
}

interface Asked {
  messages: { content: string }[];
}

/** Serves the page and its files, and answers in OpenAI's protocol. */
async function startServer(files: ReadonlyMap<string, string>): Promise<{ server: Server; closed: Promise<void> }> {
  let onClosed: () => void = () => {};
  const closed = new Promise<void>((resolve) => {
    onClosed = resolve;
  });
  const server = createServer((request, response) => {
    const file = files.get(request.url ?? "");
    if (file !== undefined) return void response.writeHead(200, { "content-type": "text/javascript" }).end(file);
    if (request.method !== "POST") {
      const page = '<!doctype html><title>library</title><script type="module" src="/page.js"></script>';
      return void response.writeHead(200, { "content-type": "text/html" }).end(page);
    }
    let body = "";
    request.setEncoding("utf8").on("data", (text: string) => {
      body += text;
    });
    request.on("end", () => {
      const { messages }: Asked = JSON.parse(body);
      const last = messages.at(-1)?.content;
      if (last === "fail") {
        const error = { error: { message: "too much to do", type: "overloaded" } };
        return void response.writeHead(503, { "content-type": "application/json" }).end(JSON.stringify(error));
      }
      response.writeHead(200, { "content-type": "text/event-stream" });
      const say = (content: string) =>
        response.write(`data: ${JSON.stringify({ id: "1", model: "m", choices: [{ delta: { content } }] })}\n\n`);
      say(`You said ${messages.map(({ content }) => content).join(", ")}`);
      if (last === "endless") return void response.on("close", onClosed);
      say(". \u{1F600}");
      const usage = { prompt_tokens: 3, completion_tokens: 5 };
      response.write(
        `data: ${JSON.stringify({ id: "1", model: "m", choices: [{ delta: {}, finish_reason: "stop" }], usage })}\n\n`,
      );
      response.end("data: [DONE]\n\n");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { server, closed };
}

describe.skipIf(NO_BROWSER !== undefined)("the library in Chromium", () => {
  let browser: Browser;
  let server: Server;
  let closed: Promise<void>;
  let page: Awaited<ReturnType<Browser["newPage"]>>;
  const problems: string[] = [];
  const requested: string[] = [];

  beforeAll(async () => {
    const { outputFiles } = await build({
      stdin: { contents: PAGE, resolveDir: root },
      bundle: true,
      splitting: true,
      outdir: "/",
      entryNames: "page",
      write: false,
      format: "esm",
      platform: "browser",
      target: "es2022",
    });
    ({ server, closed } = await startServer(new Map(outputFiles.map(({ path, text }) => [path, text]))));
    browser = await chromium.launch({
      executablePath: EXECUTABLE,
      args: ["--no-sandbox", "--disable-dev-shm-usage"],
    });
    page = await browser.newPage();
    page.on("pageerror", (error) => problems.push(String(error)));
    page.on("request", (request) => requested.push(new URL(request.url()).pathname));
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  });
  afterAll(async () => {
    await browser?.close();
    server?.closeAllConnections();
    server?.close();
  });

  test("streams from a model over fetch, and loads only the protocol that it calls", async () => {
    const { pieces, usage } = await page.evaluate<Streamed>("run.streamed('Hi')");
    expect(pieces.join("")).toBe("You said Hi. \u{1F600}");
    expect(usage).toMatchObject({ inputTokens: 3, outputTokens: 5 });
    expect(requested.filter((path) => /-calling\b/.test(path))).toEqual([
      expect.stringMatching(/^\/openai-chat-calling\b/),
    ]);
    // Text needs neither all of the protocol nor what reads errors.
    expect(requested.filter((path) => /whole-codec|redactor/.test(path))).toEqual([]);
  });

  test("leaving closes the connection to the service", async () => {
    expect(await page.evaluate("run.left()")).toBeTypeOf("number");
    await closed;
  });

  test("keeps a conversation", async () => {
    expect(await page.evaluate("run.remembered()")).toContain("one, You said one. \u{1F600}, two");
  });

  test("fails with typed errors", async () => {
    expect(await page.evaluate("run.failed('openai/gpt-4.1-mini')")).toEqual([true, "overloaded"]);
    expect(await page.evaluate("run.failed('llama/model.gguf')")).toEqual([true, "unsupported"]);
    expect(problems).toEqual([]);
  });
});
