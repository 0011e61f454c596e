import type { JsonObject } from "../../base/json.js";
import type { Usage } from "../../stream/usage.js";
import { tokenCount } from "../token-count.js";

/**
 * Token counts as Gemini reports them. Its prompt leaves out what its own tools brought, and its answer leaves out the
 * thoughts; ours include both. Where the answer's own count is missing it is what the total has beyond the rest.
 */
export function readUsage(raw: JsonObject): Usage {
  const usage: Usage = { raw };
  const prompt = tokenCount(raw.promptTokenCount);
  const tools = tokenCount(raw.toolUsePromptTokenCount);
  const thoughts = tokenCount(raw.thoughtsTokenCount);
  const cached = tokenCount(raw.cachedContentTokenCount);
  const total = tokenCount(raw.totalTokenCount);
  if (prompt !== undefined || tools !== undefined) usage.inputTokens = (prompt ?? 0) + (tools ?? 0);
  const candidates = tokenCount(raw.candidatesTokenCount);
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
