import * as ai5 from "ai5";
import { MockLanguageModelV2 } from "ai5/test";
import * as ai6 from "ai6";
import { MockLanguageModelV3 } from "ai6/test";
import * as ai7 from "ai7";
import { MockLanguageModelV4 } from "ai7/test";
import { describe, expect, it } from "vitest";
import {
  FLAT_USAGE,
  NESTED_USAGE,
  type Played,
  playedV2,
  playedV4,
  speaking,
  type V4Part,
} from "../../../test/support/ai-sdk-models.js";
import { collect } from "../../../test/support/collect.js";
import { ManualClock } from "../../../test/support/manual-clock.js";
import { SluiceError } from "../../stream/error.js";
import { fromAiSdk } from "./from-ai-sdk.js";
import type { AiSdkLanguageModel } from "./language-model.js";

const REQUEST = { messages: [{ role: "user" as const, content: "Hello" }] };
const VERSIONS = ["v2", "v3", "v4"] as const;
const END: V4Part = { type: "finish", finishReason: { unified: "stop", raw: "end" }, usage: NESTED_USAGE };
const hello: V4Part[] = [
  { type: "text-start", id: "0" },
  { type: "text-delta", id: "0", delta: "Hello" },
  { type: "text-end", id: "0" },
];

const errorOf = (promise: PromiseLike<unknown>) =>
  promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );

describe.each(VERSIONS)("a language model of version %s", (version) => {
  it("streams", async () => {
    const { model } = speaking(version, ["One ", "two"]);
    const usage =
      version === "v2"
        ? { inputTokens: 7, outputTokens: 3 }
        : { inputTokens: 7, outputTokens: 3, cacheReadTokens: 2, cacheWriteTokens: 0, reasoningTokens: 1 };
    expect(await collect(fromAiSdk(model).stream(REQUEST))).toEqual([
      { type: "start", id: "answer-1", model: "model-1" },
      { type: "text-delta", text: "One ", block: 0 },
      { type: "text-delta", text: "two", block: 0 },
      { type: "usage", usage },
      { type: "finish", reason: "stop", ...(version !== "v2" && { rawReason: "end" }), usage },
    ]);
  });

  it("is read no faster than its answer is", async () => {
    const { model, pulled, closed } = speaking(
      version,
      Array.from({ length: 10_000 }, () => "word "),
    );
    const reader = fromAiSdk(model).stream(REQUEST)[Symbol.asyncIterator]();
    await reader.next();
    await reader.next();
    expect(pulled()).toBeLessThan(100);
    await reader.return?.();
    await closed;
    expect(pulled()).toBeLessThan(100);
  });
});

