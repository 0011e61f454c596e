import { once } from "node:events";
import { createServer as createProvider, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openAiChat } from "../../src/dialects/openai-chat/openai-chat.js";
import { defineModel } from "../../src/models/define-model.js";
import { httpModel } from "../../src/models/http/http-model.js";
import { deferred } from "../support/deferred.js";
import { type Serving, serve } from "./serve.js";

let asked = deferred();
let left = deferred();

const hanging = (id: string, words: readonly string[]) =>
  defineModel({
    id,
    async *stream(_, { signal }) {
      signal.addEventListener("abort", () => left.resolve());
      asked.resolve();
      yield* words;
      await new Promise(() => {});
    },
  });

/** A provider whose connection breaks before it has said anything. */
let provider: Server;
let serving: Serving;
beforeAll(async () => {
  provider = createProvider((incoming, outgoing) => {
    incoming.resume();
    outgoing.writeHead(200, { "content-type": "text/event-stream" });
    outgoing.flushHeaders();
    outgoing.destroy();
  });
  provider.listen(0, "127.0.0.1");
  await once(provider, "listening");
  const baseUrl = `http://127.0.0.1:${(provider.address() as AddressInfo).port}`;
  const broken = httpModel({ id: "broken", dialect: openAiChat, model: "m", baseUrl, retry: { retries: 0 } });
  serving = await serve({ models: { mute: hanging("mute", []), slow: hanging("slow", ["One "]), broken } });
});
afterAll(async () => {
  await serving.close();
  provider.close();
});

const said = [{ role: "user", content: "Hi" }];
const gemini = { contents: [{ role: "user", parts: [{ text: "Hi" }] }] };
/** Where each protocol is asked, streamed and whole. */
const PATHS: [string, (model: string, stream: boolean) => [string, object]][] = [
  ["OpenAI chat", (model, stream) => ["/v1/chat/completions", { model, stream, messages: said }]],
  ["OpenAI Responses", (model, stream) => ["/v1/responses", { model, stream, input: "Hi" }]],
  ["Anthropic", (model, stream) => ["/v1/messages", { model, stream, max_tokens: 9, messages: said }]],
  [
    "Gemini",
    (model, stream) => [`/v1beta/models/${model}:${stream ? "streamGenerateContent" : "generateContent"}`, gemini],
  ],
  ["Ollama", (model, stream) => ["/api/chat", { model, stream, messages: said }]],
];

describe.each(PATHS)("a client of %s that leaves", (_, requestOf) => {
  test.each([
    ["streamed, before the first word", "mute", true],
    ["streamed, after it", "slow", true],
    ["whole", "slow", false],
  ])("closes what it asked: %s", async (_, model, stream) => {
    [asked, left] = [deferred(), deferred()];
    const [path, body] = requestOf(model, stream);
    const leaving = new AbortController();
    const answer = fetch(serving.url + path, { method: "POST", body: JSON.stringify(body), signal: leaving.signal });
    await asked.promise;
    if (stream && model === "slow") await (await answer).body?.getReader().read();
    leaving.abort();
    await answer.catch(() => {});
    await left.promise;
  });

  test.each([true, false])(
    "is told with a status where the provider's connection breaks first, streamed: %s",
    async (stream) => {
      const [path, body] = requestOf("broken", stream);
      const answer = await fetch(serving.url + path, { method: "POST", body: JSON.stringify(body) });
      expect(answer.status).toBeGreaterThanOrEqual(500);
      expect(JSON.stringify(await answer.json())).toMatch(/error/);
    },
  );
});

test("a notification over MCP is taken without an answer; what is not offered says what is", async () => {
  const headers = { "content-type": "application/json", accept: "application/json, text/event-stream" };
  const body = JSON.stringify({ jsonrpc: "2.0", method: "notifications/initialized" });
  const noted = await fetch(`${serving.url}/mcp`, { method: "POST", headers, body });
  expect([noted.status, await noted.text()]).toEqual([202, ""]);
  for (const [method, allow] of [
    ["GET", "POST"],
    ["DELETE", "POST, GET"],
  ] as const) {
    const refused = await fetch(`${serving.url}/mcp`, { method, headers });
    expect([refused.status, refused.headers.get("allow")]).toEqual([405, allow]);
  }
});
