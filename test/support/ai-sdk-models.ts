import { MockLanguageModelV2 } from "ai5/test";
import { MockLanguageModelV3 } from "ai6/test";
import { MockLanguageModelV4 } from "ai7/test";
import type { AiSdkCallOptions, AiSdkLanguageModel, AiSdkVersion } from "../../src/models/ai-sdk/language-model.js";

type PartsOf<Model extends { doStream(options: never): PromiseLike<{ stream: ReadableStream }> }> =
  Awaited<ReturnType<Model["doStream"]>>["stream"] extends ReadableStream<infer Part> ? Part : never;

export type V2Part = PartsOf<MockLanguageModelV2>;
export type V3Part = PartsOf<MockLanguageModelV3>;
export type V4Part = PartsOf<MockLanguageModelV4>;

/** A language model of the AI SDK's own kind, and what happened to it. */
export interface PlayedModel {
  model: AiSdkLanguageModel;
  /** What it was asked, oldest first. */
  calls: AiSdkCallOptions[];
  /** Resolves once a stream of it is over or left, or its signal is aborted. */
  closed: Promise<void>;
  /** How many parts were pulled out of its streams. */
  pulled(): number;
}

/** What is played: a part, an error to throw, or `stall` to say nothing more until the signal is aborted. */
export type Played<Part> = Part | Error | "stall";

interface Opened<Part> {
  stream: ReadableStream<Part>;
}

/** Plays one script a call; an `Error` at its beginning fails the call itself. */
function player<Part>(scripts: readonly (readonly Played<Part>[])[]) {
  const calls: AiSdkCallOptions[] = [];
  let pulled = 0;
  let close = () => {};
  const closed = new Promise<void>((resolve) => {
    close = resolve;
  });
  const open = async (options: AiSdkCallOptions): Promise<Opened<Part>> => {
    const script = scripts[Math.min(calls.length, scripts.length - 1)] ?? [];
    calls.push(options);
    options.abortSignal?.addEventListener("abort", close);
    const [first] = script;
    if (first instanceof Error) throw first;
    const rest = [...script];
    const stream = new ReadableStream<Part>(
      {
        async pull(controller) {
          const next = rest.shift();
          if (next === "stall") await new Promise(() => {});
          else if (next instanceof Error) controller.error(next);
          else if (next !== undefined) {
            pulled++;
            controller.enqueue(next);
          } else {
            controller.close();
            close();
          }
        },
        cancel: close,
      },
      { highWaterMark: 0 },
    );
    return { stream };
  };
  return { open, calls, closed, pulled: () => pulled };
}

/** A `LanguageModelV2` as `ai` 5 has it. */
export function playedV2(...scripts: readonly Played<V2Part>[][]): PlayedModel {
  const { open, ...played } = player(scripts);
  return { ...played, model: new MockLanguageModelV2({ provider: "mock.chat", modelId: "m", doStream: open }) };
}

/** A `LanguageModelV3` as `ai` 6 has it. */
export function playedV3(...scripts: readonly Played<V3Part>[][]): PlayedModel {
  const { open, ...played } = player(scripts);
  return { ...played, model: new MockLanguageModelV3({ provider: "mock.chat", modelId: "m", doStream: open }) };
}

/** A `LanguageModelV4` as `ai` 7 has it. */
export function playedV4(...scripts: readonly Played<V4Part>[][]): PlayedModel {
  const { open, ...played } = player(scripts);
  return { ...played, model: new MockLanguageModelV4({ provider: "mock.chat", modelId: "m", doStream: open }) };
}

/** The tokens of every version's `finish`. */
export const FLAT_USAGE = { inputTokens: 7, outputTokens: 3, totalTokens: 10 };
export const NESTED_USAGE = {
  inputTokens: { total: 7, noCache: 5, cacheRead: 2, cacheWrite: 0 },
  outputTokens: { total: 3, text: 2, reasoning: 1 },
};

/** A model of a version that says some words as often as it is asked. */
export function speaking(version: AiSdkVersion, words: readonly string[]): PlayedModel {
  const said = [
    { type: "stream-start" as const, warnings: [] },
    { type: "response-metadata" as const, id: "answer-1", modelId: "model-1" },
    { type: "text-start" as const, id: "0" },
    ...words.map((delta) => ({ type: "text-delta" as const, id: "0", delta })),
    { type: "text-end" as const, id: "0" },
  ];
  switch (version) {
    case "v2":
      return playedV2([...said, { type: "finish", finishReason: "stop", usage: FLAT_USAGE }]);
    case "v3":
      return playedV3([
        ...said,
        { type: "finish", finishReason: { unified: "stop", raw: "end" }, usage: NESTED_USAGE },
      ]);
    case "v4":
      return playedV4([
        ...said,
        { type: "finish", finishReason: { unified: "stop", raw: "end" }, usage: NESTED_USAGE },
      ]);
    default:
      return version satisfies never;
  }
}
