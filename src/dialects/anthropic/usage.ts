import { isJsonObject, type JsonObject, type JsonValue } from "../../base/json.js";
import type { Usage } from "../../stream/usage.js";
import { tokenCount } from "../token-count.js";

/**
 * Token counts as Anthropic reports them: its `input_tokens` leave out what was read from or written to the cache, ours
 * include both. Tokens of compaction and of an advisor stand in `raw.iterations` only, as other models may have used them.
 */
export function readUsage(raw: JsonObject): Usage {
  const usage: Usage = { raw };
  const read = tokenCount(raw.cache_read_input_tokens);
  const written = tokenCount(raw.cache_creation_input_tokens);
  const uncached = tokenCount(raw.input_tokens);
  const output = tokenCount(raw.output_tokens);
  const thinking = isJsonObject(raw.output_tokens_details)
    ? tokenCount(raw.output_tokens_details.thinking_tokens)
    : undefined;
  if (uncached !== undefined) usage.inputTokens = uncached + (read ?? 0) + (written ?? 0);
  if (output !== undefined) usage.outputTokens = output;
  if (read !== undefined) usage.cacheReadTokens = read;
  if (written !== undefined) usage.cacheWriteTokens = written;
  if (thinking !== undefined) usage.reasoningTokens = thinking;
  return usage;
}

const CACHE_COUNTS = ["cache_read_input_tokens", "cache_creation_input_tokens"];

/** The usage of `message_start` with what `message_delta` says newer; its counts are totals, and `null` says nothing. */
export function mergeUsage(older: JsonObject, newer: JsonValue | undefined): JsonObject {
  if (!isJsonObject(newer)) return older;
  const merged = { ...older };
  for (const [key, value] of Object.entries(newer)) if (value !== null) merged[key] = value;
  // A service that learns of its cache only later (Alibaba) had counted the whole prompt.
  const input = tokenCount(older.input_tokens);
  const knew = CACHE_COUNTS.some((key) => tokenCount(older[key]) !== undefined);
  if (input !== undefined && !knew && tokenCount(newer.input_tokens) === undefined) {
    const cached = CACHE_COUNTS.reduce((sum, key) => sum + (tokenCount(newer[key]) ?? 0), 0);
    merged.input_tokens = Math.max(0, input - cached);
  }
  return merged;
}

/** Our counts in Anthropic's terms. A count that is not known is 0, since its clients expect both totals. */
export function writeUsage(usage: Usage): JsonObject {
  const { inputTokens, outputTokens = 0, cacheReadTokens, cacheWriteTokens, reasoningTokens } = usage;
  const cached = (cacheReadTokens ?? 0) + (cacheWriteTokens ?? 0);
  const raw: JsonObject = { input_tokens: Math.max(0, (inputTokens ?? cached) - cached), output_tokens: outputTokens };
  if (cacheReadTokens !== undefined) raw.cache_read_input_tokens = cacheReadTokens;
  if (cacheWriteTokens !== undefined) raw.cache_creation_input_tokens = cacheWriteTokens;
  if (reasoningTokens !== undefined) raw.output_tokens_details = { thinking_tokens: reasoningTokens };
  return raw;
}
