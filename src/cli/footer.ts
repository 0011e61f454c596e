import type { Timing } from "../stream/timing.js";
import type { Usage } from "../stream/usage.js";
import { formatUsd } from "./format-usd.js";

/**
 * One line about an answer: time to first token, tokens a second, tokens in and out, cost. What is estimated has a `~`.
 *
 * @param cost in USD; an unknown one is left out.
 */
export function footer(timing: Timing, usage: Usage, cost?: number): string {
  const { ttftMs, durationMs, deltas } = timing;
  const parts: string[] = [];
  if (ttftMs !== undefined) parts.push(`first token ${formatMs(ttftMs)}`);
  if (timing.tokensPerSecond !== undefined) parts.push(`${timing.tokensPerSecond.toFixed(0)} tokens/s`);
  else if (ttftMs !== undefined && durationMs !== undefined && durationMs > ttftMs) {
    parts.push(`~${((deltas * 1_000) / (durationMs - ttftMs)).toFixed(0)} tokens/s`);
  }
  if (usage.inputTokens !== undefined) parts.push(`${usage.inputTokens} in`);
  parts.push(usage.outputTokens === undefined ? `~${deltas} out` : `${usage.outputTokens} out`);
  if (usage.cacheReadTokens) parts.push(`${usage.cacheReadTokens} cached`);
  if (usage.reasoningTokens) parts.push(`${usage.reasoningTokens} reasoning`);
  if (cost !== undefined) parts.push(formatUsd(cost));
  if (timing.stalls.count > 0) parts.push(`stalled ${timing.stalls.count}×, ${formatMs(timing.stalls.totalMs)}`);
  return parts.join(" · ");
}

function formatMs(ms: number): string {
  return ms < 1_000 ? `${ms.toFixed(0)} ms` : `${(ms / 1_000).toFixed(1)} s`;
}
