import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { arbitraryAnswer } from "../../../test/laws/arbitrary-answer.js";
import { arbitraryMessages, arbitraryOptions } from "../../../test/laws/arbitrary-request.js";
import { summarise } from "../../../test/laws/summary.js";
import { type PlayedModel, playedV2, playedV3, playedV4 } from "../../../test/support/ai-sdk-models.js";
import { collect } from "../../../test/support/collect.js";
import type { ChatEvent } from "../../stream/chat-event.js";
import type { ChatModel } from "../../stream/chat-model.js";
import type { ChatRequest } from "../../stream/chat-request.js";
import { SluiceError } from "../../stream/error.js";
import type { ChatMessage } from "../../stream/message.js";
import { defineModel } from "../define-model.js";
import { scripted } from "../scripted.js";
import { simulate } from "../simulate.js";
import { fromAiSdk } from "./from-ai-sdk.js";
import type { AiSdkVersion } from "./language-model.js";
import { toAiSdk } from "./to-ai-sdk.js";

const VERSIONS = ["v2", "v3", "v4"] as const;
const REQUEST: ChatRequest = { messages: [{ role: "user", content: "Hello" }] };
const saying = (events: readonly ChatEvent[]) => defineModel({ id: "said", stream: () => events });

/** A model of ours, given to the AI SDK and taken back. */
function there(model: ChatModel, version: AiSdkVersion): ChatModel {
  const supportedUrls = { "*": [/./] };
  switch (version) {
    case "v2":
      return fromAiSdk(toAiSdk(model, { version, supportedUrls }), { retry: { retries: 0 } });
    case "v3":
      return fromAiSdk(toAiSdk(model, { version, supportedUrls }), { retry: { retries: 0 } });
    case "v4":
      return fromAiSdk(toAiSdk(model, { version, supportedUrls }), { retry: { retries: 0 } });
    default:
      return version satisfies never;
  }
}

/** Whether a text goes on behind a source: the AI SDK has each source between texts, and makes two of it. */
function hasSourceWithin(events: readonly ChatEvent[]): boolean {
  return events.some(({ type }, index) => {
    if (type !== "source") return false;
    const before = events.slice(0, index).findLast((event) => event.type !== "source");
    const after = events.slice(index).find((event) => event.type !== "source");
    return before?.type === "text-delta" && after?.type === "text-delta";
  });
}

