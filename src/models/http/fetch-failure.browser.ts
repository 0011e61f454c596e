import { messageOf, SluiceError } from "../../stream/error.js";

/**
 * The typed error for what `fetch` throws. A browser does not tell how far an exchange came: what failed before the answer
 * counts as no connection.
 *
 * @param reading whether the answer had begun.
 */
export function fetchFailureOf(thrown: unknown, url: string, reading: boolean): SluiceError {
  if (thrown instanceof SluiceError) return thrown;
  const { host } = new URL(url);
  const options = { retryable: true, cause: thrown instanceof Error ? thrown : new Error(String(thrown)) };
  const why = messageOf(thrown);
  return reading
    ? new SluiceError("truncated", `${host} closed the connection in the middle of the answer: ${why}`, options)
    : new SluiceError("connect-failed", `no connection to ${host}: ${why}`, options);
}
