import { ApiError, type FunctionDeclaration, type GenerateContentResponse, GoogleGenAI } from "@google/genai";
import { afterEach, describe, expect, test } from "vitest";
import { type DialectServer, type Script, serveDialect } from "../../../test/support/serve-dialect.js";
import type { ChatEvent } from "../../stream/chat-event.js";
import { SluiceError } from "../../stream/error.js";
import { gemini } from "./gemini.js";

const START: ChatEvent = { type: "start", id: "resp-1", model: "model-1" };
const FINISH: ChatEvent = { type: "finish", reason: "stop", usage: { inputTokens: 12, outputTokens: 7 } };
const ASK = { model: "model-1", contents: "Hi" };
const TOOL: FunctionDeclaration = {
  name: "weather",
  parametersJsonSchema: { type: "object", properties: { city: { type: "string" } } },
};
const WITH_TOOL = { ...ASK, config: { tools: [{ functionDeclarations: [TOOL] }] } };

let server: DialectServer | undefined;

async function client(script: Script): Promise<GoogleGenAI> {
  server = await serveDialect(gemini, () => script);
  return new GoogleGenAI({ apiKey: "none", httpOptions: { baseUrl: server.url } });
}

async function all(stream: AsyncIterable<GenerateContentResponse>): Promise<GenerateContentResponse[]> {
  const responses: GenerateContentResponse[] = [];
  for await (const response of stream) responses.push(response);
  return responses;
}

afterEach(async () => {
  await server?.close();
  server = undefined;
});

describe("@google/genai reads what the writer writes", () => {
  const everything: Script = [
    START,
    { type: "usage", usage: { inputTokens: 12, cacheReadTokens: 4 } },
    { type: "reasoning-delta", text: "Let me ", block: 0 },
    { type: "reasoning-delta", text: "think.", block: 0 },
    { type: "text-delta", text: "Il fait ", block: 1 },
    {
      type: "text-delta",
      text: "très beau. ☀️",
      block: 1,
      opaque: { dialect: "gemini", data: { thoughtSignature: "c2ln" } },
    },
    {
      type: "source",
      source: { kind: "url", url: "https://example.com/", title: "Weather", span: { start: 8, end: 18 } },
    },
    { type: "tool-input-delta", callId: "call-1", name: "weather", delta: '{"city":' },
    { type: "tool-input-delta", callId: "call-1", name: "weather", delta: '"Paris"}' },
    { type: "tool-call", callId: "call-1", name: "weather", input: { city: "Paris" } },
    { type: "tool-call", callId: "call-2", name: "weather", input: {} },
    { type: "file", mediaType: "image/png", data: new Uint8Array([1, 2, 3]) },
    {
      type: "finish",
      reason: "tool-calls",
      usage: { inputTokens: 12, outputTokens: 7, cacheReadTokens: 4, reasoningTokens: 3 },
    },
  ];

  test.each(["stream", "body"])("text, thoughts, sources, tools, files and usage, as a %s", async (form) => {
    const ai = await client(everything);
    const responses =
      form === "stream"
        ? await all(await ai.models.generateContentStream(WITH_TOOL))
        : [await ai.models.generateContent(WITH_TOOL)];
    const last = responses.at(-1);
    const parts = responses.flatMap((response) => response.candidates?.[0]?.content?.parts ?? []);
    expect(last).toMatchObject({ responseId: "resp-1", modelVersion: "model-1" });
    expect(last?.candidates?.[0]?.finishReason).toBe("STOP");
    const texts = parts.filter((part) => !part.thought).map((part) => part.text);
    const thoughts = parts.filter((part) => part.thought).map((part) => part.text);
    expect(texts.join("")).toBe("Il fait très beau. ☀️");
    expect(thoughts.join("")).toBe("Let me think.");
    expect(parts).toContainEqual(expect.objectContaining({ thoughtSignature: "c2ln" }));
    expect(responses.flatMap((response) => response.functionCalls ?? [])).toEqual([
      { id: "call-1", name: "weather", args: { city: "Paris" } },
      { id: "call-2", name: "weather", args: {} },
    ]);
    expect(parts).toContainEqual({ inlineData: { mimeType: "image/png", data: "AQID" } });
    // "très beau." is two bytes longer than it has letters before and in it.
    expect(last?.candidates?.[0]?.groundingMetadata).toEqual({
      groundingChunks: [{ web: { uri: "https://example.com/", title: "Weather" } }],
      groundingSupports: [{ segment: { startIndex: 8, endIndex: 19 }, groundingChunkIndices: [0] }],
    });
    expect(last?.usageMetadata).toEqual({
      promptTokenCount: 12,
      candidatesTokenCount: 4,
      thoughtsTokenCount: 3,
      cachedContentTokenCount: 4,
      totalTokenCount: 19,
    });
    expect(server?.requests[0]).toMatchObject({ model: "model-1", stream: form === "stream" });
  });

  test("each delta is a response of its own", async () => {
    const ai = await client([START, text("one "), text("two"), FINISH]);
    const responses = await all(await ai.models.generateContentStream(ASK));
    expect(responses.map((response) => response.text)).toEqual(["one ", "two", ""]);
  });

  test("an error in mid-stream, with its status", async () => {
    const ai = await client([START, text("one "), new SluiceError("overloaded", "too much to do")]);
    const failure = await ai.models
      .generateContentStream(ASK)
      .then(all)
      .catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ApiError);
    expect(failure).toMatchObject({ status: 503, message: expect.stringContaining("too much to do") });
    expect(failure).toMatchObject({ message: expect.stringContaining("UNAVAILABLE") });
  });

  test("an error before the answer, with its status and how long to wait", async () => {
    const ai = await client([new SluiceError("rate-limited", "slow down", { retryAfterMs: 1_500 })]);
    const failure = await ai.models.generateContent(ASK).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ApiError);
    expect(failure).toMatchObject({ status: 429, message: expect.stringContaining('"retryDelay":"1.5s"') });
  });

  test("an abort closes the connection", async () => {
    const ai = await client([START, text("one "), "stall"]);
    const abort = new AbortController();
    const stream = await ai.models.generateContentStream({ ...ASK, config: { abortSignal: abort.signal } });
    const read = async () => {
      for await (const _ of stream) abort.abort();
    };
    await expect(read()).rejects.toMatchObject({ name: "AbortError" });
    await server?.left;
  });

  test("why a prompt was refused", async () => {
    const feedback = { blockReason: "PROHIBITED_CONTENT" };
    const ai = await client([
      START,
      {
        type: "data",
        name: "provider/promptFeedback",
        value: feedback,
        opaque: { dialect: "gemini", data: { promptFeedback: feedback } },
      },
      { ...FINISH, reason: "content-filter", rawReason: "PROHIBITED_CONTENT" },
    ]);
    const response = await ai.models.generateContent(ASK);
    expect(response.promptFeedback).toEqual(feedback);
    expect(response.candidates).toBeUndefined();
  });

  test("tools that ran here need no answer of the client's", async () => {
    const ai = await client([
      START,
      { type: "step-start", step: 0, model: "model-1" },
      { type: "tool-call", callId: "call_1", name: "lookup", input: {} },
      { type: "tool-result", callId: "call_1", name: "lookup", output: { found: 3 } },
      { type: "step-finish", step: 0, reason: "tool-calls", usage: {} },
      { type: "step-start", step: 1, model: "model-1" },
      text("Three."),
      { type: "step-finish", step: 1, reason: "stop", usage: {} },
      FINISH,
    ]);
    const responses = await all(await ai.models.generateContentStream(WITH_TOOL));
    expect(responses.flatMap((response) => response.functionCalls ?? [])).toEqual([]);
    expect(responses.flatMap((response) => response.candidates?.[0]?.content?.parts ?? [])).toEqual([
      { toolCall: { id: "call_1", toolType: "lookup", args: {} } },
      { toolResponse: { id: "call_1", toolType: "lookup", response: { found: 3 } } },
      { text: "Three." },
      { text: "" },
    ]);
  });

  test("what is void after it was written ends the answer", async () => {
    const ai = await client([START, text("one "), { type: "retract", reason: "another model answers" }, START]);
    const failure = await ai.models
      .generateContentStream(ASK)
      .then(all)
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ message: expect.stringContaining("another model answers") });
  });
});

