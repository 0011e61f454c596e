import { SluiceError } from "../../stream/error.js";
import { toJson } from "./metadata.js";

/**
 * A part of a stream, a content or a prompt, of any version. What it says is looked at where it is used, since providers
 * add to it within a version.
 */
export interface Part {
  readonly type?: unknown;
  readonly [field: string]: unknown;
}

/**
 * A text that the part must have.
 *
 * @throws {SluiceError} `malformed-frame`.
 */
export function requiredText(part: Part, field: string): string {
  const value = part[field];
  if (typeof value === "string" && value !== "") return value;
  throw unreadable(part, `a part ${String(part.type)} without ${field}`);
}

/** The error for a part that makes no sense. */
export function unreadable(part: Part, message: string): SluiceError {
  return new SluiceError("malformed-frame", message, { frame: JSON.stringify(toJson(part)).slice(0, 500) });
}
