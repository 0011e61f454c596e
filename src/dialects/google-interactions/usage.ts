import type { JsonObject, JsonValue } from "../../base/json.js";
import type { Usage } from "../../stream/usage.js";

/** Token counts of an interaction: what tools brought is input of ours, thoughts are output. */
export function readUsage(raw: JsonObject): Usage {
  const usage: Usage = { raw };
  const input = count(raw.total_input_tokens);
  const tools = count(raw.total_tool_use_tokens);
  const output = count(raw.total_output_tokens);
  const thoughts = count(raw.total_thought_tokens);
  const cached = count(raw.total_cached_tokens);
  if (input !== undefined) usage.inputTokens = input + (tools ?? 0);
  if (output !== undefined || thoughts !== undefined) usage.outputTokens = (output ?? 0) + (thoughts ?? 0);
  if (cached !== undefined) usage.cacheReadTokens = cached;
  if (thoughts !== undefined) usage.reasoningTokens = thoughts;
  return usage;
}

function count(value: JsonValue | undefined): number | undefined {
  return typeof value === "number" ? value : undefined;
}