describe("what an answer says", () => {
  const eventsOf = async (...parts: Played<V4Part>[]) =>
    collect(fromAiSdk(playedV4([...parts, END]).model, { retry: { retries: 0 } }).stream(REQUEST));

  it("keeps metadata as state of the part that it came with", async () => {
    const events = await eventsOf(
      { type: "reasoning-start", id: "r", providerMetadata: { mock: { id: "early" } } },
      { type: "reasoning-delta", id: "r", delta: "Hm." },
      { type: "reasoning-delta", id: "r", delta: "", providerMetadata: { mock: { signature: "s" } } },
      { type: "reasoning-end", id: "r" },
      { type: "text-start", id: "r", providerMetadata: { mock: { itemId: "i" } } },
      { type: "text-delta", id: "r", delta: "Yes." },
      { type: "text-end", id: "r" },
      { type: "tool-input-start", id: "c", toolName: "look", providerMetadata: { mock: { itemId: "t" } } },
      { type: "tool-input-delta", id: "c", delta: '{"at":1}' },
      { type: "tool-input-end", id: "c" },
      { type: "tool-call", toolCallId: "c", toolName: "look", input: '{"at":1}' },
    );
    expect(events.slice(1, -2)).toEqual([
      { type: "reasoning-delta", text: "Hm.", block: 0 },
      {
        type: "reasoning-delta",
        text: "",
        block: 0,
        opaque: { dialect: "ai-sdk", data: { mock: { signature: "s" } } },
      },
      { type: "text-delta", text: "Yes.", block: 1 },
      { type: "text-delta", text: "", block: 1, opaque: { dialect: "ai-sdk", data: { mock: { itemId: "i" } } } },
      { type: "tool-input-delta", callId: "c", name: "look", delta: '{"at":1}' },
      {
        type: "tool-call",
        callId: "c",
        name: "look",
        input: { at: 1 },
        opaque: { dialect: "ai-sdk", data: { mock: { itemId: "t" } } },
      },
    ]);
  });

  it("has tools that the provider runs, and calls that are not JSON", async () => {
    const events = await eventsOf(
      { type: "tool-call", toolCallId: "c", toolName: "search", input: '{"q":"a"}', providerExecuted: true },
      { type: "tool-result", toolCallId: "c", toolName: "search", result: ["half"], preliminary: true },
      { type: "tool-result", toolCallId: "c", toolName: "search", result: { no: "luck" }, isError: true },
      { type: "tool-call", toolCallId: "d", toolName: "look", input: '{"at":' },
      { type: "tool-call", toolCallId: "e", toolName: "look", input: "" },
    );
    const ran = { callId: "c", name: "search", providerExecuted: true };
    expect(events.slice(1, -2)).toEqual([
      { type: "tool-call", input: { q: "a" }, ...ran },
      { type: "tool-result", output: ["half"], preliminary: true, ...ran },
      { type: "tool-result", output: { no: "luck" }, isError: true, ...ran },
      { type: "tool-call", callId: "d", name: "look", input: '{"at":', invalid: true },
      { type: "tool-call", callId: "e", name: "look", input: {} },
    ]);
  });

  it("has files, sources and citations", async () => {
    const events = await eventsOf(
      { type: "file", mediaType: "image/png", data: { type: "data", data: "AQID" } },
      { type: "file", mediaType: "image/png", data: { type: "url", url: new URL("https://example.org/a.png") } },
      { type: "source", sourceType: "url", id: "s", url: "https://example.org", title: "A" },
      { type: "source", sourceType: "document", id: "d", mediaType: "application/pdf", title: "B", filename: "b.pdf" },
      { type: "text-start", id: "0" },
      { type: "text-delta", id: "0", delta: "Said." },
      {
        type: "text-end",
        id: "0",
        citations: [
          {
            source: { type: "source", sourceType: "url", id: "s", url: "https://example.org" },
            startIndex: 0,
            endIndex: 4,
            citedText: "it is said",
          },
        ],
      },
    );
    const far = { type: "file", mediaType: "image/png", data: { type: "url", url: "https://example.org/a.png" } };
    expect(events.slice(1, -2)).toEqual([
      { type: "file", mediaType: "image/png", data: new Uint8Array([1, 2, 3]) },
      { type: "data", name: "provider/file", value: far, opaque: { dialect: "ai-sdk", data: far } },
      { type: "source", source: { kind: "url", id: "s", url: "https://example.org", title: "A" } },
      {
        type: "source",
        source: { kind: "document", id: "d", mediaType: "application/pdf", title: "B", filename: "b.pdf" },
      },
      { type: "text-delta", text: "Said.", block: 0 },
      {
        type: "source",
        source: { kind: "url", id: "s", url: "https://example.org", quote: "it is said", span: { start: 0, end: 4 } },
        block: 0,
      },
    ]);
  });

  it("loses nothing that has no event of its own", async () => {
    const custom = { type: "custom", kind: "mock.compaction", providerMetadata: { mock: { of: "before" } } } as const;
    const thought = { type: "reasoning-file", mediaType: "image/png", data: { type: "data", data: "AQID" } } as const;
    const asking = { type: "tool-approval-request", approvalId: "a", toolCallId: "c" } as const;
    const later = JSON.parse('{"type":"invented-later","of":1}');
    const events = await eventsOf(
      { type: "raw", rawValue: { early: true } },
      { type: "stream-start", warnings: [{ type: "deprecated", setting: "topK", message: "soon gone" }] },
      { type: "response-metadata", id: "a-1", modelId: "m-1" },
      { type: "ping" },
      custom,
      thought,
      { type: "tool-call", toolCallId: "c", toolName: "mcp", input: "{}", providerExecuted: true },
      asking,
      later,
      { ...END, providerMetadata: { mock: { tier: "fast" } } },
    );
    const kept = (name: string, value: unknown) => {
      return { type: "data", name: `provider/${name}`, value, opaque: { dialect: "ai-sdk", data: value } };
    };
    expect(events.slice(0, -2)).toEqual([
      { type: "start", id: "a-1", model: "m-1", warnings: [{ field: "topK", message: "soon gone" }] },
      { type: "data", name: "provider/raw", value: { early: true } },
      kept("mock.compaction", custom),
      kept("reasoning-file", thought),
      { type: "tool-call", callId: "c", name: "mcp", input: {}, providerExecuted: true },
      kept("tool-approval-request", asking),
      { type: "input-request", id: "a", kind: "approval", callId: "c", name: "mcp", input: {} },
      kept("invented-later", later),
      { type: "data", name: "provider/metadata", value: { mock: { tier: "fast" } } },
    ]);
  });

  it("may come whole", async () => {
    const doGenerate = {
      content: [
        { type: "reasoning" as const, text: "Hm.", providerMetadata: { mock: { signature: "s" } } },
        { type: "text" as const, text: "Yes." },
        { type: "tool-call" as const, toolCallId: "c", toolName: "look", input: "{}" },
      ],
      finishReason: "tool-calls" as const,
      usage: FLAT_USAGE,
      warnings: [{ type: "unsupported-setting" as const, setting: "seed", details: "has none" }],
      response: { id: "a-1", modelId: "m-1", timestamp: new Date(0) },
    };
    const model = fromAiSdk(new MockLanguageModelV2({ doGenerate }));
    const usage = { inputTokens: 7, outputTokens: 3 };
    expect(await collect(model.stream(REQUEST, { streaming: false }))).toEqual([
      { type: "start", id: "a-1", model: "m-1", simulated: true, warnings: [{ field: "seed", message: "has none" }] },
      { type: "reasoning-delta", text: "Hm.", block: 0 },
      {
        type: "reasoning-delta",
        text: "",
        block: 0,
        opaque: { dialect: "ai-sdk", data: { mock: { signature: "s" } } },
      },
      { type: "text-delta", text: "Yes.", block: 1 },
      { type: "tool-call", callId: "c", name: "look", input: {} },
      { type: "usage", usage },
      { type: "finish", reason: "tool-calls", usage },
    ]);
  });

  it.each([
    ["stop", "stop"],
    ["content-filter", "content-filter"],
    ["unknown", "other"],
    ["other", "other"],
  ] as const)("ended for the reason %s", async (finishReason, reason) => {
    const { model } = playedV2([{ type: "finish", finishReason, usage: FLAT_USAGE }]);
    expect(await fromAiSdk(model).stream(REQUEST).finishReason).toBe(reason);
  });
});

