import { create } from "@bufbuild/protobuf";
import { isJsonObject, type JsonValue } from "../../base/json.js";
import { totalTokens, type Usage } from "../../stream/usage.js";
import {
  type ConversationResultAlpha2CompletionUsage,
  ConversationResultAlpha2CompletionUsageSchema,
} from "../proto/generated/dapr/proto/runtime/v1/ai_pb.js";

/**
 * The tokens of an answer as Alpha2 says them; `undefined` where the provider counted none. Details are there only where
 * they are above 0.
 */
export function writeUsage(usage: Usage): ConversationResultAlpha2CompletionUsage | undefined {
  const total = totalTokens(usage);
  if (total === undefined) return undefined;
  const completion = detailsOf(usage.raw, "completion_tokens_details");
  const prompt = detailsOf(usage.raw, "prompt_tokens_details");
  const completionDetails = {
    acceptedPredictionTokens: count(completion.accepted_prediction_tokens),
    audioTokens: count(completion.audio_tokens),
    reasoningTokens: count(usage.reasoningTokens),
    rejectedPredictionTokens: count(completion.rejected_prediction_tokens),
  };
  const promptDetails = { audioTokens: count(prompt.audio_tokens), cachedTokens: count(usage.cacheReadTokens) };
  return create(ConversationResultAlpha2CompletionUsageSchema, {
    completionTokens: count(usage.outputTokens),
    promptTokens: count(usage.inputTokens),
    totalTokens: count(total),
    ...(hasCount(completionDetails) && { completionTokensDetails: completionDetails }),
    ...(hasCount(promptDetails) && { promptTokensDetails: promptDetails }),
  });
}

/** What OpenAI's usage says in detail; other providers' objects have no such fields. */
function detailsOf(raw: JsonValue | undefined, name: string): { readonly [field: string]: JsonValue } {
  const details = isJsonObject(raw) ? raw[name] : undefined;
  return isJsonObject(details) ? details : {};
}

function count(tokens: JsonValue | undefined): bigint {
  return typeof tokens === "number" && tokens > 0 ? BigInt(Math.trunc(tokens)) : 0n;
}

function hasCount(details: { readonly [field: string]: bigint }): boolean {
  return Object.values(details).some((tokens) => tokens > 0n);
}
