import type { JsonValue } from "../base/json.js";

/**
 * Tokens of one call, or the sum over several. A count is absent where the provider did not say, so 0 means none.
 *
 * `cacheReadTokens` and `cacheWriteTokens` are parts of `inputTokens`; `reasoningTokens` is a part of `outputTokens`:
 * providers that report them beside the total (Anthropic's input, for one) are converted by their dialect.
 */
export interface Usage {
  /** Tokens of the whole prompt, cached ones included. */
  inputTokens?: number;
  /** Tokens of the whole answer, reasoning included. */
  outputTokens?: number;
  /** Prompt tokens that were read from the provider's cache. */
  cacheReadTokens?: number;
  /** Prompt tokens that were written to the provider's cache. */
  cacheWriteTokens?: number;
  /** Answer tokens that went into reasoning. */
  reasoningTokens?: number;
  /** The provider's own usage object, as it came; absent on sums of several calls. */
  raw?: JsonValue;
}

const COUNTS = ["inputTokens", "outputTokens", "cacheReadTokens", "cacheWriteTokens", "reasoningTokens"] as const;

/** What is left of a usage without a part of it. A count that the whole does not know stays absent. */
export function subtractUsage(whole: Usage, part: Usage): Usage {
  const rest: Usage = {};
  for (const count of COUNTS) {
    const total = whole[count];
    if (total !== undefined) rest[count] = Math.max(0, total - (part[count] ?? 0));
  }
  return rest;
}

/** The sum of two usages. A count that neither knows stays absent; `raw` is kept only where one side is empty. */
export function addUsage(a: Usage, b: Usage): Usage {
  const sum: Usage = {};
  for (const count of COUNTS) {
    const left = a[count];
    const right = b[count];
    if (left !== undefined || right !== undefined) sum[count] = (left ?? 0) + (right ?? 0);
  }
  const raw = isEmptyUsage(a) ? b.raw : isEmptyUsage(b) ? a.raw : undefined;
  if (raw !== undefined) sum.raw = raw;
  return sum;
}

/** Newer running totals over older ones of the same call: each count that `newer` knows wins. */
export function updateUsage(older: Usage, newer: Usage): Usage {
  return { ...older, ...newer };
}

/** Input and output tokens together, or `undefined` where neither is known. */
export function totalTokens(usage: Usage): number | undefined {
  if (usage.inputTokens === undefined && usage.outputTokens === undefined) return undefined;
  return (usage.inputTokens ?? 0) + (usage.outputTokens ?? 0);
}

function isEmptyUsage(usage: Usage): boolean {
  return usage.raw === undefined && COUNTS.every((count) => usage[count] === undefined);
}
