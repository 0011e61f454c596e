import type { ReasoningEffort } from "../stream/chat-request.js";
import { badRequest } from "./wire-object.js";

/** OpenAI's name for our `max`; the other levels have the same names. */
const WORDS: Readonly<Record<ReasoningEffort, string>> = {
  none: "none",
  minimal: "minimal",
  low: "low",
  medium: "medium",
  high: "high",
  max: "xhigh",
};

/** How OpenAI says how hard to think. */
export function writeEffort(effort: ReasoningEffort): string {
  return WORDS[effort];
}

/**
 * The same, the other way.
 *
 * @throws {SluiceError} `invalid-request` for another word, naming the field.
 */
export function readEffort(word: string, field: string): ReasoningEffort {
  for (const effort of EFFORTS) if (WORDS[effort] === word) return effort;
  throw badRequest(field, word, EFFORTS.map(writeEffort).join(", "));
}

const EFFORTS: readonly ReasoningEffort[] = ["none", "minimal", "low", "medium", "high", "max"];
