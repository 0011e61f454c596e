import type { ChatEvent } from "./chat-event.js";
import {
  between,
  type Check,
  checkFields,
  type Fields,
  filledString,
  jsonObject,
  jsonValue,
  oneOf,
  string,
  wholeNumber,
  withFields,
} from "./checks.js";
import { isDataName } from "./data-name.js";
import { invalid, SluiceError } from "./error.js";
import { FINISH_REASONS } from "./finish-reasons.js";

const reason = oneOf(...FINISH_REASONS);
const tokens = between(0, Number.MAX_SAFE_INTEGER);

const usage = withFields("an object of token counts", {
  inputTokens: tokens,
  outputTokens: tokens,
  cacheReadTokens: tokens,
  cacheWriteTokens: tokens,
  reasoningTokens: tokens,
});

const bytes: Check = (value, path) => {
  if (!(value instanceof Uint8Array)) throw invalid(path, value, "a Uint8Array");
};

const dataName: Check = (value, path) => {
  if (typeof value === "string" && isDataName(value)) return;
  throw invalid(path, value, "a name with a prefix; those of applications begin with app/");
};

const inner: Check = (value, path) => {
  checkFieldsOf(value, path);
};

const call: Fields = { callId: { required: filledString }, name: { required: filledString } };

/** The fields that each type of event must have, and those that must be right where they are there. */
const FIELDS: Readonly<Record<ChatEvent["type"], Fields>> = {
  start: { id: { required: string }, model: { required: string } },
  "text-delta": { text: { required: string } },
  "reasoning-delta": { text: { required: string } },
  "tool-input-delta": { ...call, delta: { required: string } },
  "tool-call": { ...call, input: { required: jsonValue } },
  "tool-result": { ...call, output: { required: jsonValue } },
  "input-request": { id: { required: filledString }, kind: { required: oneOf("approval", "question") } },
  sentence: {
    index: { required: wholeNumber(0) },
    text: { required: string },
    start: { required: wholeNumber(0) },
    end: { required: wholeNumber(0) },
  },
  "audio-delta": { data: { required: bytes }, mediaType: { required: filledString } },
  source: { source: { required: jsonObject } },
  file: { mediaType: { required: filledString }, data: { required: bytes } },
  data: { name: { required: dataName }, value: { required: jsonValue } },
  nested: { from: { required: filledString }, event: { required: inner } },
  context: { contextId: { required: filledString } },
  usage: { usage: { required: usage } },
  "step-start": { step: { required: wholeNumber(0) }, model: { required: string } },
  "step-finish": {
    step: { required: wholeNumber(0) },
    reason: { required: reason },
    usage: { required: usage },
  },
  retract: { reason: { required: string } },
  finish: { reason: { required: reason }, usage: { required: usage } },
};

const TYPES = Object.keys(FIELDS).join(", ");

/**
 * Holds a value that came from outside to the form of an event, as deep as Sluice itself relies on it.
 *
 * @throws {SluiceError} `protocol`, with the field, what was found there and what is allowed.
 */
export function checkEvent(value: unknown): asserts value is ChatEvent {
  // Nearly all events of a stream are these.
  if (isTextDelta(value)) return;
  try {
    checkFieldsOf(value, "");
  } catch (thrown) {
    const { message } = SluiceError.from(thrown);
    throw new SluiceError("protocol", `the source of the stream gave what is no event: ${message}`, { cause: thrown });
  }
}

function isTextDelta(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  const { type, text } = value as { type?: unknown; text?: unknown };
  return type === "text-delta" && typeof text === "string";
}

function checkFieldsOf(value: unknown, path: string): void {
  if (typeof value !== "object" || value === null) {
    throw invalid(path === "" ? "event" : path, value, `an object with type ${TYPES}`);
  }
  const type: unknown = Reflect.get(value, "type");
  const field = path === "" ? "type" : `${path}.type`;
  if (typeof type !== "string" || !Object.hasOwn(FIELDS, type)) throw invalid(field, type, TYPES);
  checkFields(value, path === "" ? type : path, FIELDS[type as ChatEvent["type"]]);
}
