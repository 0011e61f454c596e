import type { Opaque } from "../stream/chat-event.js";
import { SluiceError } from "../stream/error.js";
import type { JsonValue } from "../stream/json.js";

/** A result with more than a value, for a tool to return: an error that is not an exception, or state to keep with it. */
export class ToolOutput {
  readonly value: unknown;
  /** Whether the model is told that the call failed. */
  readonly isError: boolean;
  /** Kept with the result, and not shown to the model. */
  readonly opaque: Opaque | undefined;

  constructor(value: unknown, options: { isError?: boolean; opaque?: Opaque } = {}) {
    this.value = value;
    this.isError = options.isError ?? false;
    this.opaque = options.opaque;
  }
}

/**
 * What a tool returned or reported, as JSON and as it is now: what the tool does to it later does not reach the reader.
 * Nothing becomes `null`; dates and other objects are said as they say themselves (`toJSON`).
 *
 * @throws {SluiceError} `tool-failed` for what JSON cannot carry: bytes, functions, BigInt, objects that contain themselves.
 */
export function toJson(value: unknown): JsonValue {
  if (value === undefined || value === null) return null;
  if (typeof value === "string" || typeof value === "boolean") return value;
  try {
    const text = JSON.stringify(value, refuseBytes);
    if (text !== undefined) return JSON.parse(text) as JsonValue;
  } catch (thrown) {
    throw notJson(thrown instanceof Error ? thrown.message : String(thrown));
  }
  throw notJson(`a ${typeof value}`);
}

function refuseBytes(_: string, value: unknown): unknown {
  if (ArrayBuffer.isView(value)) throw new Error("bytes: encode them, for example as base64");
  return value;
}

function notJson(found: string): SluiceError {
  return new SluiceError("tool-failed", `the tool returned what JSON cannot carry: ${found}`);
}
