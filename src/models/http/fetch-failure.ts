import { SluiceError } from "../../stream/error.js";
import { failureOf } from "./undici-failure.js";

/**
 * The typed error for what `fetch` throws. On Node the cause is undici's own error, which tells how far it came; a browser
 * tells nothing, so that what failed before the answer counts as no connection.
 *
 * @param reading whether the answer had begun.
 */
export function fetchFailureOf(thrown: unknown, url: string, reading: boolean): SluiceError {
  if (thrown instanceof SluiceError) return thrown;
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  const cause = error.cause instanceof Error ? error.cause : error;
  if (reading && isDecoding(cause)) {
    const message = `the body of ${new URL(url).host} is not encoded as its Content-Encoding says: ${cause.message}`;
    return new SluiceError("malformed-frame", message, { cause });
  }
  return failureOf(cause, reading ? "reading" : isConnected(cause) ? "waiting" : "connecting", url);
}

/** Codes of zlib's errors. */
function isDecoding(cause: Error): boolean {
  return "code" in cause && typeof cause.code === "string" && /^(?:Z_|ERR__ERROR_FORMAT)/.test(cause.code);
}

function isConnected(cause: Error): boolean {
  if (cause.name === "HTTPParserError") return true;
  const code = "code" in cause ? cause.code : undefined;
  const call = "syscall" in cause ? cause.syscall : undefined;
  return code === "UND_ERR_HEADERS_OVERFLOW" || code === "UND_ERR_SOCKET" || call === "read" || call === "write";
}