describe("an answer that does not end well", () => {
  const once = { retry: { retries: 0 } };

  it("is truncated where the stream closes without a finish", async () => {
    const error = await errorOf(fromAiSdk(playedV4(hello).model).stream(REQUEST).fullText);
    expect(error).toMatchObject({
      code: "truncated",
      retryable: true,
      model: "mock.chat/m",
      partial: { text: "Hello" },
    });
  });

  it.each<[string, unknown]>([
    ["is no object", null],
    ["is a delta of nothing", { type: "text-delta", id: "0", textDelta: "an older version's" }],
  ])("is malformed where a part %s", async (_what, part) => {
    const { model } = playedV4([...hello, part as V4Part, END]);
    const error = await errorOf(fromAiSdk(model).stream(REQUEST).fullText);
    expect(error).toMatchObject({ code: "malformed-frame", retryable: false, partial: { text: "Hello" } });
  });

  it("is truncated where the provider says so", async () => {
    const finish: V4Part = { ...END, finishReason: { unified: "interrupted", raw: undefined } };
    const error = await errorOf(fromAiSdk(playedV4([...hello, finish]).model).stream(REQUEST).fullText);
    expect(error).toMatchObject({ code: "truncated", partial: { text: "Hello", usage: { inputTokens: 7 } } });
  });

  it("is an error where the reason is one", async () => {
    const { model } = playedV4([{ ...END, finishReason: { unified: "error", raw: "MALFORMED_FUNCTION_CALL" } }]);
    const error = await errorOf(fromAiSdk(model).stream(REQUEST).fullText);
    expect(error).toMatchObject({ code: "provider-error", providerCode: "MALFORMED_FUNCTION_CALL" });
  });

  it.each<[string, unknown, object]>([
    [
      "an object of the provider's",
      { type: "overloaded_error", message: "Overloaded" },
      { code: "overloaded", retryable: true },
    ],
    [
      "a whole frame",
      { type: "error", error: { code: "rate_limit_exceeded", message: "Slow." } },
      { code: "rate-limited" },
    ],
    ["text", "something broke", { code: "provider-error", providerMessage: "something broke" }],
    ["an error", new Error("context length exceeded"), { code: "context-length" }],
  ])("says what an error part holds: %s", async (_, said, expected) => {
    const { model } = playedV4([...hello, { type: "error", error: said }, END]);
    const error = await errorOf(fromAiSdk(model, once).stream(REQUEST).fullText);
    expect(error).toBeInstanceOf(SluiceError);
    expect(error).toMatchObject({ ...expected, partial: { text: "Hello" } });
  });

  it("is what the stream failed with", async () => {
    const { model } = playedV4([...hello, new TypeError("terminated", { cause: new Error("ECONNRESET") })]);
    const error = await errorOf(fromAiSdk(model).stream(REQUEST).fullText);
    expect(error).toMatchObject({ code: "connect-failed", retryable: true, partial: { text: "Hello" } });
  });
});

