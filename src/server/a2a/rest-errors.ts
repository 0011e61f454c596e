import { isJsonObject } from "../../base/json.js";
import type { Dialect } from "../../dialects/dialect.js";
import { gemini } from "../../dialects/gemini/gemini.js";

/**
 * How A2A's HTTP+JSON binding says an error: a `google.rpc.Status`, as Google's dialect does. A request that cannot be read has an
 * `ErrorInfo` (A2A 1.0, 11.6), by whose reason clients tell it from others; what A2A has no reason for has none.
 */
export const restErrors: Pick<Dialect, "writeError"> = {
  writeError(error) {
    const written = gemini.writeError(error);
    const headers = { ...written.headers, "content-type": "application/a2a+json" };
    const { body, status } = written;
    if (error.code !== "invalid-request" || status !== 400) return { ...written, headers };
    if (!isJsonObject(body) || !isJsonObject(body.error)) return { ...written, headers };
    return { status, headers, body: { error: { ...body.error, details: [MALFORMED] } } };
  },
};

const MALFORMED = {
  "@type": "type.googleapis.com/google.rpc.ErrorInfo",
  reason: "INVALID_PARAMS",
  domain: "a2a-protocol.org",
};
