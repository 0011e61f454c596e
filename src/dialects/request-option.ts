import type { Check } from "../stream/checks.js";
import { SluiceError } from "../stream/error.js";
import { BUDGET_TOKENS, REQUEST_OPTIONS } from "../stream/validate-request.js";
import { badRequest, type WireObject } from "./wire-object.js";

const { temperature, topP, topK, maxTokens, stop, seed, presencePenalty, frequencyPenalty } = REQUEST_OPTIONS;
/** The options of a request that are numbers. */
const NUMBERS = {
  ...{ temperature, topP, topK, maxTokens, seed, presencePenalty, frequencyPenalty },
  budgetTokens: BUDGET_TOKENS,
};

/**
 * A number that a client sent for an option which every protocol has: within the option's range, or refused by the client's
 * own name for it.
 *
 * @throws {SluiceError} `invalid-request`.
 */
export function numberOption(wire: WireObject, key: string, option: keyof typeof NUMBERS): number | undefined {
  const value = wire.number(key);
  if (value !== undefined) inRange(NUMBERS[option], value, wire.field(key));
  return value;
}

/**
 * Texts at which an answer ends.
 *
 * @throws {SluiceError} `invalid-request`, by the client's own name for them.
 */
export function stopOption(wire: WireObject, key: string): string[] | undefined {
  const texts = wire.texts(key);
  if (texts !== undefined) inRange(stop, texts, wire.field(key));
  return texts;
}

/** The same in a protocol where one need not be in a list. */
export function oneOrMoreStops(wire: WireObject, key: string): string[] | undefined {
  const text = wire.any(key);
  if (typeof text !== "string") return stopOption(wire, key);
  if (text === "") throw badRequest(wire.field(key), text, "a text that is not empty");
  return [text];
}

function inRange(check: Check, value: unknown, path: string): void {
  try {
    check(value, path);
  } catch (thrown) {
    const { message, field = path } = SluiceError.from(thrown);
    throw new SluiceError("invalid-request", message, { field, cause: thrown });
  }
}
