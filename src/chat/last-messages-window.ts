import { invalid } from "../stream/error.js";
import { newestMessages, type Window } from "./window.js";

/**
 * Sends the last `n` messages, the user's last message among them, and all system messages. An answer's tool calls and
 * their results count as they are, and stay together.
 *
 * @param n a whole number of at least 1.
 * @throws {SluiceError} `invalid-argument`.
 * @example
 * ```ts
 * import { Conversation, lastMessages } from "sluice/chat";
 *
 * const conversation = new Conversation({ model: "openai/gpt-5-mini", window: lastMessages(20) });
 * ```
 */
export function lastMessages(n: number): Window {
  if (!Number.isSafeInteger(n) || n < 1) throw invalid("n", n, "a whole number of at least 1");
  return (messages) => {
    let left = n;
    const { kept, dropped } = newestMessages(messages, (unit) => {
      left -= unit.length;
      return left >= 0;
    });
    return { messages: kept, dropped: dropped.length };
  };
}
