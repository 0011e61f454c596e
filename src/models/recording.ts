import { isJsonObject, type JsonObject, type JsonValue, parseJson } from "../base/json.js";
import type { ChatEvent } from "../stream/chat-event.js";
import type { ChatRequest } from "../stream/chat-request.js";
import { SluiceError } from "../stream/error.js";
import { errorFromJson, errorToJson } from "../stream/error-json.js";
import { eventOf, stringifyEvent } from "../stream/event-json.js";

/** The name and version that a recording begins with. */
const FORMAT = "sluice-recording";
const VERSION = 1;

/** A recorded stream: JSON lines, a header first, then each event with the ms since the stream was first read. */
export interface Recording {
  model: string;
  events: readonly { t: number; event: ChatEvent }[];
  /** What ended the stream instead of a finish. */
  error?: { t: number; error: SluiceError };
}

/** The first line. Files in the request are left out: only what was asked in words is of use to a reader. */
export function headerLine(model: string, request: ChatRequest): string {
  const asked = JSON.stringify({ format: FORMAT, version: VERSION, model, request }, (_key, value: unknown) =>
    value instanceof Uint8Array ? { bytes: value.length } : value,
  );
  return `${asked}\n`;
}

/** A line for an event. @param t ms since the stream was first read. */
export function eventLine(t: number, event: ChatEvent): string {
  return `{"t":${Math.round(t * 1_000) / 1_000},"event":${stringifyEvent(event)}}\n`;
}

/** A line for the error that ended the stream. */
export function errorLine(t: number, error: SluiceError): string {
  return `${JSON.stringify({ t: Math.round(t * 1_000) / 1_000, error: errorToJson(error) })}\n`;
}

/** Whether a file's text is a recording. */
export function isRecording(text: string): boolean {
  return text.startsWith(`{"format":"${FORMAT}"`);
}

/**
 * Reads a recording. The last line may be cut off, as a crash leaves it: it is dropped.
 *
 * @throws {SluiceError} `malformed-frame`, with the number of the line.
 */
export function parseRecording(text: string): Recording {
  const lines = text.split("\n");
  const whole = text.endsWith("\n")
    ? lines.slice(0, -1)
    : lines.filter((line, index) => index < lines.length - 1 || isJson(line));
  const header = parseLine(whole[0] ?? "", 1);
  if (header.format !== FORMAT || header.version !== VERSION) {
    throw badLine(1, `a recording begins with {"format":"${FORMAT}","version":${VERSION}}`);
  }
  const events: { t: number; event: ChatEvent }[] = [];
  for (const [index, line] of whole.slice(1).entries()) {
    const { t, event, error } = parseLine(line, index + 2);
    if (typeof t !== "number") throw badLine(index + 2, "t: a number of ms is missing");
    if (isJsonObject(error)) return { model: String(header.model), events, error: { t, error: errorFromJson(error) } };
    events.push({ t, event: parseEvent(event, index + 2) });
  }
  return { model: String(header.model), events };
}

function parseEvent(event: JsonValue | undefined, number: number): ChatEvent {
  try {
    return eventOf(event);
  } catch (cause) {
    throw badLine(number, SluiceError.from(cause).message, cause);
  }
}

function parseLine(line: string, number: number): JsonObject {
  try {
    const value = parseJson(line);
    if (isJsonObject(value)) return value;
  } catch (cause) {
    throw badLine(number, "not JSON", cause);
  }
  throw badLine(number, "not a JSON object");
}

function isJson(line: string): boolean {
  try {
    JSON.parse(line);
    return true;
  } catch {
    return false;
  }
}

function badLine(number: number, why: string, cause?: unknown): SluiceError {
  return new SluiceError("malformed-frame", `recording, line ${number}: ${why}`, { cause });
}
