import { isJsonObject, type JsonObject, parseExactJson } from "../base/json.js";
import { SluiceError } from "../stream/error.js";
import type { Frame } from "../stream/framing/frame.js";
import { complaintInText, isErrorWord } from "./complaint.js";
import { providerError } from "./provider-error.js";

/**
 * A frame's payload as a JSON object.
 *
 * @throws {SluiceError} `malformed-frame`, with the beginning of the offending text.
 */
export function parseFrame(text: string): JsonObject {
  try {
    const value = parseExactJson(text);
    if (isJsonObject(value)) return value;
  } catch (cause) {
    throw malformed(text, "not JSON", cause);
  }
  throw malformed(text, "not a JSON object");
}

/**
 * A frame's payload as a JSON object, unless its label says that it is an error. One that holds nothing, as some servers
 * send to keep a connection open, is an empty object.
 *
 * @throws {SluiceError} the provider's error; `malformed-frame`, with the beginning of the offending text.
 */
export function parseEvent(frame: Frame): JsonObject {
  if (frame.event === undefined || !isErrorWord(frame.event)) return isHeartbeat(frame) ? {} : payloadOf(frame.data);
  const complaint = complaintInText(frame.data);
  throw providerError({ message: frame.data.slice(0, 500) || frame.event, ...complaint });
}

/** Whether a frame only keeps the connection open: it is empty, or called so by its label or its one word. */
export function isHeartbeat({ event, data }: Frame): boolean {
  if (isBlank(data) || HEARTBEAT.test(data)) return true;
  return event !== undefined && HEARTBEAT.test(event) && !/^\s*\{/.test(data);
}

const HEARTBEAT = /^\s*(?:null|"?(?:ping|heart-?beat|keep-?alive)"?|: ?[A-Z][A-Z ]{0,40})\s*$/i;

/** What a frame says, where a proxy put `data:` before it once more; what somebody calls an error is one. */
function payloadOf(data: string): JsonObject {
  const text = data.replace(/^(?:\s{0,9}data:){1,4}/, "");
  const error = /^\s{0,9}error:/.exec(text)?.[0];
  if (error === undefined) return parseFrame(text);
  const rest = text.slice(error.length).trim();
  throw providerError({ message: rest.slice(0, 500), ...complaintInText(rest) });
}

/** Whether a frame's payload says nothing at all. */
function isBlank(data: string): boolean {
  return data.length < 16 && data.trim() === "";
}

/** Whether a frame's payload is the end marker of OpenAI's protocols, as services write it. */
export function isDone(data: string): boolean {
  return data.length < 24 && /^\s*(?:data:\s*)?"?\[DONE\]"?\s*$/i.test(data);
}

/** The error for a frame that cannot be read. */
export function malformed(text: string, why: string, cause?: unknown): SluiceError {
  const frame = text.slice(0, 500);
  return new SluiceError("malformed-frame", `a frame of the stream is ${why}: ${frame}`, {
    frame,
    cause,
    // What begins as JSON and is not JSON was damaged on its way; anything else is a message in plain words.
    retryable: cause !== undefined && /^\s*[{[]/.test(frame),
  });
}
