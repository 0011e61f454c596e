import {
  createServer as createHttp,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from "node:http";
import { createServer as createHttp2, type Http2ServerRequest, type Http2ServerResponse } from "node:http2";
import { createServer, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { ConnectionSweep } from "./connection-limits.js";
import { discardBody } from "./discard-body.js";
import { limitHttp1 } from "./limit-http1.js";
import { limitHttp2 } from "./limit-http2.js";
import { closingSessions, type Listener } from "./listener.js";

/** How an HTTP/2 connection without TLS begins (RFC 9113, 3.4). */
const PREFACE = "PRI * HTTP/2.0";

/** Answers a request of either version of HTTP. */
export type HttpHandle = RequestListener & ((request: Http2ServerRequest, response: Http2ServerResponse) => void);

/** Settings of `httpListener`. */
export interface HttpListenerOptions {
  /** Whether HTTP/2 without TLS is spoken to clients that begin with it. */
  h2c: boolean;
  /** Closes the connections of slow clients. */
  sweep: ConnectionSweep;
  /** Takes connections whose client asks for another protocol, such as WebSocket. Default: the request is answered as it is. */
  upgrade?: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
}

/** A server that speaks HTTP/1.1 and, to clients that begin with it, HTTP/2 without TLS. */
export function httpListener(handle: HttpHandle, { h2c, sweep, upgrade }: HttpListenerOptions): Listener {
  const http = limitedHttp1(handle, sweep);
  if (upgrade !== undefined) http.server.on("upgrade", upgrade);
  const http2 = createHttp2((request, response) => {
    response.once("finish", () => discardBody(request));
    handle(request, response);
  });
  limitHttp2(http2, sweep);
  const closeSessions = closingSessions(http2);
  const undecided = new Set<Socket>();
  // Node's HTTP server sets this on the sockets that it accepts itself, not on those that it is handed: without it, a frame
  // waits until the client has acknowledged the one before (Nagle's algorithm, up to 40 ms).
  const server = createServer({ noDelay: true }, (socket) => {
    socket.on("error", () => {});
    undecided.add(socket);
    const leave = watchUndecided(socket, sweep);
    const decided = () => {
      undecided.delete(socket);
      leave();
    };
    socket.once("close", decided);
    let beginning = "";
    socket.on("readable", function decide() {
      const piece: Buffer | null = socket.read();
      beginning += piece?.toString("latin1") ?? "";
      // Of what HTTP/1.1 can begin with, three letters tell it from the preface.
      if (beginning.length < 3 && PREFACE.startsWith(beginning)) return;
      socket.removeListener("readable", decide);
      decided();
      socket.unshift(Buffer.from(beginning, "latin1"));
      const speaksHttp2 = h2c && PREFACE.startsWith(beginning.slice(0, PREFACE.length));
      (speaksHttp2 ? http2 : http.server).emit("connection", socket);
    });
  });
  const closeIdle = () => {
    for (const socket of undecided) socket.destroySoon();
    http.closeIdle();
    closeSessions();
  };
  return { server, closeIdle };
}

/** A server that speaks HTTP/1.1 only. */
export function http1Listener(handle: RequestListener, sweep: ConnectionSweep): Listener {
  return limitedHttp1(handle, sweep);
}

function limitedHttp1(handle: RequestListener, sweep: ConnectionSweep): Listener & { server: Server } {
  const answers = new OpenAnswers();
  const server = createHttp((request, response) => {
    answers.begin(request, response);
    if (hosts(request) <= 1) handle(request, response);
    else response.writeHead(400, { connection: "close", "content-type": "text/plain" }).end("more than one Host");
  });
  limitHttp1(server, sweep);
  server.on("connection", (socket) => answers.add(socket));
  return { server, closeIdle: () => answers.closeIdle() };
}

/**
 * How often a request says whom it is for. More than once must be refused (RFC 9112, 3.2): what stands before the server and
 * the server itself may each believe another one.
 */
function hosts({ rawHeaders }: IncomingMessage): number {
  let count = 0;
  for (let i = 0; i < rawHeaders.length; i += 2) if (rawHeaders[i]?.toLowerCase() === "host") count++;
  return count;
}

/** A connection that has not shown yet what it speaks. Returns how to look at it no longer. */
function watchUndecided(socket: Socket, sweep: ConnectionSweep): () => void {
  const since = sweep.now();
  const connection = {
    check: (now: number) => {
      if (now - since > sweep.limits.headersMs) socket.destroy();
    },
  };
  sweep.add(connection);
  return () => sweep.delete(connection);
}

/** Connections of HTTP/1.1, and how many answers each is at. */
class OpenAnswers {
  readonly #answers = new Map<Socket, number>();
  #closing = false;

  add(socket: Socket): void {
    this.#answers.set(socket, 0);
    socket.once("close", () => this.#answers.delete(socket));
  }

  begin(request: IncomingMessage, response: ServerResponse): void {
    const { socket } = request;
    this.#answers.set(socket, (this.#answers.get(socket) ?? 0) + 1);
    if (this.#closing) response.setHeader("connection", "close");
    response.once("close", () => {
      discardBody(request);
      const left = (this.#answers.get(socket) ?? 1) - 1;
      if (!socket.destroyed) this.#answers.set(socket, left);
      if (this.#closing && left === 0) socket.destroySoon();
    });
  }

  closeIdle(): void {
    this.#closing = true;
    for (const [socket, answers] of this.#answers) if (answers === 0) socket.destroySoon();
  }
}
