import { fallback } from "../../models/fallback.js";
import { having, list } from "../../stream/checks.js";
import type { AgentStrategy } from "./strategy.js";

const STRATEGIES = list(
  "at least one strategy",
  having("a strategy: an object with name and apply(model)", "apply"),
  1,
);

/**
 * Tries strategies in order: the first that can answer does. An error counts as a failure before any output; which one
 * answered is in the `fallback/model` event. When the last one fails, the error names them all.
 *
 * @throws {SluiceError} `invalid-argument` without a strategy, and for what is none.
 * @example
 * ```ts
 * import { Agent, fallbackStrategy, multiCycle, singleShot } from "sluice/agents";
 *
 * const agent = new Agent({ model: "openai/gpt-5-mini", strategy: fallbackStrategy([multiCycle(), singleShot()]) });
 * ```
 */
export function fallbackStrategy(strategies: readonly AgentStrategy[]): AgentStrategy {
  STRATEGIES(strategies, "strategies");
  return {
    name: `fallback(${strategies.map(({ name }) => name).join(", ")})`,
    apply: (model) => fallback(strategies.map((one) => ({ ...one.apply(model), id: one.name }))),
  };
}
