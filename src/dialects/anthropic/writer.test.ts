import Anthropic from "@anthropic-ai/sdk";
import { afterEach, describe, expect, test } from "vitest";
import { type DialectServer, type Script, serveDialect } from "../../../test/support/serve-dialect.js";
import type { ChatEvent } from "../../stream/chat-event.js";
import { SluiceError } from "../../stream/error.js";
import { anthropic } from "./anthropic.js";

const START: ChatEvent = { type: "start", id: "msg_1", model: "model-1" };
const FINISH: ChatEvent = { type: "finish", reason: "stop", usage: { inputTokens: 12, outputTokens: 7 } };
const ASK = { model: "model-1", max_tokens: 100, messages: [{ role: "user" as const, content: "Hi" }] };
const TOOL = { name: "weather", input_schema: { type: "object" as const, properties: { city: { type: "string" } } } };

let server: DialectServer | undefined;

async function client(script: Script): Promise<Anthropic> {
  server = await serveDialect(anthropic, () => script);
  return new Anthropic({ baseURL: server.url, apiKey: "none", maxRetries: 0 });
}

afterEach(async () => {
  await server?.close();
  server = undefined;
});

describe("@anthropic-ai/sdk reads what the writer writes", () => {
  const everything: Script = [
    START,
    { type: "usage", usage: { inputTokens: 12, cacheReadTokens: 4, cacheWriteTokens: 2 } },
    { type: "reasoning-delta", text: "Let me ", block: 0 },
    { type: "reasoning-delta", text: "think.", block: 0 },
    {
      type: "reasoning-delta",
      text: "",
      block: 0,
      opaque: { dialect: "anthropic", data: { type: "thinking", signature: "c2ln" } },
    },
    { type: "text-delta", text: "It is ", block: 1 },
    { type: "text-delta", text: "sunny. ☀️", block: 1 },
    { type: "source", source: { kind: "url", url: "https://example.com/", title: "Weather" }, block: 1 },
    { type: "tool-input-delta", callId: "toolu_1", name: "weather", delta: '{"city":' },
    { type: "tool-input-delta", callId: "toolu_1", name: "weather", delta: '"Paris"}' },
    { type: "tool-call", callId: "toolu_1", name: "weather", input: { city: "Paris" } },
    { type: "tool-call", callId: "toolu_2", name: "weather", input: {} },
    {
      type: "finish",
      reason: "tool-calls",
      usage: { inputTokens: 12, outputTokens: 7, cacheReadTokens: 4, cacheWriteTokens: 2, reasoningTokens: 3 },
    },
  ];

  test.each(["stream", "body"])("text, thinking, citations, tools and usage, as a %s", async (form) => {
    const sdk = await client(everything);
    const ask = { ...ASK, tools: [TOOL] };
    const message = form === "stream" ? await sdk.messages.stream(ask).finalMessage() : await sdk.messages.create(ask);
    expect(message).toMatchObject({ id: "msg_1", model: "model-1", role: "assistant", stop_reason: "tool_use" });
    expect(message.content).toMatchObject([
      { type: "thinking", thinking: "Let me think.", signature: "c2ln" },
      { type: "text", text: "It is sunny. ☀️", citations: [{ url: "https://example.com/", title: "Weather" }] },
      { type: "tool_use", id: "toolu_1", name: "weather", input: { city: "Paris" } },
      { type: "tool_use", id: "toolu_2", name: "weather", input: {} },
    ]);
    expect(message.usage).toMatchObject({
      input_tokens: 6,
      output_tokens: 7,
      cache_read_input_tokens: 4,
      cache_creation_input_tokens: 2,
      output_tokens_details: { thinking_tokens: 3 },
    });
  });

  test("each delta is an event of its own", async () => {
    const sdk = await client([START, text("one "), text("two"), FINISH]);
    const said: string[] = [];
    for await (const event of await sdk.messages.create({ ...ASK, stream: true })) {
      if (event.type === "content_block_delta" && event.delta.type === "text_delta") said.push(event.delta.text);
    }
    expect(said).toEqual(["one ", "two"]);
  });

  test("an error in mid-stream, with its type", async () => {
    const sdk = await client([START, text("one "), new SluiceError("overloaded", "too much to do")]);
    const stream = sdk.messages.stream(ASK);
    const failure = await stream.finalMessage().catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(Anthropic.APIError);
    expect(failure).toMatchObject({ type: "overloaded_error", error: { error: { message: "too much to do" } } });
  });

  test("an error before the answer, with its status and request id", async () => {
    const error = new SluiceError("rate-limited", "slow down", { retryAfterMs: 1_500, requestId: "req_1" });
    const sdk = await client([error]);
    const failure = await sdk.messages.create(ASK).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(Anthropic.RateLimitError);
    expect(failure).toMatchObject({ status: 429, requestID: "req_1", type: "rate_limit_error" });
    expect(failure instanceof Anthropic.RateLimitError && failure.headers.get("retry-after")).toBe("2");
  });

  test("an abort closes the connection", async () => {
    const sdk = await client([START, text("one "), "stall"]);
    const stream = sdk.messages.stream(ASK);
    stream.on("text", () => stream.abort());
    await expect(stream.finalMessage()).rejects.toBeInstanceOf(Anthropic.APIUserAbortError);
    await server?.left;
  });

  test("what was refused, and why", async () => {
    const details = { type: "refusal", category: "cyber", explanation: "No." };
    const sdk = await client([
      START,
      { type: "data", name: "provider/stop_details", value: details },
      { ...FINISH, reason: "refusal" },
    ]);
    const message = await sdk.messages.stream(ASK).finalMessage();
    expect(message).toMatchObject({ content: [], stop_reason: "refusal", stop_details: details });
  });

  test("tools that ran here are those of an MCP server, and need no answer of the client's", async () => {
    const sdk = await client([
      START,
      { type: "step-start", step: 0, model: "model-1" },
      { type: "tool-input-delta", callId: "call_1", name: "lookup", delta: "{}" },
      { type: "tool-call", callId: "call_1", name: "lookup", input: {} },
      { type: "tool-result", callId: "call_1", name: "lookup", output: { found: 3 } },
      { type: "step-finish", step: 0, reason: "tool-calls", usage: {} },
      { type: "step-start", step: 1, model: "model-1" },
      text("Three."),
      { type: "step-finish", step: 1, reason: "stop", usage: {} },
      FINISH,
    ]);
    const message = await sdk.beta.messages.stream({ ...ASK, tools: [TOOL] }).finalMessage();
    expect(message.stop_reason).toBe("end_turn");
    expect(message.content).toMatchObject([
      { type: "mcp_tool_use", id: "call_1", name: "lookup", input: {} },
      { type: "mcp_tool_result", tool_use_id: "call_1", content: [{ type: "text", text: '{"found":3}' }] },
      { type: "text", text: "Three." },
    ]);
  });
});