describe("@google/genai brings back", () => {
  const opaque = (data: string) => ({ dialect: "anthropic", data: { signature: data } });
  const script: Script = [
    START,
    { type: "reasoning-delta", text: "Hm." },
    { type: "reasoning-delta", text: "", opaque: opaque("on reasoning") },
    { type: "text-delta", text: "Loo" },
    { type: "text-delta", text: "king." },
    { type: "data", name: "provider/compaction", value: { a: 1 }, opaque: opaque("on data") },
    { type: "tool-call", callId: "call_1", name: "weather", input: { city: "Rome" }, opaque: opaque("on a call") },
    { type: "tool-call", callId: "call_2", name: "weather", input: {} },
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
    { type: "tool-call", callId: "call_4", name: "lookup", input: {}, providerExecuted: true },
    { ...FINISH, reason: "tool-calls" },
  ];

  test.each(["stream", "body"])("state of other providers, in the history of a chat, after a %s", async (form) => {
    const ai = await client(script);
    const chat = ai.chats.create({ model: "model-1", config: WITH_TOOL.config });
    if (form === "stream") await all(await chat.sendMessageStream({ message: "Hi" }));
    else await chat.sendMessage({ message: "Hi" });
    const sunny = { functionResponse: { id: "call_2", name: "weather", response: { output: "sunny" } } };
    const rain = { functionResponse: { name: "weather", response: { error: "no connection" } } };
    await chat.sendMessage({ message: [sunny, rain] });
    const messages = server?.requests[1]?.request.messages ?? [];
    expect(messages[0]).toEqual({ role: "user", content: "Hi" });
    expect(messages[1]).toEqual({
      role: "assistant",
      content: [
        { type: "reasoning", text: "Hm.", opaque: opaque("on reasoning") },
        { type: "text", text: "Looking." },
        { type: "opaque", name: "provider/compaction", opaque: opaque("on data") },
        { type: "tool-call", callId: "call_1", name: "weather", input: { city: "Rome" }, opaque: opaque("on a call") },
        { type: "tool-call", callId: "call_2", name: "weather", input: {} },
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
        { type: "tool-call", callId: "call_4", name: "lookup", input: {}, providerExecuted: true },
      ],
    });
    expect(messages[2]).toEqual({
      role: "tool",
      content: [
        { type: "tool-result", callId: "call_2", name: "weather", output: "sunny" },
        { type: "tool-result", callId: "call_1", name: "weather", output: "no connection", isError: true },
      ],
    });
  });
});

function text(said: string): ChatEvent {
  return { type: "text-delta", text: said };
}
