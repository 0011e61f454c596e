import { isJsonObject, type JsonObject, type JsonValue } from "../../base/json.js";
import type { Usage } from "../../stream/usage.js";
import { tokenCount } from "../token-count.js";

/** Token counts of a response. */
export function readUsage(raw: JsonObject): Usage {
  const usage: Usage = { raw };
  set(usage, "inputTokens", raw.input_tokens);
  set(usage, "outputTokens", raw.output_tokens);
  set(usage, "cacheReadTokens", field(raw.input_tokens_details, "cached_tokens"));
  set(usage, "cacheWriteTokens", field(raw.input_tokens_details, "cache_write_tokens"));
  set(usage, "reasoningTokens", field(raw.output_tokens_details, "reasoning_tokens"));
  return usage;
}

/** The same, the other way. The details are always there, as the schema has them and Codex needs them: what is not known is 0. */
export function writeUsage(usage: Usage): JsonObject {
  const { inputTokens = 0, outputTokens = 0, cacheReadTokens, cacheWriteTokens, reasoningTokens } = usage;
  return {
    input_tokens: inputTokens,
    input_tokens_details: {
      cached_tokens: cacheReadTokens ?? 0,
      ...(cacheWriteTokens !== undefined && { cache_write_tokens: cacheWriteTokens }),
    },
    output_tokens: outputTokens,
    output_tokens_details: { reasoning_tokens: reasoningTokens ?? 0 },
    total_tokens: inputTokens + outputTokens,
  };
}

function field(value: JsonValue | undefined, key: string): JsonValue | undefined {
  return isJsonObject(value) ? value[key] : undefined;
}

function set(usage: Usage, count: Exclude<keyof Usage, "raw">, value: JsonValue | undefined): void {
  const tokens = tokenCount(value);
  if (tokens !== undefined) usage[count] = tokens;
}
