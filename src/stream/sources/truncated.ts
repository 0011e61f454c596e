import { SluiceError } from "../error.js";

/** What a source that ends without a `finish` has failed with. */
export function truncated(): SluiceError {
  return new SluiceError("truncated", "the stream ended without a finish", { retryable: true });
}
