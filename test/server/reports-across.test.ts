import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { HttpAgent } from "@ag-ui/client";
import Anthropic from "@anthropic-ai/sdk";
import { Ollama } from "ollama";
import OpenAI from "openai";
import { afterAll, beforeAll, expect, test } from "vitest";
import { model } from "../../src/models/named-model.js";
import { type Serving, serve } from "./serve.js";
import { BEGUN, chunk, DONE, named, sse } from "./wire-frames.js";

/** What the provider answers next. */
let answer: (response: ServerResponse) => void;
const provider = createServer((request, response) => {
  request.resume().once("end", () => answer(response));
});
let serving: Serving;
let anthropic: Anthropic;
let openai: OpenAI;
let ollama: Ollama;

beforeAll(async () => {
  await new Promise<void>((resolve) => provider.listen(0, "127.0.0.1", resolve));
  const address = `http://127.0.0.1:${(provider.address() as AddressInfo).port}`;
  const shared = { apiKey: "none", retry: { retries: 0 } };
  serving = await serve({
    models: {
      gpt: model("openai/gpt", { ...shared, baseUrl: `${address}/v1` }),
      claude: model("anthropic/claude", { ...shared, baseUrl: address }),
      gemini: model("gemini/gemini", { ...shared, baseUrl: `${address}/v1beta` }),
      llama: model("ollama/llama", { ...shared, baseUrl: address }),
    },
  });
  anthropic = new Anthropic({ baseURL: serving.url, apiKey: "none", maxRetries: 0 });
  openai = new OpenAI({ baseURL: `${serving.url}/v1`, apiKey: "none", maxRetries: 0 });
  ollama = new Ollama({ host: serving.url });
});
afterAll(async () => {
  await serving.close();
  provider.closeAllConnections();
  provider.close();
});

const says = (type: string, text: string, status = 200) => {
  answer = (response) => response.writeHead(status, { "content-type": type }).end(text);
};
const EVENTS = "text/event-stream";
const INPUT = { city: "Oslo", days: 3 };
const messages = [{ role: "user" as const, content: "Hello" }];
const schema = { type: "object" as const, properties: {} };
const ask = (name: string) =>
  anthropic.messages
    .stream({ model: name, max_tokens: 99, messages, tools: [{ name: "look", input_schema: schema }] })
    .finalMessage();

/** What Claude streams: a thought, a text, a call in pieces. */
const THOUGHT_AND_CALL = named(
  BEGUN,
  { type: "content_block_start", index: 0, content_block: { type: "thinking", thinking: "" } },
  { type: "content_block_delta", index: 0, delta: { type: "thinking_delta", thinking: "Hm." } },
  { type: "content_block_delta", index: 0, delta: { type: "signature_delta", signature: "s" } },
  { type: "content_block_stop", index: 0 },
  { type: "content_block_start", index: 1, content_block: { type: "text", text: "" } },
  { type: "content_block_delta", index: 1, delta: { type: "text_delta", text: "I look." } },
  { type: "content_block_stop", index: 1 },
  { type: "content_block_start", index: 2, content_block: { type: "tool_use", id: "t", name: "look", input: {} } },
  { type: "content_block_delta", index: 2, delta: { type: "input_json_delta", partial_json: '{"city":"Oslo",' } },
  { type: "content_block_delta", index: 2, delta: { type: "input_json_delta", partial_json: '"days":3}' } },
  { type: "content_block_stop", index: 2 },
  { type: "message_delta", delta: { stop_reason: "tool_use" }, usage: { output_tokens: 9 } },
  { type: "message_stop" },
);

test("LiteLLM 34692: a call of an Ollama model ends an Anthropic stream with tool_use, and no empty text precedes it", async () => {
  const call = { function: { name: "look", arguments: INPUT } };
  const line = (message: object, done = false) =>
    `${JSON.stringify({ model: "m", created_at: "2026-01-01T00:00:00Z", message, done, ...(done && { done_reason: "stop" }) })}\n`;
  says(
    "application/x-ndjson",
    line({ role: "assistant", content: "", tool_calls: [call] }) + line({ role: "assistant", content: "" }, true),
  );
  const { content, stop_reason } = await ask("llama");
  expect([stop_reason, content]).toMatchObject(["tool_use", [{ type: "tool_use", name: "look", input: INPUT }]]);
});

