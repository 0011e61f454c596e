import { type Clock, systemClock } from "../../base/clock.js";
import { checkCallOptions, RETRY, TIMEOUTS } from "../../stream/call-options.js";
import type { Capabilities, ChatModel, RetryPolicy, Timeouts } from "../../stream/chat-model.js";
import type { ChatRequest } from "../../stream/chat-request.js";
import { ChatStream } from "../../stream/chat-stream.js";
import { boolean, callable, clock as clockCheck, exactly, filledString, jsonObject } from "../../stream/checks.js";
import { describe, invalid } from "../../stream/error.js";
import { validateRequest } from "../../stream/validate-request.js";
import { resolveTimeouts } from "../http/deadlines.js";
import { resolveRetry } from "../http/retry.js";
import { BatchedReader } from "../parts/batched-reader.js";
import type { OpenedAnswer } from "../parts/part-answer.js";
import { partSource } from "../parts/part-source.js";
import type { AiSdkTarget } from "./call-target.js";
import { type Download, fetchFiles } from "./fetch-files.js";
import { generatedParts } from "./generated-parts.js";
import type { AiSdkCallOptions, AiSdkLanguageModel } from "./language-model.js";
import { SLUICE } from "./metadata.js";
import type { Part } from "./part.js";
import { AiSdkPartReader } from "./part-reader.js";
import { readError } from "./read-error.js";
import { writeOptions } from "./write-options.js";

/** Settings of `fromAiSdk`. */
export interface FromAiSdkOptions {
  /** Default: the model's provider and id, for example `openai.responses/gpt-5`. */
  id?: string;
  /** What the model can do; an AI SDK model does not say. */
  capabilities?: Capabilities;
  /**
   * Gets the files that a request names by URL and the model does not fetch by itself (its `supportedUrls`). Without it
   * such a request fails with `unsupported`: who may fetch which address from this machine is for the application to say.
   */
  download?: Download;
  /** Asks for the provider's own chunks too, as `data` events named `raw`. Default false. */
  rawChunks?: boolean;
  /** Of each call, unless the call has its own. There is no limit on connecting: the model does that by itself. */
  timeouts?: Timeouts;
  /** Of each call, unless the call has its own. */
  retry?: RetryPolicy;
  /** Default: the system's. */
  clock?: Clock;
  /** From 0 to 1; spreads retries. Default `Math.random`. */
  random?: () => number;
}

const VERSIONS = ["v2", "v3", "v4"];

const OPTIONS = exactly("fromAiSdk", {
  id: filledString,
  capabilities: jsonObject,
  download: callable,
  rawChunks: boolean,
  timeouts: TIMEOUTS,
  retry: RETRY,
  clock: clockCheck,
  random: callable,
});

/**
 * A chat model out of any language model of the AI SDK: a `LanguageModelV2` (`ai` 5), `LanguageModelV3` (`ai` 6) or
 * `LanguageModelV4` (`ai` 7). No package of the AI SDK is needed beside the one that made the model.
 *
 * A provider's metadata comes back to it on the next turn as state of the dialect `ai-sdk`. Its own tools are those of
 * this dialect too, with their id as type: `{ dialect: "ai-sdk", type: "anthropic.web_search_20250305", args }`. What the
 * provider says and no event carries becomes a `data` event. `onWire` sees nothing: the model has its own transport.
 *
 * @throws {SluiceError} `invalid-argument` for anything but such a model, and for invalid timeouts or an invalid retry policy.
 * @example
 * ```ts
 * import { fromAiSdk, stream } from "sluice";
 * import type { AiSdkLanguageModel } from "sluice/models";
 *
 * declare const languageModel: AiSdkLanguageModel; // what `openai("gpt-5")` of @ai-sdk/openai returns
 *
 * for await (const text of stream(fromAiSdk(languageModel), "Hi").text) process.stdout.write(text);
 * ```
 */
export function fromAiSdk(languageModel: AiSdkLanguageModel, options: FromAiSdkOptions = {}): ChatModel {
  checkModel(languageModel);
  OPTIONS(options, "");
  resolveTimeouts(options.timeouts);
  resolveRetry(options.retry);
  const { provider, modelId, specificationVersion: version } = languageModel;
  const { id = `${provider}/${modelId}`, capabilities, clock = systemClock, random = Math.random } = options;
  const target = { version, provider: provider.split(".", 1)[0] ?? provider };
  return {
    id,
    ...(capabilities !== undefined && { capabilities }),
    stream(request, call = {}) {
      validateRequest(request);
      checkCallOptions(call);
      // What cannot be written is refused at once.
      writeOptions(request, target);
      const { streaming = true, headers, signal, retain } = call;
      const source = partSource<Part>({
        id,
        open: (abortSignal) => open(languageModel, { request, target, options, streaming, headers, abortSignal }),
        readError,
        timeouts: resolveTimeouts(options.timeouts, call.timeouts),
        retry: resolveRetry(options.retry, call.retry),
        clock,
        random,
      });
      return new ChatStream(source, { signal, retain });
    },
  };
}

interface Opening {
  request: ChatRequest;
  target: AiSdkTarget;
  options: FromAiSdkOptions;
  streaming: boolean;
  headers: Record<string, string> | undefined;
  abortSignal: AbortSignal;
}

async function open(model: AiSdkLanguageModel, opening: Opening): Promise<OpenedAnswer<Part>> {
  const { request, target, options, streaming, headers, abortSignal } = opening;
  const supported = (await model.supportedUrls) ?? {};
  const messages = await fetchFiles(request.messages, supported, options.download, abortSignal);
  const written = writeOptions({ ...request, messages }, target);
  const call: AiSdkCallOptions = {
    ...written.options,
    // A model of ours says among them what it has no parts for.
    ...((options.rawChunks === true || target.provider === SLUICE) && { includeRawChunks: true }),
    ...(headers !== undefined && { headers }),
    abortSignal,
  };
  const expected = { model: model.modelId, simulated: !streaming, warnings: written.warnings };
  const stream = streaming ? (await model.doStream(call)).stream : generatedParts(await model.doGenerate(call));
  // Whatever their version calls them, parts are objects whose fields are checked where they are read.
  return { parts: new BatchedReader(stream as ReadableStream<Part>), reader: new AiSdkPartReader(expected) };
}

function checkModel(model: AiSdkLanguageModel): void {
  if (typeof model !== "object" || model === null) {
    throw invalid("languageModel", model, "a language model of the AI SDK, such as openai('gpt-5') gives");
  }
  const { specificationVersion: version, provider, modelId } = model;
  if (!VERSIONS.includes(version)) {
    throw invalid("languageModel.specificationVersion", version, VERSIONS.join(", "));
  }
  for (const [name, value] of Object.entries({ provider, modelId })) {
    if (typeof value !== "string") throw invalid(`languageModel.${name}`, value, "a string");
  }
  for (const name of ["doStream", "doGenerate"] as const) {
    if (typeof model[name] !== "function") {
      throw invalid(`languageModel.${name}`, describe(model[name]), "a function: is it a model for text?");
    }
  }
}
