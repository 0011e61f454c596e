import { type ClientRequest, type RequestOptions, request } from "node:http";
import { request as requestTls } from "node:https";
import { discardBody } from "../../listeners/discard-body.js";
import { messageOf } from "../../stream/error.js";
import { breakOff, type HttpResponse, type SidecarRequest } from "./http-exchange.js";

/** Headers that belong to one connection (RFC 9110, 7.6.1), and the pseudo-headers of HTTP/2. */
const HOP_BY_HOP = /^(connection|keep-alive|proxy-connection|transfer-encoding|upgrade|te|host|http2-settings|:.*)$/i;

/**
 * Passes a request on to a real daprd, body, answer and trailers as they come, without waiting for either to be whole.
 *
 * @param upstream base URL.
 */
export function passHttp(upstream: string, incoming: SidecarRequest, outgoing: HttpResponse): void {
  const url = new URL(upstream);
  const headers = forwardedHeaders(incoming.rawHeaders, url.host);
  // Node frames a body of unknown length by itself only where the method usually has one.
  if (hasBodyOfUnknownLength(incoming)) headers["transfer-encoding"] = "chunked";
  const options: RequestOptions = { method: incoming.method ?? "GET", path: incoming.url ?? "/", headers };
  const forwarded = (url.protocol === "https:" ? requestTls : request)(url, options, (answer) => {
    outgoing.writeHead(answer.statusCode ?? 502, forwardedHeaders(answer.rawHeaders));
    answer.pipe(outgoing, { end: false });
    answer.on("end", () => {
      discardBody(incoming);
      outgoing.addTrailers(answer.trailers);
      outgoing.end();
    });
    answer.on("error", () => breakOff(outgoing));
  });
  forwarded.on("error", (error) => {
    discardBody(incoming);
    unreachable(upstream, error, outgoing);
  });
  outgoing.on("close", () => forwarded.destroy());
  passBody(incoming, forwarded);
}

function passBody(incoming: SidecarRequest, forwarded: ClientRequest): void {
  incoming.pipe(forwarded, { end: false });
  incoming.on("end", () => {
    for (const [name, value] of Object.entries(incoming.trailers)) {
      if (value !== undefined) forwarded.addTrailers({ [name]: String(value) });
    }
    forwarded.end();
  });
}

/** Whether a request has a body that no header says the length of. */
function hasBodyOfUnknownLength(incoming: SidecarRequest): boolean {
  if (incoming.headers["content-length"] !== undefined) return false;
  return "stream" in incoming ? !incoming.stream.endAfterHeaders : "transfer-encoding" in incoming.headers;
}

/** Says that the daprd gives no answer, or breaks off the one that it began. */
export function unreachable(upstream: string, error: unknown, outgoing: HttpResponse): void {
  if (outgoing.headersSent) {
    breakOff(outgoing);
    return;
  }
  const message = `the daprd at ${new URL(upstream).origin} cannot be reached: ${messageOf(error)}`;
  outgoing.writeHead(502, { "content-type": "application/json" });
  outgoing.end(JSON.stringify({ errorCode: "ERR_UPSTREAM", message }));
}

/**
 * Headers as they came, but for those of the connection alone; a name that came several times keeps all its values.
 *
 * @param host that of the server which they go to.
 */
export function forwardedHeaders(raw: readonly string[], host?: string): Record<string, string | string[]> {
  const ofConnection = namedByConnection(raw);
  const headers: Record<string, string | string[]> = host === undefined ? {} : { host };
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const [name = "", value = ""] = [raw[i], raw[i + 1]];
    if (HOP_BY_HOP.test(name) || ofConnection.has(name.toLowerCase())) continue;
    const known = headers[name];
    headers[name] = known === undefined ? value : [...(Array.isArray(known) ? known : [known]), value];
  }
  return headers;
}

/** The headers, in lower case, that `Connection` says are for one connection only. */
function namedByConnection(raw: readonly string[]): ReadonlySet<string> {
  const names = new Set<string>();
  for (let i = 0; i + 1 < raw.length; i += 2) {
    if (raw[i]?.toLowerCase() !== "connection") continue;
    for (const name of (raw[i + 1] ?? "").split(",")) names.add(name.trim().toLowerCase());
  }
  return names;
}
