import { isJsonObject, type JsonObject } from "../../base/json.js";
import type { Usage } from "../../stream/usage.js";
import { tokenCount } from "../token-count.js";

/** How the names of counters end. Counts are tokens, durations nanoseconds. */
const COUNTER = /_(count|duration)$/;

/** The counters of the last line. A prompt that was still in memory is not counted by older versions, and apart by newer. */
export function readUsage(line: JsonObject): Usage {
  const raw = counters(line);
  if (Object.keys(raw).length === 0) return {};
  const usage: Usage = { raw };
  const input = tokenCount(raw.prompt_eval_count);
  const cached = tokenCount(raw.prompt_eval_cached_count);
  const output = tokenCount(raw.eval_count);
  if (input !== undefined) usage.inputTokens = input;
  if (cached !== undefined) usage.cacheReadTokens = cached;
  if (output !== undefined) usage.outputTokens = output;
  return usage;
}

/** The same, the other way; durations only where Ollama measured them. */
export function writeUsage({ inputTokens, outputTokens, cacheReadTokens, raw }: Usage): JsonObject {
  return {
    ...(isJsonObject(raw) && counters(raw)),
    ...(inputTokens !== undefined && { prompt_eval_count: inputTokens }),
    ...(cacheReadTokens !== undefined && { prompt_eval_cached_count: cacheReadTokens }),
    ...(outputTokens !== undefined && { eval_count: outputTokens }),
  };
}

function counters(line: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(line).filter(([name, value]) => typeof value === "number" && COUNTER.test(name)),
  );
}
