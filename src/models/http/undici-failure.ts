import { messageOf, SluiceError } from "../../stream/error.js";

/** How far an exchange had come when it failed. */
export type FailedPhase = "connecting" | "waiting" | "reading";

/** Codes of a connection that would fail the same way again: the name does not exist, or the certificate is refused. */
const PERMANENT =
  /^(ENOTFOUND|CERT_|ERR_TLS_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|ERR_SSL_|ERR_INVALID_|UND_ERR_PRX_TLS)/;

/** The typed error for what undici or the socket reports. */
export function failureOf(error: Error, phase: FailedPhase, url: string): SluiceError {
  const { host } = new URL(url);
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  if (code === "UND_ERR_INVALID_ARG" || code === "UND_ERR_NOT_SUPPORTED") {
    return new SluiceError("invalid-argument", `the request cannot be sent: ${error.message}`, { cause: error });
  }
  if (phase === "connecting") {
    const retryable = !PERMANENT.test(code);
    return new SluiceError("connect-failed", `no connection to ${host}: ${reason(error)}`, { retryable, cause: error });
  }
  if (code === "UND_ERR_HEADERS_OVERFLOW") {
    return new SluiceError("malformed-frame", `${host} sends more headers than are read`, { cause: error });
  }
  // A body that ends too soon is a parser's error as well.
  if (error.name === "HTTPParserError" && !/EOF/.test(code + error.message)) {
    return new SluiceError("malformed-frame", `${host} does not answer in HTTP: ${error.message}`, { cause: error });
  }
  // undici's words for an informational answer that nobody asked for.
  if (code === "UND_ERR_SOCKET" && error.message === "bad response") {
    const message = `${host} answers 100 Continue, or with a change of protocol, which was not asked for`;
    return new SluiceError("malformed-frame", message, { cause: error });
  }
  const when = phase === "waiting" ? "before it answered" : "in the middle of the answer";
  const message = `${host} closed the connection ${when}: ${reason(error)}`;
  return new SluiceError("truncated", message, { retryable: true, cause: error });
}

/** An attempt on several addresses of a host fails with all their errors and no message of its own. */
function reason(error: Error): string {
  const errors = error instanceof AggregateError ? error.errors : [error];
  return [...new Set(errors.map((one) => messageOf(one)))].join("; ");
}
