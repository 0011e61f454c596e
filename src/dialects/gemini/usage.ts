import type { JsonObject, JsonValue } from "../../base/json.js";
import type { Usage } from "../../stream/usage.js";

/**
 * Token counts as Gemini reports them. Its prompt leaves out what its own tools brought, and its answer leaves out the
 * thoughts; ours include both. Where the answer's own count is missing it is what the total has beyond the rest.
 */
export function readUsage(raw: JsonObject): Usage {
  const usage: Usage = { raw };
  const prompt = count(raw.promptTokenCount);
  const tools = count(raw.toolUsePromptTokenCount);
  const thoughts = count(raw.thoughtsTokenCount);
  const cached = count(raw.cachedContentTokenCount);
  const total = count(raw.totalTokenCount);
  if (prompt !== undefined || tools !== undefined) usage.inputTokens = (prompt ?? 0) + (tools ?? 0);
  const candidates = count(raw.candidatesTokenCount);
  const rest = total === undefined || prompt === undefined ? 0 : total - (usage.inputTokens ?? 0);
  if (candidates !== undefined || thoughts !== undefined) usage.outputTokens = (candidates ?? 0) + (thoughts ?? 0);
  else if (rest > 0) usage.outputTokens = rest;
  if (cached !== undefined) usage.cacheReadTokens = cached;
  if (thoughts !== undefined) usage.reasoningTokens = thoughts;
  return usage;
}

/** Our counts in Gemini's terms. */
export function writeUsage({ inputTokens, outputTokens, cacheReadTokens, reasoningTokens }: Usage): JsonObject {
  const raw: JsonObject = {};
  if (inputTokens !== undefined) raw.promptTokenCount = inputTokens;
  if (outputTokens !== undefined) raw.candidatesTokenCount = Math.max(0, outputTokens - (reasoningTokens ?? 0));
  if (reasoningTokens !== undefined) raw.thoughtsTokenCount = reasoningTokens;
  if (cacheReadTokens !== undefined) raw.cachedContentTokenCount = cacheReadTokens;
  if (inputTokens !== undefined || outputTokens !== undefined) {
    raw.totalTokenCount = (inputTokens ?? 0) + (outputTokens ?? 0);
  }
  return raw;
}

function count(value: JsonValue | undefined): number | undefined {
  return typeof value === "number" ? value : undefined;
}
