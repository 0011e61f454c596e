import type { ConversationStatistics } from "../chat/statistics.js";
import { formatUsd } from "./format-usd.js";

/** Statistics for people, one fact a line. */
export function describeStatistics(statistics: ConversationStatistics): string {
  const { byRole, usage, timing } = statistics;
  const roles = Object.entries(byRole).filter(([, count]) => count > 0);
  const facts: [label: string, value: string | undefined][] = [
    ["conversation", statistics.contextId],
    ["title", statistics.title],
    ["messages", [statistics.messages, ...roles.map(([role, count]) => `${count} ${role}`)].join(", ")],
    ["branches", statistics.branches > 1 ? String(statistics.branches) : undefined],
    ["turns", `${statistics.turns}${statistics.interrupted > 0 ? `, ${statistics.interrupted} interrupted` : ""}`],
    ["tool calls", statistics.toolCalls > 0 ? String(statistics.toolCalls) : undefined],
    ["tokens", describeTokens(usage)],
    ["cost", describeCost(statistics)],
    [
      "first token",
      timing?.meanTtftMs === undefined
        ? undefined
        : `${timing.meanTtftMs} ms on average, ${timing.longestTtftMs} ms at most`,
    ],
    ["first", statistics.firstAt],
    ["last", statistics.lastAt],
    ...Object.entries(statistics.models).map(([model, { turns }]): [string, string] => [
      "model",
      `${model}, ${turns} turns`,
    ]),
  ];
  return facts.flatMap(([label, value]) => (value === undefined ? [] : [`${label.padEnd(13)} ${value}`])).join("\n");
}

function describeTokens(usage: ConversationStatistics["usage"]): string | undefined {
  const counts: [number | undefined, string][] = [
    [usage.inputTokens, "in"],
    [usage.outputTokens, "out"],
    [usage.cacheReadTokens, "read from a cache"],
    [usage.cacheWriteTokens, "written to a cache"],
    [usage.reasoningTokens, "reasoning"],
  ];
  const known = counts.flatMap(([count, what]) => (count === undefined ? [] : [`${count} ${what}`]));
  return known.length === 0 ? undefined : known.join(", ");
}

function describeCost({ cost, knownCost, turns, turnsWithoutCost }: ConversationStatistics): string | undefined {
  if (turns === 0) return undefined;
  if (cost !== undefined) return formatUsd(cost);
  if (turns === turnsWithoutCost) return "unknown";
  return `${formatUsd(knownCost)}, and that of ${turnsWithoutCost} of ${turns} turns, which is unknown`;
}
