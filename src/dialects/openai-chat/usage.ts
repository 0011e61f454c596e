import { isJsonObject, type JsonObject, type JsonValue } from "../../base/json.js";
import type { Usage } from "../../stream/usage.js";
import { tokenCount } from "../token-count.js";

/** Token counts of a chat completion, as all compatible services write them. */
export function readUsage(raw: JsonObject): Usage {
  const input = details(raw.prompt_tokens_details ?? raw.input_tokens_details);
  const output = details(raw.completion_tokens_details ?? raw.output_tokens_details);
  const usage: Usage = { raw };
  // Gateways that speak both of OpenAI's protocols mix their names.
  set(usage, "inputTokens", raw.prompt_tokens ?? raw.input_tokens);
  set(usage, "outputTokens", outputTokens(raw, output.reasoning_tokens) ?? raw.output_tokens);
  // DeepSeek and Moonshot count cache hits beside the details; Mistral under a name of its own.
  set(
    usage,
    "cacheReadTokens",
    input.cached_tokens ?? raw.prompt_cache_hit_tokens ?? raw.cached_tokens ?? raw.num_cached_tokens,
  );
  set(usage, "cacheWriteTokens", input.cache_write_tokens ?? input.cache_creation_tokens);
  // Mistral counts whole blocks of its cache, which may be more than the prompt.
  if (usage.inputTokens !== undefined && (usage.cacheReadTokens ?? 0) > usage.inputTokens) {
    usage.cacheReadTokens = usage.inputTokens;
  }
  set(usage, "reasoningTokens", output.reasoning_tokens ?? raw.reasoning_tokens);
  return usage;
}

/** xAI counts reasoning beside the completion: then the total has it once more. */
function outputTokens(raw: JsonObject, reasoning: JsonValue | undefined): JsonValue | undefined {
  const { prompt_tokens: prompt, completion_tokens: completion, total_tokens: total } = raw;
  if (typeof completion !== "number" || typeof reasoning !== "number" || reasoning === 0) return completion;
  const beside = typeof prompt === "number" && total === prompt + completion + reasoning;
  return beside ? completion + reasoning : completion;
}

/** The same, the other way. */
export function writeUsage(usage: Usage): JsonObject {
  const { inputTokens = 0, outputTokens = 0, cacheReadTokens, cacheWriteTokens, reasoningTokens } = usage;
  const raw: JsonObject = {
    prompt_tokens: inputTokens,
    completion_tokens: outputTokens,
    total_tokens: inputTokens + outputTokens,
  };
  if (cacheReadTokens !== undefined || cacheWriteTokens !== undefined) {
    raw.prompt_tokens_details = {
      ...(cacheReadTokens !== undefined && { cached_tokens: cacheReadTokens }),
      ...(cacheWriteTokens !== undefined && { cache_write_tokens: cacheWriteTokens }),
    };
  }
  if (reasoningTokens !== undefined) raw.completion_tokens_details = { reasoning_tokens: reasoningTokens };
  return raw;
}

function details(value: JsonValue | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}

function set(usage: Usage, count: Exclude<keyof Usage, "raw">, value: JsonValue | undefined): void {
  const tokens = tokenCount(value);
  if (tokens !== undefined) usage[count] = tokens;
}
