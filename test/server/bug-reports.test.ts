import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { isJsonObject, type JsonObject } from "../../src/base/json.js";
import { model } from "../../src/models/named-model.js";
import { type Serving, serve } from "./serve.js";
import { BEGUN, chunk, DONE, named, sse } from "./wire-frames.js";

/** What the provider is asked, and what it answers. */
let asked: JsonObject;
let wire = "";
const provider = createServer(async (request, response) => {
  let body = "";
  for await (const piece of request) body += piece;
  asked = JSON.parse(body);
  response.writeHead(200, { "content-type": "text/event-stream" }).end(wire);
});
let serving: Serving;

beforeAll(async () => {
  await new Promise<void>((resolve) => provider.listen(0, "127.0.0.1", resolve));
  const address = `http://127.0.0.1:${(provider.address() as AddressInfo).port}`;
  const shared = { apiKey: "none", retry: { retries: 0 } };
  const gpt = model("openai/gpt", { ...shared, baseUrl: `${address}/v1` });
  const claude = model("anthropic/claude", { ...shared, baseUrl: address });
  serving = await serve({ models: { gpt, claude } });
});
afterAll(async () => {
  await serving.close();
  provider.closeAllConnections();
  provider.close();
});

const HELLO = sse(chunk({ role: "assistant", content: "Hi" }), chunk({}, "stop")) + DONE;
const messages = [{ role: "user", content: "Hello" }];
const TOOL = { type: "function", function: { name: "add", parameters: { type: "object", properties: {} } } };
const call = (index: number, id: string | undefined, name: string | undefined, args: string) => ({
  index,
  ...(id !== undefined && { id, type: "function" }),
  function: { ...(name !== undefined && { name }), arguments: args },
});

