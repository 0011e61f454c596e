import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import type { WebSocket, WebSocketServer } from "ws";
import { openAiResponses } from "../dialects/openai-responses/openai-responses.js";
import { SluiceError } from "../stream/error.js";
import { loadPeer } from "../stream/load-peer.js";
import type { Gate } from "./gate.js";
import type { Caller } from "./protect/caller.js";
import type { ClientSecret, ClientSecrets } from "./realtime/client-secrets.js";
import { openRealtime } from "./realtime/open-realtime.js";
import type { RealtimeOptions } from "./realtime/realtime-options.js";
import { REALTIME_PATH } from "./realtime/realtime-socket.js";
import { RESPONSES_PATH, ResponseSocket } from "./responses/response-socket.js";
import type { ServerCore } from "./server-core.js";

/** Settings of `webSockets`. */
export interface WebSocketsOptions {
  core: ServerCore;
  gate: Gate;
  /** The largest message, in bytes. */
  maxBodyBytes: number;
  /** How the Realtime protocol is served; it is not where this is absent. */
  realtime: RealtimeOptions | undefined;
  /** Keys that begin Realtime sessions and do nothing else. */
  secrets: ClientSecrets | undefined;
}

/** The WebSockets of a server. */
export interface WebSockets {
  /** Takes a connection that asks to become one. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Closes all of them. */
  close(): Promise<void>;
}

/** Begins what a client asked for on its socket. */
type Begin = (client: WebSocket, caller: Caller, query: URLSearchParams, secret?: ClientSecret) => void;

/** How often a client is asked for a sign of life, in ms. One that gave none since the last time is gone. */
const PING_MS = 30_000;

/** @throws {SluiceError} `unsupported` where the package `ws` is not installed; what the settings of Realtime are refused with. */
export async function webSockets({
  core,
  gate,
  maxBodyBytes,
  realtime,
  secrets,
}: WebSocketsOptions): Promise<WebSockets> {
  const { WebSocketServer } = await loadPeer("ws", "WebSockets of the server");
  const server: WebSocketServer = new WebSocketServer({
    noServer: true,
    maxPayload: maxBodyBytes,
    // Of what a browser offers for Realtime, the key among it, one is named back.
    handleProtocols: (offered) => (offered.has("realtime") ? "realtime" : false),
  });
  const paths = new Map<string, Begin>([
    [RESPONSES_PATH, (client, caller) => new ResponseSocket(client, core, caller)],
  ]);
  const spoken = realtime === undefined ? undefined : await openRealtime(core, realtime);
  if (spoken !== undefined) paths.set(REALTIME_PATH, spoken.begin);
  const answering = new WeakSet<WebSocket>();
  const pings = setInterval(() => {
    for (const client of server.clients) {
      if (!answering.delete(client)) client.terminate();
      else client.ping();
    }
  }, PING_MS);
  pings.unref();
  return {
    upgrade(request, socket, head) {
      try {
        const { pathname, searchParams } = new URL(request.url ?? "/", "http://localhost");
        const begin = paths.get(pathname);
        if (begin === undefined)
          throw new SluiceError("not-found", `there is no socket at ${pathname}`, { status: 404 });
        const headers = withOfferedKey(request.headers);
        const secret = pathname === REALTIME_PATH ? secrets?.find(headers.authorization) : undefined;
        const caller = secret?.caller ?? gate.admit(headers, "GET", searchParams);
        server.handleUpgrade(request, socket, head, (client) => {
          answering.add(client);
          client.on("pong", () => answering.add(client));
          begin(client, caller, searchParams, secret);
        });
      } catch (thrown) {
        refuse(socket, SluiceError.from(thrown));
      }
    },
    async close() {
      clearInterval(pings);
      for (const client of server.clients) client.close(1001, "the server ends");
      server.close();
      await spoken?.close();
    },
  };
}

/** A browser cannot send headers with a WebSocket: OpenAI's client offers the key as a protocol. */
function withOfferedKey(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  const [, key] = /(?:^|,)\s*openai-insecure-api-key\.([^\s,]+)/.exec(headers["sec-websocket-protocol"] ?? "") ?? [];
  return key === undefined || headers.authorization !== undefined
    ? headers
    : { ...headers, authorization: `Bearer ${key}` };
}

function refuse(socket: Duplex, error: SluiceError): void {
  const { status, body } = openAiResponses.writeError(error);
  const text = JSON.stringify(body);
  const head = `HTTP/1.1 ${status} Refused\r\nconnection: close\r\ncontent-type: application/json\r\n`;
  socket.on("error", () => {});
  socket.end(`${head}content-length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
}
