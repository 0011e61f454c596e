import type { FetchLike, Transport } from "@modelcontextprotocol/sdk/shared/transport.js";
import { type Clock, systemClock } from "../../base/clock.js";
import type { HttpServer } from "./mcp-server.js";
import type { OpenedTransport } from "./opened-transport.js";
import { PendingRequests } from "./pending-requests.js";

/** Settings of `openHttp`. */
export interface HttpTransportOptions {
  /** Ms that a server has to go on with an answer whose stream broke off and that it lets clients resume. */
  resumeMs: number;
  /** Default: the machine's. */
  clock?: Clock;
}

/** A transport of the official SDK that sends through proxies, and waits as long as a tool takes. */
export async function httpTransport({ url, headers = {}, authProvider }: HttpServer, fetch?: FetchLike) {
  const { StreamableHTTPClientTransport } = await import("@modelcontextprotocol/sdk/client/streamableHttp.js");
  return new StreamableHTTPClientTransport(new URL(url), {
    requestInit: { headers: { ...headers } },
    fetch: fetch ?? (await patientFetch()),
    ...(authProvider && { authProvider }),
  });
}

/** Prepares a server over HTTP. A request whose answer cannot come any more fails: the SDK would wait for it for ever. */
export async function openHttp(
  server: HttpServer,
  { resumeMs, clock = systemClock }: HttpTransportOptions,
): Promise<OpenedTransport> {
  const fetch = await patientFetch();
  const pending = new PendingRequests(resumeMs, clock);
  const inner = await httpTransport(server, async (url, init) => pending.watch(init, await fetch(url, init)));
  // The class has `sessionId: string | undefined` where its interface has `sessionId?: string`.
  const transport = pending.follow(inner as Transport);
  return { transport, details: () => "", end: () => inner.terminateSession() };
}

/** `fetch` through the proxies that the environment names, without limits of its own for answers that take long. */
async function patientFetch(): Promise<FetchLike> {
  const node = typeof process !== "undefined" && process.versions?.node !== undefined;
  if (!node) return fetch;
  const [undici, { DispatcherPool }] = await Promise.all([
    import("undici"),
    import("../../models/http/undici-dispatchers.js"),
  ]);
  const pool = new DispatcherPool(process.env);
  const send: unknown = (url: string | URL, init: Parameters<typeof undici.fetch>[1]) =>
    undici.fetch(url, { ...init, dispatcher: pool.dispatcherFor(new URL(url)) });
  // undici's types are its own; the values are those of the standard.
  return send as FetchLike;
}
