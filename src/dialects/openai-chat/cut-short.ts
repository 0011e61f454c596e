import { SluiceError } from "../../stream/error.js";

/** The error for an answer whose connection was closed before its end. */
export function cutShort(): SluiceError {
  const message = "the answer ended without a finish reason and without [DONE]";
  return new SluiceError("truncated", message, { retryable: true });
}
