import { type RequestOptions, request } from "node:http";
import { request as requestTls } from "node:https";
import type { HttpRequest, HttpResponse } from "./http-exchange.js";

/** Headers that belong to one connection (RFC 9110, 7.6.1), and those of HTTP/2 that are none. */
const HOP_BY_HOP = /^(connection|keep-alive|proxy-connection|transfer-encoding|upgrade|te|host|http2-settings|:.*)$/i;

/**
 * Passes a request on to a real daprd, body and answer as they come, without waiting for either to be whole.
 *
 * @param upstream base URL.
 */
export function passHttp(upstream: string, incoming: HttpRequest, outgoing: HttpResponse): void {
  const url = new URL(upstream);
  const options: RequestOptions = {
    method: incoming.method ?? "GET",
    path: incoming.url ?? "/",
    headers: withoutHopByHop(incoming.rawHeaders, { host: url.host }),
  };
  const forwarded = (url.protocol === "https:" ? requestTls : request)(url, options, (answer) => {
    outgoing.writeHead(answer.statusCode ?? 502, withoutHopByHop(answer.rawHeaders));
    answer.pipe(outgoing);
    answer.on("error", () => outgoing.destroy());
  });
  forwarded.on("error", (error) => {
    if (outgoing.headersSent) outgoing.destroy();
    else {
      const message = `the daprd at ${url.origin} cannot be reached: ${error.message}`;
      outgoing.writeHead(502, { "content-type": "application/json" });
      outgoing.end(JSON.stringify({ errorCode: "ERR_UPSTREAM", message }));
    }
  });
  outgoing.on("close", () => forwarded.destroy());
  incoming.pipe(forwarded);
}

/** Headers as they came; a name that came several times keeps all its values. */
function withoutHopByHop(
  raw: readonly string[],
  first: Record<string, string> = {},
): Record<string, string | string[]> {
  const headers: Record<string, string | string[]> = { ...first };
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const [name = "", value = ""] = [raw[i], raw[i + 1]];
    if (HOP_BY_HOP.test(name)) continue;
    const known = headers[name];
    headers[name] = known === undefined ? value : [...(Array.isArray(known) ? known : [known]), value];
  }
  return headers;
}