describe.each([
  ["ai 5", ai5.APICallError, ai5.LoadAPIKeyError],
  ["ai 6", ai6.APICallError, ai6.LoadAPIKeyError],
  ["ai 7", ai7.APICallError, ai7.LoadAPIKeyError],
] as const)("the errors of %s", (_, APICallError, LoadAPIKeyError) => {
  const callError = (statusCode: number | undefined, body: object, responseHeaders: Record<string, string> = {}) =>
    new APICallError({
      message: "failed",
      url: "https://api.example.org",
      requestBodyValues: {},
      ...(statusCode !== undefined && { statusCode }),
      responseHeaders,
      responseBody: JSON.stringify(body),
      isRetryable: statusCode === undefined || statusCode === 429 || statusCode >= 500,
    });
  const failing = (...errors: Error[]) => playedV4(...errors.map((error) => [error]), [...hello, END]);

  it("are tried again where that may help", async () => {
    const busy = callError(
      429,
      { error: { type: "rate_limit_error", message: "Slow down." } },
      { "retry-after-ms": "0" },
    );
    const { model, calls } = failing(busy, callError(503, {}, { "retry-after": "0" }));
    expect(await fromAiSdk(model, { random: () => 0 }).stream(REQUEST).fullText).toBe("Hello");
    expect(calls).toHaveLength(3);
  });

  it.each<[number, object, object]>([
    [401, { error: { message: "Who?" } }, { code: "authentication", retryable: false, providerMessage: "Who?" }],
    [400, { error: { message: "prompt is too long: 9 > 8" } }, { code: "context-length", status: 400 }],
    [429, { error: { code: "insufficient_quota" } }, { code: "quota", retryAfterMs: 90_000 }],
    [200, { unexpected: true }, { code: "malformed-frame" }],
  ])("with HTTP %i mean what they say", async (status, body, expected) => {
    const thrown = callError(status, body, { "Retry-After": "90" });
    const error = await errorOf(fromAiSdk(failing(thrown).model, { retry: { retries: 0 } }).stream(REQUEST).fullText);
    expect(error).toMatchObject(expected);
    expect(error).toMatchObject({ cause: thrown });
  });

  it("without an answer are failed connections", async () => {
    const { model, calls } = failing(callError(undefined, {}));
    expect(await fromAiSdk(model, { random: () => 0 }).stream(REQUEST).fullText).toBe("Hello");
    expect(calls).toHaveLength(2);
  });

  it("that are no answers keep their meaning", async () => {
    const { model } = failing(new LoadAPIKeyError({ message: "No key." }));
    expect(await errorOf(fromAiSdk(model).stream(REQUEST).fullText)).toMatchObject({ code: "missing-key" });
  });
});

