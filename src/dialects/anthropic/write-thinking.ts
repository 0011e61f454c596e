import type { JsonObject } from "../../base/json.js";
import type { Warning } from "../../stream/chat-event.js";
import type { ReasoningEffort, ReasoningOptions } from "../../stream/chat-request.js";
import { SluiceError } from "../../stream/error.js";
import type { ClaudeTraits } from "./model-traits.js";

/** How thinking is asked for. */
export interface WireThinking {
  thinking?: JsonObject;
  /** `output_config.effort`. */
  effort?: string;
}

/** The least that the API takes. */
const LEAST_BUDGET = 1_024;

/** What the levels mean for models that think by a budget, in tokens. */
const BUDGETS: Readonly<Record<Exclude<ReasoningEffort, "none">, number>> = {
  minimal: 1_024,
  low: 2_048,
  medium: 8_192,
  high: 16_384,
  max: 24_576,
};

/** Our levels in Anthropic's words. */
const EFFORTS: Readonly<Record<Exclude<ReasoningEffort, "none">, string>> = {
  minimal: "low",
  low: "low",
  medium: "medium",
  high: "high",
  max: "max",
};

/**
 * Asks for thinking in the way that the model understands. `maxTokens` includes the thinking.
 *
 * @param forced whether a tool is forced: Anthropic refuses that with thinking, which is what can be done without.
 */
export function writeThinking(
  options: ReasoningOptions | undefined,
  traits: ClaudeTraits,
  maxTokens: number,
  forced: boolean,
  warnings: Warning[],
): WireThinking {
  const asked = askedThinking(options, traits, maxTokens, warnings);
  const thinks = asked.thinking?.type === "enabled" || asked.thinking?.type === "adaptive";
  if (!forced || !thinks || traits.withoutThinking === "never") return asked;
  warnings.push({ field: "reasoning", message: "not sent: Anthropic refuses thinking where a tool is forced" });
  const { thinking: _, ...rest } = asked;
  return { ...rest, ...withoutThinking(traits, warnings) };
}

function askedThinking(
  options: ReasoningOptions | undefined,
  traits: ClaudeTraits,
  maxTokens: number,
  warnings: Warning[],
): WireThinking {
  if (options === undefined) return {};
  const { effort, budgetTokens, summary } = options;
  if (effort === "none") return withoutThinking(traits, warnings);
  const display = writeDisplay(summary, warnings);
  if (budgetTokens !== undefined && traits.thinking !== "adaptive") {
    const thinking = { type: "enabled", budget_tokens: givenBudget(budgetTokens, maxTokens, warnings), ...display };
    // What is between them, only the models that know both understand.
    const both = effort !== undefined && traits.thinking === "either";
    return both ? { thinking, effort: EFFORTS[effort] } : { thinking };
  }
  if (traits.thinking !== "budget") return adaptive(options, display, warnings);
  if (effort === undefined) {
    if (summary !== undefined) {
      warnings.push({ field: "reasoning.summary", message: "not sent: the model was not asked to think" });
    }
    return {};
  }
  return byBudget(effort, display, maxTokens, warnings);
}

function withoutThinking(traits: ClaudeTraits, warnings: Warning[]): WireThinking {
  switch (traits.withoutThinking) {
    case "disabled":
    case "between_tools":
      return { thinking: { type: traits.withoutThinking } };
    case "unsaid":
      return {};
    case "never":
      warnings.push({ field: "reasoning.effort", message: "sent as low: this model always thinks" });
      return { effort: "low" };
    default:
      return traits.withoutThinking satisfies never;
  }
}

function adaptive(options: ReasoningOptions, display: JsonObject, warnings: Warning[]): WireThinking {
  const { budgetTokens, effort = budgetTokens === undefined ? undefined : levelOf(budgetTokens) } = options;
  if (budgetTokens !== undefined) {
    const message = `sent as effort ${effort}: this model decides itself how long to think`;
    warnings.push({ field: "reasoning.budgetTokens", message });
  }
  if (effort === "minimal") {
    warnings.push({ field: "reasoning.effort", message: "sent as low, the least that Anthropic has" });
  }
  const thinking = { type: "adaptive", ...display };
  return effort === undefined || effort === "none" ? { thinking } : { thinking, effort: EFFORTS[effort] };
}

function byBudget(
  effort: Exclude<ReasoningEffort, "none">,
  display: JsonObject,
  maxTokens: number,
  warnings: Warning[],
): WireThinking {
  const field = "reasoning.effort";
  if (maxTokens <= LEAST_BUDGET) {
    const message = `not sent: thinking takes at least ${LEAST_BUDGET} tokens, and maxTokens is ${maxTokens}`;
    warnings.push({ field, message });
    return {};
  }
  // A fifth is left to the answer.
  const room = Math.max(LEAST_BUDGET, Math.floor(maxTokens * 0.8));
  const budget = Math.min(BUDGETS[effort], room);
  if (budget < BUDGETS[effort]) {
    warnings.push({ field, message: `lowered to ${budget} tokens, since maxTokens is ${maxTokens}` });
  }
  return { thinking: { type: "enabled", budget_tokens: budget, ...display } };
}

function givenBudget(budget: number, maxTokens: number, warnings: Warning[]): number {
  const field = "reasoning.budgetTokens";
  if (budget < LEAST_BUDGET) {
    warnings.push({ field, message: `raised to ${LEAST_BUDGET}, the least that Anthropic takes` });
  }
  const sent = Math.max(budget, LEAST_BUDGET);
  if (sent < maxTokens) return sent;
  const message = `${field}: found ${budget}; allowed: less than maxTokens, which is ${maxTokens} and includes the thinking`;
  throw new SluiceError("unsupported", message, { field });
}

function levelOf(budget: number): ReasoningEffort {
  if (budget <= BUDGETS.low) return "low";
  if (budget <= BUDGETS.medium) return "medium";
  return budget <= BUDGETS.high ? "high" : "max";
}

function writeDisplay(summary: ReasoningOptions["summary"], warnings: Warning[]): JsonObject {
  switch (summary) {
    case undefined:
      return {};
    case "none":
      return { display: "omitted" };
    case "concise":
    case "detailed":
      warnings.push({ field: "reasoning.summary", message: "sent as auto: Anthropic has one kind of summary" });
      return { display: "summarized" };
    case "auto":
      return { display: "summarized" };
    default:
      return summary satisfies never;
  }
}
