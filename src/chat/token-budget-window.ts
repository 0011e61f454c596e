import { invalid } from "../stream/error.js";
import { estimatingCounter, type TokenCounter } from "./token-counter.js";
import { newestUnits, splitUnits, type Window } from "./window.js";

/** Settings of `tokenBudget`. */
export interface TokenBudgetOptions {
  /** Default: an estimate for any model. `await tokenCounter(model.id)` gives the real one where it is known. */
  counter?: TokenCounter;
}

/**
 * Sends as many of the newest messages as fit into `maxTokens`, system messages included. The newest message is always
 * sent, even when it does not fit.
 *
 * @throws {SluiceError} `invalid-argument` when `maxTokens` is not a whole number of at least 1.
 */
export function tokenBudget(maxTokens: number, { counter = estimatingCounter }: TokenBudgetOptions = {}): Window {
  if (!Number.isSafeInteger(maxTokens) || maxTokens < 1) {
    throw invalid("maxTokens", maxTokens, "a whole number of at least 1");
  }
  return (messages) => {
    const { system, units } = splitUnits(messages);
    let left = maxTokens - counter.count(system);
    const kept = newestUnits(units, (unit) => {
      left -= counter.count(unit);
      return left >= 0;
    }).flat();
    const sent = [...system, ...kept];
    return {
      messages: sent,
      dropped: messages.length - sent.length,
      tokens: counter.count(sent),
      ...(counter.estimated && { estimated: true }),
    };
  };
}
