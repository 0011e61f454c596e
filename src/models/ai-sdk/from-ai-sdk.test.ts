import type * as ai5 from "ai5";
import { MockLanguageModelV2 } from "ai5/test";
import type * as ai6 from "ai6";
import { MockLanguageModelV3 } from "ai6/test";
import type * as ai7 from "ai7";
import { MockLanguageModelV4 } from "ai7/test";
import { describe, expect, it } from "vitest";
import { errorOf, hello, REQUEST } from "../../../test/support/ai-sdk-answers.js";
import { playedV4, speaking, type V4Part } from "../../../test/support/ai-sdk-models.js";
import { collect } from "../../../test/support/collect.js";
import { ManualClock } from "../../../test/support/manual-clock.js";
import { fromAiSdk } from "./from-ai-sdk.js";
import type { AiSdkLanguageModel } from "./language-model.js";

const VERSIONS = ["v2", "v3", "v4"] as const;

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
