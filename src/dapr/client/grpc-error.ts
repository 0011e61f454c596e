import { Code, ConnectError } from "@connectrpc/connect";
import { providerError } from "../../dialects/provider-error.js";
import { SluiceError } from "../../stream/error.js";
import { readErrorDetail } from "../converse/error-detail.js";
import { sidecarError, unknownCall } from "../converse/read-api-error.js";
import { ErrorInfoSchema } from "../proto/generated/google/rpc/error_details_pb.js";

const NOT_FOUND = /^failed finding conversation component /;
/** What the sidecar says of a component that failed; other errors of these codes are of the way to it. */
const FAILED = /^failed conversing with component /;
const REFUSED = /missing inputs in request$|: invalid params\b/;

/**
 * A message beyond the limit, in the words of daprd and of this library, or an HTTP/2 stream that is broken off for it
 * (RFC 9113, 7). It would be so again.
 */
const TOO_LARGE = /larger than max|larger than configured|ENHANCE_YOUR_CALM/i;

/** The error of a gRPC call, in our terms. */
export function readGrpcError(thrown: unknown): SluiceError {
  if (thrown instanceof SluiceError) return thrown;
  const error = ConnectError.from(thrown);
  const meant = meaningOf(error);
  return meant.cause === undefined ? meant.with({ cause: thrown }) : meant;
}

function meaningOf(error: ConnectError): SluiceError {
  const { code, rawMessage: message } = error;
  for (const info of error.findDetails(ErrorInfoSchema)) {
    const own = readErrorDetail(info, message);
    if (own !== undefined) return own;
  }
  const details = { providerMessage: message, providerCode: Code[code] };
  if (TOO_LARGE.test(message))
    return new SluiceError("rejected", `the sidecar takes no such request: ${message}`, details);
  switch (code) {
    case Code.Unimplemented:
      return unknownCall(message);
    case Code.InvalidArgument:
      if (NOT_FOUND.test(message)) return sidecarError(message, "ERR_CONVERSATION_NOT_FOUND", undefined);
      return REFUSED.test(message)
        ? sidecarError(message, "ERR_CONVERSATION_INVALID_PARMS", undefined)
        : new SluiceError("rejected", message, details);
    case Code.Unauthenticated:
      return new SluiceError("authentication", message, details);
    case Code.PermissionDenied:
      return new SluiceError("permission", message, details);
    case Code.Unavailable:
      return new SluiceError("connect-failed", `no connection: ${message}`, { ...details, retryable: true });
    case Code.DeadlineExceeded:
      return new SluiceError("total-timeout", message, details);
    case Code.Canceled:
    case Code.Aborted:
      return brokenOff(message);
    case Code.Internal:
    case Code.Unknown:
      // The connection's own errors have these codes too.
      return /http\/2|protocol error|stream closed|missing trailer|premature/i.test(message) || isSocketError(error)
        ? brokenOff(message)
        : sidecarError(message, FAILED.test(message) ? "ERR_CONVERSATION_INVOKE" : undefined, undefined);
    default:
      return providerError({ message, code: Code[code] });
  }
}

function brokenOff(message: string): SluiceError {
  return new SluiceError("truncated", `the sidecar broke the call off: ${message}`, { retryable: true });
}

function isSocketError({ cause }: ConnectError): boolean {
  return cause instanceof Error && "code" in cause && /^(ECONN|EPIPE|ERR_HTTP2)/.test(String(cause.code));
}
