import { invalid } from "../stream/error.js";
import { newestUnits, splitUnits, type Window } from "./window.js";

/**
 * Sends the last `n` messages and all system messages. An answer's tool calls and their results count as they are, and
 * stay together.
 *
 * @param n a whole number of at least 1.
 * @throws {SluiceError} `invalid-argument`.
 */
export function lastMessages(n: number): Window {
  if (!Number.isSafeInteger(n) || n < 1) throw invalid("n", n, "a whole number of at least 1");
  return (messages) => {
    const { system, units } = splitUnits(messages);
    let left = n;
    const kept = newestUnits(units, (unit) => {
      left -= unit.length;
      return left >= 0;
    }).flat();
    return { messages: [...system, ...kept], dropped: messages.length - system.length - kept.length };
  };
}
