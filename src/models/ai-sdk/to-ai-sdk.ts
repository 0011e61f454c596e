import type { ChatModel } from "../../stream/chat-model.js";
import { checkedModel } from "../../stream/checked-model.js";
import { type Check, exactly, filledString, list, oneOf, record } from "../../stream/checks.js";
import { invalid } from "../../stream/error.js";
import { AI_SDK_VERSIONS, type AiSdkVersion, type ServedLanguageModel, type SupportedUrls } from "./language-model.js";
import { SLUICE } from "./metadata.js";
import type { PartsOf } from "./versions.js";

/** Settings of `toAiSdk`. */
export interface ToAiSdkOptions<Version extends AiSdkVersion = "v2"> {
  /**
   * The version of the interface that the object has. Default `v2`: it alone is accepted by `ai` 5, 6 and 7. Give `v3` to
   * `ai` 6 and `v4` to `ai` 7 where you can: they then show reasons and tokens in full, and do not warn of compatibility.
   */
  version?: Version;
  /** As `ai` shows it. Default: the model's id. */
  modelId?: string;
  /**
   * The URLs that the model fetches by itself, by media type, for example `{ "image/*": [/^https:/] }`. `ai` downloads all
   * others and hands over their bytes. Default none, since not every model can.
   */
  supportedUrls?: SupportedUrls;
}

const regExp: Check = (value, path) => {
  if (!(value instanceof RegExp)) throw invalid(path, value, "a regular expression");
};

const OPTIONS = exactly("toAiSdk", {
  version: oneOf(...AI_SDK_VERSIONS),
  modelId: filledString,
  supportedUrls: record("patterns of URLs by media type", list("an array of regular expressions", regExp)),
});

/**
 * A language model for the AI SDK (`streamText`, `generateText` and what builds on them) out of any chat model: a
 * provider, a fallback, an agent, a workflow. Nothing of the AI SDK is needed here.
 *
 * Errors are marked as the AI SDK's own `APICallError`, so that its retries work; the model's own are switched off for
 * these calls. State of any provider travels in `providerMetadata` and comes back with the next turn. Tools that the
 * caller does not offer and the model runs by itself appear as run by the provider (not in `v2`: they only come back with
 * the next turn, as `ai` 5 cannot show them). What no part can say (a `retract`
 * before anything was emitted, `context`, plain `data`, steps) is among the raw chunks, for those who ask for them. Options
 * that the AI SDK has no fields for go in `providerOptions.sluice`: `user`, `metadata`, `parallelToolCalls`, `reasoning`,
 * and `tools` that a provider runs.
 *
 * @throws {SluiceError} `invalid-argument` for an unknown version.
 * @example
 * ```ts
 * import { fallback, toAiSdk } from "sluice";
 *
 * // For `streamText({ model: languageModel, prompt })` of `ai` 7.
 * const languageModel = toAiSdk(fallback(["openai/gpt-5", "ollama/llama3.2"]), { version: "v4" });
 * ```
 */
export function toAiSdk<Version extends AiSdkVersion = "v2">(
  model: ChatModel,
  options: ToAiSdkOptions<Version> = {},
): ServedLanguageModel<Version, PartsOf[Version]> {
  checkedModel(model);
  OPTIONS(options, "");
  const { modelId = model.id, supportedUrls = {} } = options;
  const version = (options.version ?? "v2") as Version;
  return {
    specificationVersion: version,
    provider: SLUICE,
    modelId,
    supportedUrls,
    async doStream(call) {
      const { streamedParts } = await import("./served-answer.js");
      return streamedParts(model, version, call);
    },
    async doGenerate(call) {
      const { generatedAnswer } = await import("./served-answer.js");
      return generatedAnswer(model, version, call);
    },
  };
}
