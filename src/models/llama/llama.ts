import { basename, resolve } from "node:path";
import { type Clock, systemClock } from "../../base/clock.js";
import { checkCallOptions, TIMEOUTS } from "../../stream/call-options.js";
import type { Capabilities, ChatModel, Timeouts } from "../../stream/chat-model.js";
import { ChatStream } from "../../stream/chat-stream.js";
import { clock as clockCheck, exactly, filledString, jsonObject, wholeNumber } from "../../stream/checks.js";
import { invalid } from "../../stream/error.js";
import { opened } from "../../stream/sources/opened.js";
import { validateRequest } from "../../stream/validate-request.js";
import { resolveTimeouts } from "../http/deadlines.js";
import type { Environment } from "../provider.js";
import { defaultEnvironment } from "../provider-environment.js";
import type { LoadedModel } from "./loaded-model.js";

/** Settings of `llama`. */
export interface LlamaOptions {
  /** Default: `llama/` and the file as it was given. */
  id?: string;
  /** Threads that compute. Default: `SLUICE_LLAMA_THREADS`, or one less than the cores of this process, at least one. */
  threads?: number;
  /** Tokens that a prompt and its answer may have together. Default: what the model was trained on, up to 8,192. */
  contextSize?: number;
  /**
   * Answers that are written at the same time; more wait for their turn. Each takes memory for a whole context once it is
   * needed. An answer that nobody reads on keeps its place. Default 4.
   */
  parallel?: number;
  /** Only `total` means anything here: there is no connection. */
  timeouts?: Timeouts;
  /** Default: the machine's. */
  clock?: Clock;
  /** Default `process.env`. */
  env?: Environment;
}

/** A model that runs in this process. */
export interface LlamaModel extends ChatModel {
  /**
   * Frees the memory of the model, unless another one holds the same file. Answers that are still being written end with
   * error code `cancelled`. A later call loads it again.
   */
  dispose(): Promise<void>;
}

const CONTEXT = 8_192;

const PARALLEL = 4;

let loading: ReturnType<typeof load> | undefined;

const OPTIONS = exactly("llama", {
  id: filledString,
  threads: wholeNumber(1),
  contextSize: wholeNumber(1),
  parallel: wholeNumber(1),
  timeouts: TIMEOUTS,
  clock: clockCheck,
  env: jsonObject,
});

/**
 * A GGUF file that runs in this process through llama.cpp, by the optional package `node-llama-cpp`. Package and file are
 * loaded at the first call; models of the same file share its weights.
 *
 * Tokens are generated while the reader waits for them, so a slow reader costs no work; leaving ends the work with the
 * token that is being computed (or with the 512 tokens of a long prompt that are being read). Prompts are written in the
 * form that the file's chat template says.
 *
 * Its calls fail with `unsupported` where the package is missing, `not-found` or `invalid-argument` where the file is no
 * model, `context-length` for a prompt that does not fit.
 *
 * @param file absolute, or relative to the working directory.
 * @throws {SluiceError} `invalid-argument` for invalid settings.
 * @example
 * ```ts
 * import { generate } from "sluice";
 * import { llama } from "sluice/models";
 *
 * const model = llama("models/qwen3-0.6b.gguf", { contextSize: 4_096 });
 * console.log((await generate(model, "Hi")).text);
 * await model.dispose();
 * ```
 */
export function llama(file: string, options: LlamaOptions = {}): LlamaModel {
  OPTIONS(options, "");
  const { id = `llama/${file}`, clock = systemClock, contextSize, parallel = PARALLEL } = options;
  if (typeof file !== "string" || file === "") throw invalid("file", file, "the path of a GGUF file");
  checkCount("contextSize", contextSize);
  checkCount("parallel", parallel);
  const path = resolve(file);
  const contexts = { contextSize: contextSize ?? { max: CONTEXT }, threads: threadsOf(options), parallel };
  resolveTimeouts(options.timeouts);
  let model: Promise<LoadedModel> | undefined;
  const hold = (): Promise<LoadedModel> => {
    model ??= code()
      .then(({ holdModel }) => holdModel(path))
      .catch((error: unknown) => {
        model = undefined;
        throw error;
      });
    return model;
  };
  const capabilities: Capabilities = { streaming: true, tools: true, jsonSchema: true, prefix: true, input: [] };
  return {
    id,
    capabilities,
    stream(request, call = {}) {
      validateRequest(request, { id, capabilities });
      checkCallOptions(call);
      const { totalMs } = resolveTimeouts(options.timeouts, call.timeouts);
      const { streaming = true, signal, retain } = call;
      const asked = { name: basename(path), hold, contexts, streaming, totalTimeoutMs: totalMs, clock };
      const source = opened(async () => {
        const { LlamaSource, planAnswer } = await code();
        return new LlamaSource(planAnswer(request), asked);
      });
      return new ChatStream(source, { signal, retain });
    },
    async dispose() {
      if (model === undefined) return;
      model = undefined;
      const { releaseModel } = await code();
      await releaseModel(path);
    },
  };
}

/** What runs models is loaded when one is first called. */
async function load() {
  const [{ planAnswer }, { LlamaSource }, { holdModel, releaseModel }] = await Promise.all([
    import("./answer-plan.js"),
    import("./llama-source.js"),
    import("./loaded-model.js"),
  ]);
  return { planAnswer, LlamaSource, holdModel, releaseModel };
}

function code(): ReturnType<typeof load> {
  loading ??= load();
  return loading;
}

function threadsOf({ threads, env = defaultEnvironment() }: LlamaOptions): number | undefined {
  checkCount("threads", threads);
  const set = env.SLUICE_LLAMA_THREADS?.trim();
  if (threads !== undefined || set === undefined || set === "") return threads;
  const number = Number(set);
  checkCount("SLUICE_LLAMA_THREADS", Number.isNaN(number) ? set : number);
  return number;
}

function checkCount(field: string, value: unknown): void {
  if (value === undefined || (Number.isSafeInteger(value) && Number(value) >= 1)) return;
  throw invalid(field, value, "a whole number of at least 1");
}