describe("@anthropic-ai/sdk brings back", () => {
  test("state of other providers, which this protocol has no field for", async () => {
    const opaque = (data: string) => ({ dialect: "gemini", data: { thoughtSignature: data } });
    const script: Script = [
      START,
      { type: "reasoning-delta", text: "Hm.", opaque: opaque("on reasoning") },
      { type: "text-delta", text: "Looking.", opaque: opaque("on text") },
      { type: "source", source: { kind: "url", url: "https://example.com/", span: { start: 2, end: 5 } } },
      { type: "data", name: "provider/grounding", value: { a: 1 }, opaque: opaque("on data") },
      { type: "tool-call", callId: "call_1", name: "weather", input: {}, opaque: opaque("on a whole call") },
      { type: "tool-input-delta", callId: "call_2", name: "weather", delta: "{}" },
      { type: "tool-call", callId: "call_2", name: "weather", input: {}, opaque: opaque("on a streamed call") },
      {
        type: "tool-call",
        callId: "call_3",
        name: "search",
        input: { q: "x" },
        providerExecuted: true,
        opaque: opaque("of a search"),
      },
      {
        type: "tool-result",
        callId: "call_3",
        name: "search",
        output: "found",
        providerExecuted: true,
        opaque: opaque("of its result"),
      },
      { ...FINISH, reason: "tool-calls" },
    ];
    const sdk = await client(script);
    const message = await sdk.messages.stream({ ...ASK, tools: [TOOL] }).finalMessage();
    await sdk.messages.create({
      ...ASK,
      messages: [
        ...ASK.messages,
        { role: "assistant", content: message.content },
        { role: "user", content: [{ type: "tool_result", tool_use_id: "call_1", content: "sunny" }] },
      ],
    });
    expect(server?.requests[1]?.request.messages).toEqual([
      { role: "user", content: "Hi" },
      {
        role: "assistant",
        content: [
          { type: "reasoning", text: "Hm.", opaque: opaque("on reasoning") },
          { type: "text", text: "Looking.", opaque: opaque("on text") },
          { type: "source", source: { kind: "url", url: "https://example.com/", span: { start: 2, end: 5 } } },
          { type: "opaque", name: "provider/grounding", opaque: opaque("on data") },
          { type: "tool-call", callId: "call_1", name: "weather", input: {}, opaque: opaque("on a whole call") },
          { type: "tool-call", callId: "call_2", name: "weather", input: {}, opaque: opaque("on a streamed call") },
          {
            type: "tool-call",
            callId: "call_3",
            name: "search",
            input: { q: "x" },
            providerExecuted: true,
            opaque: opaque("of a search"),
          },
          {
            type: "tool-result",
            callId: "call_3",
            name: "search",
            output: "found",
            providerExecuted: true,
            opaque: opaque("of its result"),
          },
        ],
      },
      { role: "tool", content: [{ type: "tool-result", callId: "call_1", name: "weather", output: "sunny" }] },
    ]);
  });
});

function text(said: string): ChatEvent {
  return { type: "text-delta", text: said };
}
