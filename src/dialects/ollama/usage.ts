import { isJsonObject, type JsonObject, type JsonValue } from "../../stream/json.js";
import type { Usage } from "../../stream/usage.js";

/** Counts are tokens, durations nanoseconds. */
const COUNTERS = [
  "total_duration",
  "load_duration",
  "prompt_eval_count",
  "prompt_eval_duration",
  "eval_count",
  "eval_duration",
];

/** The counters of the last line. A prompt that was still in memory is not counted by older versions. */
export function readUsage(line: JsonObject): Usage {
  const raw = counters(line);
  if (Object.keys(raw).length === 0) return {};
  const usage: Usage = { raw };
  if (typeof raw.prompt_eval_count === "number") usage.inputTokens = raw.prompt_eval_count;
  if (typeof raw.eval_count === "number") usage.outputTokens = raw.eval_count;
  return usage;
}

/** The same, the other way; durations only where Ollama measured them. */
export function writeUsage({ inputTokens, outputTokens, raw }: Usage): JsonObject {
  return {
    ...(isJsonObject(raw) && counters(raw)),
    ...(inputTokens !== undefined && { prompt_eval_count: inputTokens }),
    ...(outputTokens !== undefined && { eval_count: outputTokens }),
  };
}

function counters(line: JsonObject): JsonObject {
  return Object.fromEntries(
    COUNTERS.flatMap((name): [string, JsonValue][] => {
      const value = line[name];
      return typeof value === "number" ? [[name, value]] : [];
    }),
  );
}
