import type { ErrorResponse } from "../../dialects/dialect.js";
import { SluiceError } from "../../stream/error.js";
import { shownUrl } from "./shown-url.js";
import type { HttpRequest, ResponseHead } from "./transport.js";

/** The error for an answer that sends elsewhere. */
export function redirected({ status, headers }: ResponseHead, url: string): SluiceError {
  const to = headers.location;
  const message = `${new URL(url).host} redirects ${to === undefined ? "elsewhere" : `to ${shownUrl(to)}`} (HTTP ${status}); redirects are not followed, so set the base URL to where the service is`;
  return new SluiceError("provider-error", message, { status });
}

/** The error of an unsuccessful answer in the server's own words, where the code that reads them cannot be loaded. */
export function plainRefusal({ status, body }: ErrorResponse): SluiceError {
  const code = status === 401 ? "authentication" : status === 429 ? "rate-limited" : "provider-error";
  const words = body.slice(0, 500);
  const details = { status, providerMessage: words, retryable: status === 429 || status >= 500 };
  return new SluiceError(code, `HTTP ${status}: ${words}`, details);
}

/** An error without anything that the request carried, where the code that looks for secrets cannot be loaded. */
export function plainFailure(error: SluiceError, { url, headers }: Pick<HttpRequest, "url" | "headers">): SluiceError {
  const carried = [...Object.values(headers), url].flatMap((text) => [text, ...text.split(/[ =&?]/)]);
  const masked = (text: string) =>
    carried.reduce((rest, secret) => (secret.length < 8 ? rest : rest.replaceAll(secret, "…")), text);
  const { code, message, status, model, retryable, providerMessage } = error;
  return new SluiceError(code, masked(message), {
    retryable,
    ...(status !== undefined && { status }),
    ...(model !== undefined && { model }),
    ...(providerMessage !== undefined && { providerMessage: masked(providerMessage) }),
  });
}
