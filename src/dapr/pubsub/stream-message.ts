import { decodeBase64 } from "../../base/base64.js";
import { isJsonObject, type JsonObject, parseJson } from "../../base/json.js";
import type { ChatEvent } from "../../stream/chat-event.js";
import { describe, type ErrorCode, SluiceError } from "../../stream/error.js";
import { eventOf } from "../../stream/event-json.js";

/** One message of a topic: a piece of a stream of events. */
export interface StreamMessage {
  /** The id of the stream. */
  stream: string;
  /** Counted from 0, without gaps, within the stream. */
  sequence: number;
  /** In order. */
  events: ChatEvent[];
  /** Nothing of the stream follows. */
  last: boolean;
  /** What ended the stream, where that was no `finish`. */
  error?: SluiceError;
}

/**
 * A message as JSON text:
 * `{ "stream", "sequence", "first"?: true, "events": […], "last"?: true, "error"?: { "code", "message", "retryable" } }`.
 *
 * @param events each as JSON text.
 */
export function writeStreamMessage(
  { stream, sequence, last, error }: Omit<StreamMessage, "events">,
  events: readonly string[],
): string {
  const list = `[${events.join(",")}]`;
  const parts = [
    `"stream":${JSON.stringify(stream)}`,
    `"sequence":${sequence}`,
    ...(sequence === 0 ? [`"first":true`] : []),
    // daprd writes the JSON anew, and has no half surrogate pairs: events with one travel as text.
    `"events":${HALF_PAIR.test(list) ? JSON.stringify(list) : list}`,
    ...(last ? [`"last":true`] : []),
    ...(error === undefined ? [] : [`"error":${errorText(error)}`]),
  ];
  return `{${parts.join(",")}}`;
}

/** `JSON.stringify` escapes a surrogate only where its other half is missing. */
const HALF_PAIR = /\\ud[89a-f]/;

/**
 * The message that a CloudEvent carries (https://github.com/cloudevents/spec, 1.0, JSON format): in `data` as an object or
 * as text, or in `data_base64`.
 *
 * @throws {SluiceError} `malformed-frame`.
 */
export function readCloudEvent(event: unknown): StreamMessage {
  if (!isJsonObject(event)) throw malformed("a CloudEvent", event);
  const { data, data_base64: base64 } = event;
  const text = typeof base64 === "string" ? textOf(base64) : data;
  return readStreamMessage(typeof text === "string" ? parsed(text) : data);
}

function readStreamMessage(data: unknown): StreamMessage {
  if (!isJsonObject(data)) throw malformed("a stream message", data);
  const { stream, sequence, events, last, error } = data;
  if (typeof stream !== "string" || stream === "") throw malformed("a stream message's stream", stream);
  if (typeof sequence !== "number" || !Number.isSafeInteger(sequence) || sequence < 0) {
    throw malformed("a stream message's sequence", sequence);
  }
  const list = typeof events === "string" ? parsed(events) : events;
  if (!Array.isArray(list)) throw malformed("a stream message's events", events);
  return {
    stream,
    sequence,
    events: list.map((item) => eventOf(item)),
    last: last === true,
    ...(isJsonObject(error) && { error: errorOf(error) }),
  };
}

function errorText({ code, message, retryable }: SluiceError): string {
  return JSON.stringify({ code, message, retryable });
}

/** Codes are stable, so that the publisher's is one of ours, if perhaps of a later version. */
function errorOf({ code, message, retryable }: JsonObject): SluiceError {
  return new SluiceError(String(code) as ErrorCode, String(message), { retryable: retryable === true });
}

function parsed(text: string): unknown {
  try {
    return parseJson(text);
  } catch (cause) {
    throw malformed("a stream message", text, cause);
  }
}

function textOf(base64: string): string {
  try {
    return new TextDecoder().decode(decodeBase64(base64));
  } catch (cause) {
    throw malformed("a CloudEvent's data_base64", base64, cause);
  }
}

function malformed(what: string, found: unknown, cause?: unknown): SluiceError {
  return new SluiceError("malformed-frame", `${what}: found ${describe(found)}`, { cause });
}
