import type { Usage } from "../../stream/usage.js";
import { totalTokens } from "../../stream/usage.js";

/** Tokens under OpenAI's names. */
export interface OpenAiUsage {
  prompt_tokens: number;
  completion_tokens: number;
  total_tokens: number;
  prompt_tokens_details?: { cached_tokens: number };
  completion_tokens_details?: { reasoning_tokens: number };
}

/** `undefined` where nobody counted. */
export function openAiUsage(usage: Usage): OpenAiUsage | undefined {
  const total = totalTokens(usage);
  if (total === undefined) return undefined;
  const { inputTokens = 0, outputTokens = 0, cacheReadTokens, reasoningTokens } = usage;
  return {
    prompt_tokens: inputTokens,
    completion_tokens: outputTokens,
    total_tokens: total,
    ...(cacheReadTokens !== undefined && { prompt_tokens_details: { cached_tokens: cacheReadTokens } }),
    ...(reasoningTokens !== undefined && { completion_tokens_details: { reasoning_tokens: reasoningTokens } }),
  };
}
