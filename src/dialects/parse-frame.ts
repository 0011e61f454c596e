import { isJsonObject, type JsonObject, parseJson } from "../base/json.js";
import { SluiceError } from "../stream/error.js";

/**
 * A frame's payload as a JSON object.
 *
 * @throws {SluiceError} `malformed-frame`, with the beginning of the offending text.
 */
export function parseFrame(text: string): JsonObject {
  try {
    const value = parseJson(text);
    if (isJsonObject(value)) return value;
  } catch (cause) {
    throw malformed(text, "not JSON", cause);
  }
  throw malformed(text, "not a JSON object");
}

/** The error for a frame that cannot be read. */
export function malformed(text: string, why: string, cause?: unknown): SluiceError {
  const frame = text.slice(0, 500);
  return new SluiceError("malformed-frame", `a frame of the stream is ${why}: ${frame}`, {
    frame,
    cause,
    retryable: true,
  });
}
