import { defined } from "../../base/defined.js";
import { SluiceError } from "../../stream/error.js";

/** The same error in other words: the sidecar's own are in `providerMessage`, where there are any. */
export function reworded(error: SluiceError, message: string): SluiceError {
  const { code, retryable, retryAfterMs, status, providerMessage, providerCode, model, partial } = error;
  const details = { cause: error, retryable, retryAfterMs, status, providerMessage, providerCode, model, partial };
  return new SluiceError(code, message, defined(details));
}
