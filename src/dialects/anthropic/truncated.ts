import { SluiceError } from "../../stream/error.js";

/** The error for an answer whose connection was closed before its end. @param began whether it had begun. */
export function truncated(began: boolean): SluiceError {
  const why = began ? "without message_stop" : "before it began";
  return new SluiceError("truncated", `the answer ended ${why}`, { retryable: true });
}