describe.each(VERSIONS)("there and back through %s", (version) => {
  const answers = arbitraryAnswer({
    reasoning: true,
    toolCalls: true,
    refusals: true,
    sources: true,
    reasons: ["stop", "length", "content-filter", "pause", "budget", "other"],
  });

  it("an answer says the same, streamed and whole", () =>
    fc.assert(
      fc.asyncProperty(answers, async (events) => {
        fc.pre(!hasSourceWithin(events));
        const model = there(saying(events), version);
        expect(summarise(await collect(model.stream(REQUEST)))).toEqual(summarise(events));
        const whole = summarise(await collect(model.stream(REQUEST, { streaming: false })));
        expect({ ...whole, toolInputs: {} }).toEqual({ ...summarise(events), toolInputs: {} });
      }),
      { numRuns: 40 },
    ));

  it("state, files and what an application says are kept", async () => {
    const state = (dialect: string) => ({ dialect, data: { signature: dialect } });
    const events: ChatEvent[] = [
      { type: "start", id: "a", model: "m", warnings: [{ field: "topK", message: "not sent" }] },
      { type: "context", contextId: "ctx" },
      { type: "data", name: "provider/progress", value: { done: 0.5 } },
      { type: "reasoning-delta", text: "Hm.", block: 0 },
      { type: "reasoning-delta", text: "", block: 0, opaque: state("gemini") },
      { type: "data", name: "provider/compaction", value: { of: "before" }, opaque: state("anthropic") },
      { type: "text-delta", text: "No.", block: 1, refusal: true },
      {
        type: "text-delta",
        text: "",
        block: 1,
        refusal: true,
        opaque: { dialect: "ai-sdk", data: { mock: { a: 1 } } },
      },
      { type: "source", source: { kind: "document", quote: "it is said", span: { start: 1, end: 2 } } },
      { type: "source", source: { kind: "url", id: "7", url: "https://example.org", opaque: state("openai") } },
      { type: "file", mediaType: "image/png", data: new Uint8Array([1, 2, 3]), opaque: state("gemini") },
      { type: "usage", usage: { inputTokens: 3, outputTokens: 2, cacheWriteTokens: 1, raw: { prompt: 3 } } },
      {
        type: "finish",
        reason: "refusal",
        rawReason: "refused",
        usage: { inputTokens: 3, outputTokens: 2, cacheWriteTokens: 1, raw: { prompt: 3 } },
      },
    ];
    expect(await collect(there(saying(events), version).stream(REQUEST))).toEqual(events);
  });

  it("errors keep their meaning, before the answer and in its midst", async () => {
    const error = new SluiceError("rate-limited", "slow down", { retryable: true, retryAfterMs: 20, status: 429 });
    const expected = { code: "rate-limited", message: "slow down", retryable: true, retryAfterMs: 20, status: 429 };
    for (const said of [[], ["Half "]]) {
      const model = there(scripted([[...said, { throw: error }]]), version);
      await expect(model.stream(REQUEST).fullText).rejects.toMatchObject({
        ...expected,
        partial: { text: said.join("") },
      });
    }
  });

  it("an answer that is simulated says so", async () => {
    const model = there(simulate(saying([{ type: "text-delta", text: "Hi" }]), { tokensPerSecond: Infinity }), version);
    expect((await collect(model.stream(REQUEST)))[0]).toMatchObject({ type: "start", simulated: true });
  });

  it("what was retracted before any output is not emitted; after it, the stream fails", async () => {
    const again: ChatEvent[] = [
      { type: "start", id: "a", model: "m" },
      { type: "text-delta", text: "Wrong" },
      { type: "retract", reason: "of the wrong model" },
      { type: "text-delta", text: "Right" },
    ];
    const model = there(saying(again), version);
    await expect(model.stream(REQUEST).fullText).rejects.toMatchObject({ code: "retracted" });
    expect(await model.stream(REQUEST, { streaming: false }).fullText).toBe("Right");
    expect(await there(saying(again.toSpliced(1, 1)), version).stream(REQUEST).fullText).toBe("Right");
  });

  it("a request asks the same", () =>
    fc.assert(
      fc.asyncProperty(arbitraryMessages, arbitraryOptions, async (messages, options) => {
        const model = scripted([["Yes."]]);
        await there(model, version).stream({ messages, ...options }).fullText;
        expect(model.requests[0]).toEqual({
          ...options,
          messages: messages.map((message) => inParts(message, version)),
        });
      }),
      { numRuns: 40 },
    ));

  it("options that the AI SDK does not have are kept", async () => {
    const request: ChatRequest = {
      ...REQUEST,
      user: "u",
      metadata: { a: "b" },
      parallelToolCalls: false,
      reasoning: { effort: "high", summary: "auto" },
      seed: 7,
      topK: 3,
      presencePenalty: 1,
      frequencyPenalty: -1,
      toolChoice: "required",
      tools: [
        { name: "look", inputSchema: { type: "object" }, cache: "1h" },
        { dialect: "ai-sdk", type: "mock.search_1", name: "search", args: { uses: 1 } },
        { dialect: "anthropic", type: "web_search_20250305" },
      ],
      responseFormat: { type: "json-schema", name: "r", schema: { type: "object" }, description: "It." },
      providerOptions: { mock: { tier: "fast" } },
    };
    const model = scripted([["Yes."]]);
    await there(model, version).stream(request).fullText;
    expect(model.requests[0]).toEqual({
      ...request,
      messages: request.messages.map((message) => inParts(message, version)),
    });
  });
});