async function post(path: string, body: object): Promise<{ status: number; text: string }> {
  const response = await fetch(serving.url + path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  return { status: response.status, text: await response.text() };
}

interface Chunk {
  choices: { delta: { content?: string; tool_calls?: ReturnType<typeof call>[] }; finish_reason: string | null }[];
}
const framesOf = (text: string) =>
  text
    .split("\n")
    .filter((line) => line.startsWith("data: {"))
    .map((line) => JSON.parse(line.slice(6)));
const chunksOf = (text: string) => framesOf(text).filter((frame) => !("error" in frame)) as Chunk[];
const reasonsOf = (text: string) =>
  chunksOf(text).flatMap(({ choices }) => choices.flatMap((one) => one.finish_reason ?? []));

async function completion(frames: string, body: object = {}): Promise<{ status: number; text: string }> {
  wire = frames;
  return post("/v1/chat/completions", { model: "gpt", messages, stream: true, ...body });
}

test("LiteLLM 24443: an Anthropic client may forbid tools", async () => {
  wire = HELLO;
  const tools = [{ name: "add", input_schema: { type: "object", properties: {} } }];
  const body = { model: "gpt", max_tokens: 9, messages, tools, tool_choice: { type: "none" } };
  expect(await post("/v1/messages", body)).toMatchObject({ status: 200 });
  expect(asked).toMatchObject({ tool_choice: "none" });
});

test("LiteLLM 25477: a tool that only another provider runs is refused by its path, not with 500", async () => {
  wire = HELLO;
  const tools = [{ type: "web_search_20250305", name: "web_search", max_uses: 8 }];
  const body = { model: "gpt", max_tokens: 9, messages, tools, tool_choice: { type: "tool", name: "web_search" } };
  const { status, text } = await post("/v1/messages", body);
  expect([status, JSON.parse(text).error]).toEqual([
    400,
    { type: "invalid_request_error", message: expect.stringContaining("tools[0]: a tool of anthropic") },
  ]);
});

test("LiteLLM 35894: an answer names a model, whatever the provider says", async () => {
  const unnamed = sse(chunk({ content: "Hi" }, null, { model: null }), chunk({}, "stop", { model: null })) + DONE;
  const { text } = await completion(unnamed, { stream: false });
  expect(JSON.parse(text).model).toBeTypeOf("string");
});

test("LiteLLM 3736: a message of calls alone is sent on without an empty text", async () => {
  const tool_calls = [{ id: "c", type: "function", function: { name: "add", arguments: "{}" } }];
  const history = [
    ...messages,
    { role: "assistant", content: "", tool_calls },
    { role: "tool", tool_call_id: "c", content: "" },
  ];
  expect(await completion(HELLO, { messages: history, tools: [TOOL] })).toMatchObject({ status: 200 });
  const sent = Array.isArray(asked.messages) ? asked.messages : [];
  expect(sent[1]).toMatchObject({ role: "assistant", tool_calls });
  expect(isJsonObject(sent[1]) && sent[1].content).not.toBe("");
});

const CUT =
  sse(
    chunk({ role: "assistant", tool_calls: [call(0, "c", "add", '{"a":')] }),
    chunk({ tool_calls: [call(0, undefined, undefined, "12")] }),
    chunk({}, "length"),
  ) + DONE;
test("vLLM 53269: a call that the limit cut is not reported as a whole one", async () => {
  expect(reasonsOf((await completion(CUT, { tools: [TOOL] })).text)).toEqual(["length"]);
  const whole = JSON.parse((await completion(CUT, { tools: [TOOL], stream: false })).text);
  expect(whole.choices[0].finish_reason).toBe("length");
  wire = CUT;
  const body = { model: "gpt", max_tokens: 9, messages, tools: [{ name: "add", input_schema: { type: "object" } }] };
  expect(JSON.parse((await post("/v1/messages", body)).text).stop_reason).toBe("max_tokens");
});

test("vLLM 53255: no calls are reported where there are none", async () => {
  const none = sse(chunk({ content: "Hi", tool_calls: [] }), chunk({}, "tool_calls")) + DONE;
  expect(reasonsOf((await completion(none, { tools: [TOOL], tool_choice: "required" })).text)).toEqual(["stop"]);
});

test("vLLM 19662, 35705 and vllm-ascend 8327: the reason stands in each chunk, and with no text", async () => {
  const { text } = await completion(sse(chunk({ content: "Hel" }), chunk({ content: "lo" }, "length")) + DONE);
  const choices = chunksOf(text).flatMap((one) => one.choices);
  expect(choices.every((choice) => "finish_reason" in choice)).toBe(true);
  expect(choices.map(({ delta }) => delta.content ?? "").join("")).toBe("Hello");
  expect(choices.filter((choice) => choice.finish_reason !== null)).toMatchObject([
    { delta: {}, finish_reason: "length" },
  ]);
  expect(choices.at(-1)?.delta.content ?? "").toBe("");
});

test("Ollama 9092 and 9632: text streams in its pieces although tools are declared", async () => {
  const pieces = ["One", " two", " three"];
  const { text } = await completion(sse(...pieces.map((content) => chunk({ content })), chunk({}, "stop")) + DONE, {
    tools: [TOOL],
  });
  expect(chunksOf(text).flatMap(({ choices }) => choices.flatMap(({ delta }) => delta.content || []))).toEqual(pieces);
});

test("langchain4j 2210: Ollama's calls and results have no ids", async () => {
  wire = HELLO;
  const history = [
    ...messages,
    { role: "assistant", tool_calls: [{ function: { name: "add", arguments: { a: 1 } } }] },
    { role: "tool", content: "1" },
  ];
  expect(await post("/api/chat", { model: "gpt", messages: history, tools: [TOOL], stream: false })).toMatchObject({
    status: 200,
  });
  const sent = asked.messages as [object, { tool_calls: [{ id: string }] }, object];
  expect(sent[2]).toMatchObject({ role: "tool", tool_call_id: sent[1].tool_calls[0].id });
});

test("aichat 1296: a call without an id is refused by its path, not with 500", async () => {
  const tool_calls = [{ id: null, type: "function", function: { name: "add", arguments: "{}" } }];
  const history = [
    ...messages,
    { role: "assistant", content: null, tool_calls },
    { role: "tool", tool_call_id: null, content: "1" },
  ];
  const { status, text } = await completion(HELLO, { messages: history });
  expect([status, JSON.parse(text).error.param]).toEqual([400, "messages[1].tool_calls[0].id"]);
});

test("Open WebUI 14469: fields of the client's own are passed over", async () => {
  expect(await completion(HELLO, { stream_response: true, session_id: "s", chat_id: "c" })).toMatchObject({
    status: 200,
  });
  expect(asked).not.toHaveProperty("stream_response");
});

test("llama.cpp 12379: a name that the provider repeats is sent once", async () => {
  const repeated = ['{"a"', ":1", "}"].map((args) => chunk({ tool_calls: [call(0, "c", "add", args)] }));
  const { text } = await completion(sse(...repeated, chunk({}, "tool_calls")) + DONE, { tools: [TOOL] });
  const calls = chunksOf(text).flatMap(({ choices }) => choices.flatMap(({ delta }) => delta.tool_calls ?? []));
  expect(calls.map((one) => one.function.name ?? "").join("")).toBe("add");
  expect(calls.map((one) => one.function.arguments).join("")).toBe('{"a":1}');
});

test("Portkey 1072: a chunk of usage without choices ends a stream in peace", async () => {
  const usage = { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 };
  const last = { id: "c", model: "m", choices: [], usage, x_groq: { id: "r" } };
  const { text } = await completion(sse(chunk({ content: "Hi" }), chunk({}, "stop"), last) + DONE, {
    stream_options: { include_usage: true },
  });
  expect(framesOf(text).at(-1)).toMatchObject({ choices: [], usage });
});

const OVERLOADED = { type: "error", error: { type: "overloaded_error", message: "Overloaded" } };
const block = (index: number, content_block: object) => ({ type: "content_block_start", index, content_block });
const piece = (index: number, delta: object) => ({ type: "content_block_delta", index, delta });

test("Portkey 741 and mlflow 25897: an error in the middle reaches clients of either protocol", async () => {
  const broken = named(
    BEGUN,
    block(0, { type: "text", text: "" }),
    piece(0, { type: "text_delta", text: "Hi" }),
    OVERLOADED,
  );
  wire = broken;
  const own = await post("/v1/messages", { model: "claude", max_tokens: 9, messages, stream: true });
  expect(own.text).toMatch(/event: error\ndata: .*Overloaded/);
  const other = await completion(broken, { model: "claude" });
  expect(framesOf(other.text).at(-1)).toMatchObject({ error: { message: expect.stringContaining("Overloaded") } });
  expect(reasonsOf(other.text)).toEqual([]);
});

test("Portkey 1047 and 1142: an error that is all of a stream has a status of its own", async () => {
  const { status, text } = await completion(named(OVERLOADED), { model: "claude" });
  expect([status, text]).toEqual([
    expect.toSatisfy((code: number) => code >= 500),
    expect.stringContaining("Overloaded"),
  ]);
});

test("Portkey 1275 and 1537: calls side by side have indices of their own, with all of their arguments", async () => {
  const calls = [0, 1].flatMap((index) => [
    block(index + 1, { type: "tool_use", id: `c${index}`, name: "add", input: {} }),
    piece(index + 1, { type: "input_json_delta", partial_json: '{"a":' }),
    piece(index + 1, { type: "input_json_delta", partial_json: `${index}}` }),
    { type: "content_block_stop", index: index + 1 },
  ]);
  const text = [
    block(0, { type: "text", text: "" }),
    piece(0, { type: "text_delta", text: "Hm" }),
    { type: "content_block_stop", index: 0 },
  ];
  const end = { type: "message_delta", delta: { stop_reason: "tool_use" }, usage: { output_tokens: 2 } };
  const answer = await completion(named(BEGUN, ...text, ...calls, end, { type: "message_stop" }), {
    model: "claude",
    tools: [TOOL],
  });
  const read = ["", ""];
  for (const { choices } of chunksOf(answer.text))
    for (const one of choices.flatMap(({ delta }) => delta.tool_calls ?? [])) read[one.index] += one.function.arguments;
  expect(read).toEqual(['{"a":0}', '{"a":1}']);
  expect(reasonsOf(answer.text)).toEqual(["tool_calls"]);
});
