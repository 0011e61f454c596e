import { SluiceError } from "../../stream/error.js";

/** The error for a body that is not JSON: what it says instead, if anything. */
export function notJson(text: string, cause?: unknown): SluiceError {
  if (text.trim() === "") return new SluiceError("truncated", "the answer is empty", { retryable: true, cause });
  const frame = text.slice(0, 500);
  return new SluiceError("malformed-frame", `the answer is not JSON: ${frame}`, { frame, cause });
}
