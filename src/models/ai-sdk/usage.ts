import { isJsonObject } from "../../base/json.js";
import { totalTokens, type Usage } from "../../stream/usage.js";
import type { UsageV2, UsageV4 } from "./language-model.js";
import { toJson } from "./metadata.js";

/** Token counts of any version: flat ones (v2), or those of v3 and v4 that are split by kind. */
export function readUsage(value: unknown): Usage {
  if (typeof value !== "object" || value === null) return {};
  const input: unknown = Reflect.get(value, "inputTokens");
  const output: unknown = Reflect.get(value, "outputTokens");
  const split = typeof input === "object" && input !== null;
  const counts = split
    ? {
        inputTokens: count(input, "total") ?? sum(input, ["noCache", "cacheRead", "cacheWrite"]),
        outputTokens: count(output, "total") ?? sum(output, ["text", "reasoning"]),
        cacheReadTokens: count(input, "cacheRead"),
        cacheWriteTokens: count(input, "cacheWrite"),
        reasoningTokens: count(output, "reasoning"),
      }
    : {
        inputTokens: count(value, "inputTokens"),
        outputTokens: count(value, "outputTokens"),
        cacheReadTokens: count(value, "cachedInputTokens"),
        reasoningTokens: count(value, "reasoningTokens"),
      };
  const raw = toJson(Reflect.get(value, "raw"));
  const usage: Usage = Object.fromEntries(Object.entries(counts).filter(([, tokens]) => tokens !== undefined));
  return raw === null ? usage : { ...usage, raw };
}

/** As v3 and v4 have it. */
export function writeUsage(usage: Usage): UsageV4 {
  const { inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens, reasoningTokens, raw } = usage;
  const cached = cacheReadTokens === undefined ? cacheWriteTokens : cacheReadTokens + (cacheWriteTokens ?? 0);
  return {
    inputTokens: {
      total: inputTokens,
      noCache: difference(inputTokens, cached),
      cacheRead: cacheReadTokens,
      cacheWrite: cacheWriteTokens,
    },
    outputTokens: { total: outputTokens, text: difference(outputTokens, reasoningTokens), reasoning: reasoningTokens },
    ...(isJsonObject(raw) && { raw }),
  };
}

/** The same as v2 has it, which does not count what was written to a cache. */
export function flatUsage({ inputTokens: input, outputTokens: output }: UsageV4): UsageV2 {
  const known: Usage = {
    ...(input.total !== undefined && { inputTokens: input.total }),
    ...(output.total !== undefined && { outputTokens: output.total }),
  };
  return {
    inputTokens: input.total,
    outputTokens: output.total,
    totalTokens: totalTokens(known),
    ...(output.reasoning !== undefined && { reasoningTokens: output.reasoning }),
    ...(input.cacheRead !== undefined && { cachedInputTokens: input.cacheRead }),
  };
}

/** Some providers say `NaN` or `null` where they do not know. */
function count(value: unknown, name: string): number | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const found: unknown = Reflect.get(value, name);
  return typeof found === "number" && Number.isFinite(found) ? found : undefined;
}

/** Known only if its first part is: the others may be none. */
function sum(value: unknown, names: readonly [string, ...string[]]): number | undefined {
  const first = count(value, names[0]);
  if (first === undefined) return undefined;
  return names.slice(1).reduce((total, name) => total + (count(value, name) ?? 0), first);
}

function difference(whole: number | undefined, part: number | undefined): number | undefined {
  return whole === undefined || part === undefined ? undefined : Math.max(0, whole - part);
}
