import { exactly, filledString, having } from "../stream/checks.js";
import { invalid } from "../stream/error.js";
import { estimatingCounter, type TokenCounter, tokenCounter } from "./token-counter.js";
import { newestMessages, type Window } from "./window.js";

/** Settings of `tokenBudget`. */
export interface TokenBudgetOptions {
  /** The model's id: counts with its vocabulary where that is known, and says that it estimates where not. */
  model?: string;
  /** Counts in place of that. Default: an estimate for any model. */
  counter?: TokenCounter;
}

const OPTIONS = exactly("tokenBudget", { model: filledString, counter: having("a token counter", "count") });

/**
 * Sends as many of the newest messages as fit into `maxTokens`, system messages included. The user's last message, and
 * the newest message, are always sent, even when they do not fit.
 *
 * @throws {SluiceError} `invalid-argument` when `maxTokens` is not a whole number of at least 1.
 * @example
 * ```ts
 * import { Conversation, tokenBudget } from "sluice/chat";
 *
 * const window = tokenBudget(8_000, { model: "openai/gpt-5-mini" });
 * const conversation = new Conversation({ model: "openai/gpt-5-mini", window });
 * ```
 */
export function tokenBudget(maxTokens: number, options: TokenBudgetOptions = {}): Window {
  OPTIONS(options, "");
  const { model, counter } = options;
  if (!Number.isSafeInteger(maxTokens) || maxTokens < 1) {
    throw invalid("maxTokens", maxTokens, "a whole number of at least 1");
  }
  let loaded: Promise<TokenCounter> | undefined;
  return async (messages) => {
    loaded ??= model === undefined ? Promise.resolve(estimatingCounter) : tokenCounter(model);
    const { count, estimated } = counter ?? (await loaded);
    let left = maxTokens - count(messages.filter((message) => message.role === "system"));
    const { kept, dropped } = newestMessages(messages, (unit) => {
      left -= count(unit);
      return left >= 0;
    });
    return {
      messages: kept,
      dropped: dropped.length,
      tokens: count(kept),
      ...(estimated && { estimated: true }),
    };
  };
}
