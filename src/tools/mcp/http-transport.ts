import type { FetchLike, Transport } from "@modelcontextprotocol/sdk/shared/transport.js";
import { type Clock, systemClock } from "../../base/clock.js";
import { loadPeer } from "../../stream/load-peer.js";
import type { HttpServer } from "./mcp-server.js";
import type { OpenedTransport } from "./opened-transport.js";
import { patientFetch } from "./patient-fetch.js";
import { PendingRequests } from "./pending-requests.js";
import { PerRequestTransport } from "./per-request-transport.js";

/** How much of the time that connecting may take is given to asking what a server speaks, and how much at most, in ms. */
const PROBE_SHARE = 1 / 3;
const PROBE_MS = 5_000;

/** Settings of `openHttp`. */
export interface HttpTransportOptions {
  /** Ms that a server has to answer when connecting, and to go on with an answer whose stream broke off and that it lets clients resume. */
  answerMs: number;
  /** Default: the machine's. */
  clock?: Clock;
}

/** A transport of the official SDK that sends through proxies, and waits as long as a tool takes. */
export async function httpTransport({ url, headers = {}, authProvider }: HttpServer, fetch?: FetchLike) {
  const { StreamableHTTPClientTransport } = await loadPeer(
    "@modelcontextprotocol/sdk/client/streamableHttp.js",
    "tools of MCP servers",
  );
  return new StreamableHTTPClientTransport(new URL(url), {
    requestInit: { headers: { ...headers } },
    fetch: fetch ?? (await patientFetch()),
    ...(authProvider && { authProvider }),
  });
}

/** Prepares a server over HTTP. A request whose answer cannot come any more fails: the SDK would wait for it for ever. */
export async function openHttp(
  server: HttpServer,
  { answerMs, clock = systemClock }: HttpTransportOptions,
): Promise<OpenedTransport> {
  const fetch = await patientFetch();
  const { JSONRPCMessageSchema } = await loadPeer("@modelcontextprotocol/sdk/types.js", "tools of MCP servers");
  const pending = new PendingRequests((value) => JSONRPCMessageSchema.parse(value), answerMs, clock);
  let prepare = (init: RequestInit | undefined) => init;
  const inner = await httpTransport(server, async (url, init) => {
    const prepared = prepare(init);
    return pending.watch(prepared, withoutStream(prepared, await fetch(url, prepared)));
  });
  // The class has `sessionId: string | undefined` where its interface has `sessionId?: string`.
  const forget = (id: string | number) => pending.forget(id);
  const probeMs = Math.min(answerMs * PROBE_SHARE, PROBE_MS);
  const transport = new PerRequestTransport(pending.follow(inner as Transport), { forget, probeMs, clock });
  prepare = (init) => transport.prepared(init);
  return { transport, details: () => "", end: () => inner.terminateSession() };
}

/**
 * What a server says that has no stream of messages for those who ask for one, whatever it answers: 405, as the specification
 * wants it. The SDK takes another success for a stream that ended, and asks again each second.
 *
 * https://modelcontextprotocol.io/specification/2025-11-25/basic/transports#listening-for-messages-from-the-server
 */
function withoutStream(init: RequestInit | undefined, response: Response): Response {
  if (init?.method !== "GET") return response;
  const isStream = /^\s*text\/event-stream\b/i.test(response.headers.get("content-type") ?? "");
  if (response.ok ? isStream : response.status !== 406) return response;
  void response.body?.cancel().catch(() => {});
  return new Response(null, { status: 405 });
}