describe("leaving and limits", () => {
  it("leaves a call that has not answered, and an answer that comes too late", async () => {
    let answer = (_: ReadableStream<V4Part>) => {};
    const answered = new Promise<{ stream: ReadableStream<V4Part> }>((resolve) => {
      answer = (stream) => resolve({ stream });
    });
    const mock = new MockLanguageModelV4({ doStream: () => answered });
    const stream = fromAiSdk(mock).stream(REQUEST);
    const reading = errorOf(stream.fullText);
    await new Promise(setImmediate);
    stream.cancel("enough");
    expect(await reading).toMatchObject({ code: "cancelled", cause: "enough" });
    expect(mock.doStreamCalls[0]?.abortSignal?.aborted).toBe(true);
    await new Promise<void>((resolve) => answer(new ReadableStream({ cancel: () => resolve() })));
  });

  it("leaves a stream that says nothing more", async () => {
    const { model, calls, closed } = playedV4([...hello, "stall"]);
    for await (const event of fromAiSdk(model).stream(REQUEST)) if (event.type === "text-delta") break;
    await closed;
    expect(calls[0]?.abortSignal?.reason).toMatchObject({ name: "AbortError" });
  });

  it("gives up a silent model, and a silent stream", async () => {
    const clock = new ManualClock();
    const timeouts = { firstByteMs: 1_000, idleMs: 500 };
    const silent = fromAiSdk(playedV4(["stall"]).model, { clock, timeouts, retry: { retries: 1, baseDelayMs: 0 } });
    const first = errorOf(silent.stream(REQUEST).fullText);
    // What ran out of time here is not asked again.
    await clock.timer(1_000);
    clock.advance(1_000);
    expect(await first).toMatchObject({ code: "first-byte-timeout" });
    const stalling = fromAiSdk(playedV4([...hello, "stall"]).model, { clock, timeouts });
    const second = errorOf(stalling.stream(REQUEST).fullText);
    await clock.timer(500);
    clock.advance(500);
    expect(await second).toMatchObject({ code: "idle-timeout", partial: { text: "Hello" } });
  });
});

describe("what is refused", () => {
  it.each<[string, unknown]>([
    ['languageModel.specificationVersion: found "v1"', { specificationVersion: "v1", provider: "p", modelId: "m" }],
    ["languageModel: found", "openai/gpt-5"],
    ["languageModel.doStream: found", { specificationVersion: "v3", provider: "p", modelId: "m" }],
  ])("%s", (message, found) => {
    expect(() => fromAiSdk(found as AiSdkLanguageModel)).toThrow(message);
  });

  it("takes the real types of each version", () => {
    const models: AiSdkLanguageModel[] = [
      new MockLanguageModelV2(),
      new MockLanguageModelV3(),
      new MockLanguageModelV4(),
    ];
    expect(models.map((model) => fromAiSdk(model, { id: "a" }).id)).toEqual(["a", "a", "a"]);
    const real = (model: Exclude<ai5.LanguageModel | ai6.LanguageModel | ai7.LanguageModel, string>) =>
      fromAiSdk(model);
    expect(real(new MockLanguageModelV4({ provider: "p", modelId: "m" })).id).toBe("p/m");
  });
});
