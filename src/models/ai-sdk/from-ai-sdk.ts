import { type Clock, systemClock } from "../../base/clock.js";
import { checkCallOptions, RETRY, TIMEOUTS } from "../../stream/call-options.js";
import type { Capabilities, ChatModel, RetryPolicy, Timeouts } from "../../stream/chat-model.js";
import { ChatStream } from "../../stream/chat-stream.js";
import { CAPABILITIES } from "../../stream/check-capabilities.js";
import { boolean, callable, clock as clockCheck, exactly, filledString } from "../../stream/checks.js";
import { describe, invalid } from "../../stream/error.js";
import { opened } from "../../stream/sources/opened.js";
import { validateRequest } from "../../stream/validate-request.js";
import { resolveTimeouts } from "../http/deadlines.js";
import { resolveRetry } from "../http/retry.js";
import type { Download } from "./fetch-files.js";
import { AI_SDK_VERSIONS, type AiSdkLanguageModel } from "./language-model.js";

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
  /** Limits of each call, unless the call has its own. There is no limit on connecting: the model does that by itself. */
  timeouts?: Timeouts;
  /** How each call is made again, unless the call has its own policy. */
  retry?: RetryPolicy;
  /** Default: the system's. */
  clock?: Clock;
  /** From 0 to 1; spreads retries. Default `Math.random`. */
  random?: () => number;
}

const OPTIONS = exactly("fromAiSdk", {
  id: filledString,
  capabilities: CAPABILITIES,
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
  const { provider, modelId } = languageModel;
  const { id = `${provider}/${modelId}`, capabilities, clock = systemClock, random = Math.random } = options;
  return {
    id,
    ...(capabilities !== undefined && { capabilities }),
    stream(request, call = {}) {
      validateRequest(request);
      checkCallOptions(call);
      const { streaming = true, headers, signal, retain } = call;
      const timeouts = resolveTimeouts(options.timeouts, call.timeouts);
      const retry = resolveRetry(options.retry, call.retry);
      const asked = { model: languageModel, id, request, options, streaming, headers, timeouts, retry, clock, random };
      const source = opened(async () => {
        const { calledSource } = await import("./called-source.js");
        return calledSource(asked);
      });
      return new ChatStream(source, { signal, retain });
    },
  };
}

function checkModel(model: AiSdkLanguageModel): void {
  if (typeof model !== "object" || model === null) {
    throw invalid("languageModel", model, "a language model of the AI SDK, such as openai('gpt-5') gives");
  }
  const { specificationVersion: version, provider, modelId } = model;
  if (!AI_SDK_VERSIONS.includes(version)) {
    throw invalid("languageModel.specificationVersion", version, AI_SDK_VERSIONS.join(", "));
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