test("LiteLLM 25561: the arguments of a Gemini model's call stand in an Anthropic stream", async () => {
  const parts = [{ functionCall: { name: "look", args: INPUT } }];
  says(EVENTS, sse({ candidates: [{ content: { role: "model", parts }, finishReason: "STOP" }] }));
  const { content, stop_reason } = await ask("gemini");
  expect([stop_reason, content]).toMatchObject(["tool_use", [{ type: "tool_use", name: "look", input: INPUT }]]);
});

test("LiteLLM 29286: text beside an empty list of calls is text to an Anthropic client", async () => {
  const spoken = ["Hel", "lo"].map((content) => chunk({ content, tool_calls: [] }));
  says(EVENTS, sse(...spoken, chunk({ tool_calls: [] }, "stop")) + DONE);
  const { content, stop_reason } = await ask("gpt");
  expect([stop_reason, content]).toMatchObject(["end_turn", [{ type: "text", text: "Hello" }]]);
});

test("LiteLLM 29491: arguments in any pieces, a name in the first, reach an Anthropic client whole", async () => {
  const text = JSON.stringify({ ...INPUT, note: "x".repeat(3_000) });
  const pieces = text.match(/.{1,7}/gs) ?? [];
  const call = (more: object) => chunk({ tool_calls: [{ index: 0, ...more }] });
  const first = call({ id: "c", type: "function", function: { name: "look", arguments: "" } });
  const rest = pieces.map((piece) => call({ function: { name: null, arguments: piece } }));
  says(EVENTS, sse(first, ...rest, chunk({}, "tool_calls")) + DONE);
  expect((await ask("gpt")).content).toMatchObject([{ type: "tool_use", name: "look", input: JSON.parse(text) }]);
});

test("LiteLLM 36262 and 8066: Claude's call after a thought and a text is a call to an OpenAI client", async () => {
  says(EVENTS, THOUGHT_AND_CALL);
  const tools = [{ type: "function" as const, function: { name: "look", parameters: schema } }];
  const runner = openai.chat.completions.stream({ model: "claude", messages, tools });
  const { message, finish_reason } = (await runner.finalChatCompletion()).choices[0] ?? {};
  expect([finish_reason, message?.content]).toEqual(["tool_calls", "I look."]);
  const called = message?.tool_calls?.[0];
  expect(called?.type === "function" && JSON.parse(called.function.arguments)).toEqual(INPUT);
});

test("vLLM 27572 and vllm-mlx 628: an answer whose provider gives no reason has one", async () => {
  says(EVENTS, sse(chunk({ role: "assistant", content: "Hi" }), chunk({})) + DONE);
  const reasons: (string | null)[] = [];
  const stream = await openai.chat.completions.create({ model: "gpt", messages, stream: true });
  for await (const { choices } of stream) reasons.push(...choices.map((one) => one.finish_reason));
  expect(reasons.filter((one) => one !== null)).toEqual(["stop"]);
});

test("Portkey 267: a connection that is lost before the first word is no answer with 200", async () => {
  answer = (response) => response.socket?.destroy();
  for (const stream of [true, false]) {
    const asked = openai.chat.completions.create({ model: "gpt", messages, stream });
    await expect(asked).rejects.toSatisfy(({ status }: { status: number }) => status >= 500);
  }
});

test("Portkey 722: a refusal that is written as an event reaches the client with its status and words", async () => {
  const refused = { type: "error", error: { type: "rate_limit_error", message: "slow down" } };
  says(EVENTS, named(refused), 429);
  const asked = openai.chat.completions.create({ model: "claude", messages, stream: true });
  await expect(asked).rejects.toMatchObject({ status: 429, message: expect.stringContaining("slow down") });
});

test("Open WebUI 11906: an unknown model is an error in Ollama's own field", async () => {
  await expect(ollama.chat({ model: "nobody:1b", messages })).rejects.toMatchObject({
    status_code: 404,
    error: expect.stringContaining("nobody:1b"),
  });
});

test("Open WebUI 6592: models are listed with all fields that its client reads", async () => {
  const { models } = await (await fetch(`${serving.url}/api/tags`)).json();
  for (const one of models) {
    expect(one).toMatchObject({
      name: expect.any(String),
      model: expect.any(String),
      modified_at: expect.any(String),
      size: expect.any(Number),
      digest: expect.any(String),
      details: { family: expect.any(String), families: expect.any(Array), format: expect.any(String) },
    });
  }
  expect(await (await fetch(`${serving.url}/api/version`)).json()).toMatchObject({ version: expect.any(String) });
});