describe("an AI SDK model, taken in and given back", () => {
  const content = [
    { type: "response-metadata" as const, id: "a", modelId: "m" },
    { type: "reasoning-start" as const, id: "0" },
    { type: "reasoning-delta" as const, id: "0", delta: "Hm." },
    { type: "reasoning-end" as const, id: "0", providerMetadata: { mock: { signature: "s" } } },
    { type: "text-start" as const, id: "1" },
    { type: "text-delta" as const, id: "1", delta: "Yes." },
    { type: "text-end" as const, id: "1" },
    { type: "source" as const, sourceType: "url" as const, id: "s", url: "https://example.org" },
    { type: "tool-input-start" as const, id: "c", toolName: "look" },
    { type: "tool-input-delta" as const, id: "c", delta: '{"at":1}' },
    { type: "tool-input-end" as const, id: "c" },
    { type: "tool-call" as const, toolCallId: "c", toolName: "look", input: '{"at":1}' },
  ];
  const providerMetadata = { mock: { tier: "fast" } };
  const raw = { type: "raw" as const, rawValue: { seen: true } };
  const usage = {
    inputTokens: { total: 7, noCache: 5, cacheRead: 2, cacheWrite: 0 },
    outputTokens: { total: 3, text: 2, reasoning: 1 },
    raw: { prompt: 7 },
  };
  const finish = {
    type: "finish" as const,
    finishReason: { unified: "tool-calls" as const, raw: "tool_use" },
    usage,
    providerMetadata,
  };
  const warning = { type: "unsupported" as const, feature: "topK", details: "has none" };
  const partsOf = async ({ model }: PlayedModel, version: "v2" | "v3" | "v4") => {
    const given = toAiSdk(fromAiSdk(model, { rawChunks: true }), { version });
    const { stream } = await given.doStream({
      prompt: [{ role: "user", content: [{ type: "text", text: "Hello" }] }],
      tools: [{ type: "function", name: "look", inputSchema: {} }],
      includeRawChunks: true,
    });
    const parts: object[] = [];
    for await (const part of stream) parts.push(part);
    return parts;
  };
  const noted = { ...finish, providerMetadata: { ...providerMetadata, sluice: expect.anything() } };

  it("says the same in v4", async () => {
    const custom = { type: "custom" as const, kind: "mock.note" as const, providerMetadata };
    const file = {
      type: "file" as const,
      mediaType: "image/png",
      data: { type: "url" as const, url: new URL("https://a.example/b") },
    };
    const thought = {
      type: "reasoning-file" as const,
      mediaType: "image/png",
      data: { type: "data" as const, data: "AQID" },
    };
    const start = { type: "stream-start" as const, warnings: [warning] };
    const said = [start, ...content, raw, custom, file, thought];
    expect(await partsOf(playedV4([...said, finish]), "v4")).toEqual([...said, noted]);
  });

  it("says the same in v3, with a request for approval", async () => {
    const call = { type: "tool-call" as const, toolCallId: "d", toolName: "mcp", input: "{}", providerExecuted: true };
    const asking = { type: "tool-approval-request" as const, approvalId: "a", toolCallId: "d" };
    const file = { type: "file" as const, mediaType: "image/png", data: "AQID" };
    const result = { type: "tool-result" as const, toolCallId: "d", toolName: "mcp", result: [1], dynamic: true };
    const start = { type: "stream-start" as const, warnings: [warning] };
    const said = [start, ...content, raw, file, { ...call, dynamic: true }, asking, result];
    expect(await partsOf(playedV3([...said, finish]), "v3")).toEqual([...said, noted]);
  });

  it("says the same in v2", async () => {
    const flat = { inputTokens: 7, outputTokens: 3, totalTokens: 10, reasoningTokens: 1, cachedInputTokens: 2 };
    const start = {
      type: "stream-start" as const,
      warnings: [{ type: "unsupported-setting" as const, setting: "topK" as const, details: "has none" }],
    };
    const end = { ...noted, finishReason: "tool-calls" as const, usage: flat };
    const said = [start, ...content, raw];
    const played = playedV2([...said, { type: "finish", finishReason: "tool-calls", usage: flat, providerMetadata }]);
    expect(await partsOf(played, "v2")).toEqual([...said, end]);
  });

  it("has its own errors given back", async () => {
    const own = Object.assign(new Error("busy"), {
      [Symbol.for("vercel.ai.error.AI_APICallError")]: true,
      statusCode: 503,
    });
    const model = toAiSdk(fromAiSdk(playedV4([own]).model, { retry: { retries: 0 } }), { version: "v4" });
    const call = { prompt: [{ role: "user", content: [{ type: "text", text: "Hello" }] }] };
    await expect(model.doStream(call)).rejects.toBe(own);
    await expect(model.doGenerate(call)).rejects.toBe(own);
  });
});

/** The AI SDK knows text only in parts, instructions apart, and before v4 URLs only as objects. */
function inParts(message: ChatMessage, version: AiSdkVersion): ChatMessage {
  if (message.role === "system" || message.role === "tool") return message;
  if (typeof message.content === "string") return { ...message, content: [{ type: "text", text: message.content }] };
  if (message.role === "assistant" || version === "v4") return message;
  const content = message.content.map((part) =>
    part.type === "file" && "url" in part.data ? { ...part, data: { url: new URL(part.data.url).href } } : part,
  );
  return { ...message, content };
}
