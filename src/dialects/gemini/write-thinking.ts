import type { JsonObject } from "../../base/json.js";
import type { Warning } from "../../stream/chat-event.js";
import type { ReasoningEffort, ReasoningOptions } from "../../stream/chat-request.js";
import type { GeminiTraits, Level } from "./model-traits.js";

/** What the levels mean for models that think by a budget, in tokens: https://ai.google.dev/gemini-api/docs/openai#thinking. */
const BUDGETS: Readonly<Record<Exclude<ReasoningEffort, "none">, number>> = {
  minimal: 512,
  low: 1_024,
  medium: 8_192,
  high: 24_576,
  max: Number.POSITIVE_INFINITY,
};

const LEVELS: Readonly<Record<ReasoningEffort, Level>> = {
  none: "MINIMAL",
  minimal: "MINIMAL",
  low: "LOW",
  medium: "MEDIUM",
  high: "HIGH",
  max: "HIGH",
};

/** Asks for thinking in the way that the model understands (`thinkingConfig`). */
export function writeThinking(
  options: ReasoningOptions | undefined,
  { thinking }: GeminiTraits,
  warnings: Warning[],
): JsonObject | undefined {
  if (options === undefined) return undefined;
  if (thinking.by === "none") {
    if (options.effort !== "none")
      warnings.push({ field: "reasoning", message: "not sent: this model does not think" });
    return undefined;
  }
  const amount =
    thinking.by === "budget" ? byBudget(options, thinking, warnings) : byLevel(options, thinking, warnings);
  const config = { ...writeSummary(options.summary, warnings), ...amount };
  return Object.keys(config).length > 0 ? config : undefined;
}

function byBudget(
  { effort, budgetTokens }: ReasoningOptions,
  { least, most, off }: { least: number; most: number; off: boolean },
  warnings: Warning[],
): JsonObject {
  if (budgetTokens === undefined && effort === "none") {
    if (off) return { thinkingBudget: 0 };
    warnings.push({ field: "reasoning.effort", message: `sent as ${least} tokens: this model always thinks` });
    return { thinkingBudget: least };
  }
  if (budgetTokens === undefined) {
    return effort === undefined || effort === "none"
      ? {}
      : { thinkingBudget: Math.min(Math.max(BUDGETS[effort], least), most) };
  }
  if (effort !== undefined) {
    warnings.push({ field: "reasoning.effort", message: "not sent: reasoning.budgetTokens says it more exactly" });
  }
  const sent = Math.min(Math.max(budgetTokens, least), most);
  if (sent !== budgetTokens) {
    warnings.push({
      field: "reasoning.budgetTokens",
      message: `sent as ${sent}: this model takes ${least} to ${most}`,
    });
  }
  return { thinkingBudget: sent };
}

function byLevel(
  { effort, budgetTokens }: ReasoningOptions,
  { levels }: { levels: readonly Level[] },
  warnings: Warning[],
): JsonObject {
  if (effort === undefined) return budgetTokens === undefined ? {} : { thinkingBudget: budgetTokens };
  if (budgetTokens !== undefined) {
    const message = "not sent: this model takes either a level or a budget, and reasoning.effort is its level";
    warnings.push({ field: "reasoning.budgetTokens", message });
  }
  const wanted = LEVELS[effort];
  const level = levels.includes(wanted) ? wanted : wanted === "MINIMAL" ? "LOW" : "HIGH";
  const field = "reasoning.effort";
  if (effort === "none") warnings.push({ field, message: `sent as ${level.toLowerCase()}: this model always thinks` });
  else if (effort === "max") warnings.push({ field, message: "sent as high, the most that Gemini has" });
  else if (level !== wanted) {
    warnings.push({
      field,
      message: `sent as ${level.toLowerCase()}: this model has ${levels.join(", ").toLowerCase()}`,
    });
  }
  return { thinkingLevel: level };
}

function writeSummary(summary: ReasoningOptions["summary"], warnings: Warning[]): JsonObject {
  switch (summary) {
    case undefined:
      return {};
    case "none":
      return { includeThoughts: false };
    case "concise":
    case "detailed":
      warnings.push({ field: "reasoning.summary", message: "sent as auto: Gemini has one kind of summary" });
      return { includeThoughts: true };
    case "auto":
      return { includeThoughts: true };
    default:
      return summary satisfies never;
  }
}