/** What AG-UI's stream says, by itself. */
async function events(body: object): Promise<{ type: string; [field: string]: unknown }[]> {
  const input = {
    tools: [],
    context: [],
    state: {},
    forwardedProps: {},
    messages: [{ id: "u", ...messages[0] }],
    ...body,
  };
  const response = await fetch(`${serving.url}/ag-ui/claude`, { method: "POST", body: JSON.stringify(input) });
  const frames = (await response.text()).split("\n").filter((line) => line.startsWith("data: "));
  return frames.map((line) => JSON.parse(line.slice(6)));
}

test("agno 4378, neuron-ai 607: AG-UI's texts end before calls begin, ids are the client's, no delta is empty", async () => {
  says(EVENTS, THOUGHT_AND_CALL);
  const all = await events({ threadId: "mine", runId: "run-1" });
  const kinds = all.map(({ type }) => type);
  expect(kinds.indexOf("TEXT_MESSAGE_END")).toBeLessThan(kinds.indexOf("TOOL_CALL_START"));
  for (const type of ["RUN_STARTED", "RUN_FINISHED"]) {
    expect(all.find((one) => one.type === type)).toMatchObject({ threadId: "mine", runId: "run-1" });
  }
  expect(all.filter(({ delta }) => delta === "")).toEqual([]);
  expect(kinds.at(-1)).toBe("RUN_FINISHED");
});

test("agentscope 2642: an AG-UI run that fails ends with its error alone, and its client knows", async () => {
  says(
    EVENTS,
    THOUGHT_AND_CALL.slice(
      0,
      THOUGHT_AND_CALL.indexOf('event: content_block_stop\ndata: {"type":"content_block_stop","index":2'),
    ),
  );
  const kinds = (await events({ threadId: "t", runId: "r" })).map(({ type }) => type);
  expect(kinds.at(-1)).toBe("RUN_ERROR");
  expect(kinds).not.toContain("RUN_FINISHED");
  const agent = new HttpAgent({ url: `${serving.url}/ag-ui/claude`, threadId: "t2" });
  agent.setMessages([{ id: "u", role: "user", content: "Hi" }]);
  const failures: string[] = [];
  agent.subscribe({ onRunErrorEvent: ({ event }) => void failures.push(event.message) });
  await agent.runAgent();
  expect(failures).toHaveLength(1);
});

test("Codex 24973 and 6710: a response that fails midway says why in the response itself", async () => {
  says(EVENTS, sse(chunk({ role: "assistant", content: "Half" }), { error: { message: "Upstream broke", code: 500 } }));
  const body = JSON.stringify({ model: "gpt", input: "Hello", stream: true });
  const text = await (await fetch(`${serving.url}/v1/responses`, { method: "POST", body })).text();
  const all = text
    .split("\n")
    .filter((line) => line.startsWith("data: {"))
    .map((line) => JSON.parse(line.slice(6)));
  const error = { code: expect.any(String), message: expect.stringContaining("Upstream broke") };
  expect(all.at(-1)).toMatchObject({ type: "response.failed", response: { status: "failed", error } });
  expect(all.map((event) => event.sequence_number)).toEqual(all.map((_, index) => index));
  // OpenAI's own client throws what the event before says.
  const read = async () => {
    for await (const _ of await openai.responses.create({ model: "gpt", input: "Hello", stream: true }));
  };
  await expect(read()).rejects.toThrow("Upstream broke");
});

test("LM Studio 1188, exo 1356: a response is gone on from, and read from anywhere, as soon as it is complete", async () => {
  const reply = (text: string) => says(EVENTS, sse(chunk({ content: text }), chunk({}, "stop")) + DONE);
  reply("One");
  const events: OpenAI.Responses.ResponseStreamEvent[] = [];
  let next: Promise<OpenAI.Responses.Response> | undefined;
  for await (const event of await openai.responses.create({ model: "gpt", input: "Hello", stream: true })) {
    events.push(event);
    if (event.type !== "response.completed") continue;
    reply("Two");
    next = openai.responses.create({ model: "gpt", input: "Go on", previous_response_id: event.response.id });
  }
  expect((await next)?.output_text).toBe("Two");
});
