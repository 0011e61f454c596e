import type { JsonObject } from "../../base/json.js";
import type { Usage } from "../../stream/usage.js";
import type { ConversationResultAlpha2CompletionUsage } from "../proto/generated/dapr/proto/runtime/v1/ai_pb.js";

/**
 * The tokens that an answer of Alpha2 says. Counts of sound and of predictions have no place of their own: they stand in
 * `raw`, under OpenAI's names.
 */
export function readUsage(counted: ConversationResultAlpha2CompletionUsage): Usage {
  const { completionTokensDetails: completion, promptTokensDetails: prompt } = counted;
  const reasoning = Number(completion?.reasoningTokens ?? 0);
  const cached = Number(prompt?.cachedTokens ?? 0);
  const raw = {
    ...details("completion_tokens_details", {
      accepted_prediction_tokens: completion?.acceptedPredictionTokens,
      audio_tokens: completion?.audioTokens,
      rejected_prediction_tokens: completion?.rejectedPredictionTokens,
    }),
    ...details("prompt_tokens_details", { audio_tokens: prompt?.audioTokens }),
  };
  return {
    inputTokens: Number(counted.promptTokens),
    outputTokens: Number(counted.completionTokens),
    ...(cached > 0 && { cacheReadTokens: cached }),
    ...(reasoning > 0 && { reasoningTokens: reasoning }),
    ...(Object.keys(raw).length > 0 && { raw }),
  };
}

/** The same while the answer still comes: a count of 0 is one that is not known yet. */
export function readRunningUsage(counted: ConversationResultAlpha2CompletionUsage): Usage {
  const { inputTokens = 0, outputTokens = 0, ...rest } = readUsage(counted);
  return { ...(inputTokens > 0 && { inputTokens }), ...(outputTokens > 0 && { outputTokens }), ...rest };
}

function details(name: string, counts: { readonly [field: string]: bigint | undefined }): JsonObject {
  const counted = Object.entries(counts).flatMap(([field, tokens = 0n]) =>
    tokens > 0n ? [[field, Number(tokens)]] : [],
  );
  return counted.length === 0 ? {} : { [name]: Object.fromEntries(counted) };
}
