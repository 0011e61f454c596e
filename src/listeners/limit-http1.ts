import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { ConnectionLimits, ConnectionSweep, WatchedConnection } from "./connection-limits.js";
import { Stall } from "./stall.js";

/** After how long a silent connection is probed, so that one whose other end is gone closes, in ms. */
export const PROBE_MS = 60_000;

const TIMED_OUT = "HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";

/** Keeps the connections of an HTTP/1.1 server within limits, whether it listens itself or is handed its connections. */
export function limitHttp1(server: Server, sweep: ConnectionSweep): void {
  // Node's own limits only work in servers that listen themselves. The time that a kept connection may be idle is stated in
  // the answers (`Keep-Alive: timeout`), so that clients do not use one that is about to close.
  server.headersTimeout = 0;
  server.requestTimeout = 0;
  server.keepAliveTimeout = sweep.limits.idleMs;
  const connections = new WeakMap<Socket, Http1Connection>();
  server.on("connection", (socket: Socket) => {
    const connection = new Http1Connection(socket, sweep.now());
    connections.set(socket, connection);
    socket.setKeepAlive(true, PROBE_MS);
    sweep.add(connection);
    socket.once("close", () => sweep.delete(connection));
  });
  // What another protocol makes of its connection is its own to limit.
  server.prependListener("upgrade", (request) => {
    const connection = connections.get(request.socket);
    if (connection !== undefined) sweep.delete(connection);
  });
  server.prependListener("request", (request, response) => {
    connections.get(request.socket)?.begin(request, response, sweep.now());
    response.once("close", () => connections.get(request.socket)?.end(response, sweep.now()));
  });
}

interface Exchange {
  request: IncomingMessage;
  response: ServerResponse;
  since: number;
  /** What had been read from the connection when it began, in bytes. */
  readBefore: number;
}

class Http1Connection implements WatchedConnection {
  readonly #socket: Socket;
  readonly #stall = new Stall();
  #exchange: Exchange | undefined;
  /** When it was opened, or the last answer ended. */
  #since: number;
  /** What had been read when the last answer ended: more is the beginning of a request. */
  #read: number | undefined;

  constructor(socket: Socket, now: number) {
    this.#socket = socket;
    this.#since = now;
  }

  begin(request: IncomingMessage, response: ServerResponse, now: number): void {
    this.#exchange = { request, response, since: now, readBefore: this.#socket.bytesRead };
  }

  end(response: ServerResponse, now: number): void {
    // A client that does not wait for answers may have begun the next one.
    if (this.#exchange?.response !== response) return;
    this.#exchange = undefined;
    this.#since = now;
    this.#read = this.#socket.bytesRead;
  }

  check(now: number, limits: ConnectionLimits): void {
    if (this.#stall.look(this.#socket.writableLength, now) > limits.stallMs) this.#socket.destroy();
    else if (this.#exchange !== undefined) this.#checkBody(this.#exchange, now, limits);
    else this.#checkHeaders(now, limits);
  }

  #checkBody({ request, response, since, readBefore }: Exchange, now: number, limits: ConnectionLimits): void {
    if (request.complete || response.headersSent) return;
    const earnedMs = ((this.#socket.bytesRead - readBefore) / limits.bodyBytesPerSecond) * 1_000;
    if (now - since > limits.bodyMs + earnedMs) this.#refuse();
  }

  #checkHeaders(now: number, { headersMs, idleMs }: ConnectionLimits): void {
    if (this.#read === undefined) {
      if (now - this.#since > headersMs) this.#refuse();
    } else if (this.#socket.bytesRead > this.#read) {
      this.#read = undefined;
      this.#since = now;
    } else if (now - this.#since > idleMs) this.#socket.destroySoon();
  }

  #refuse(): void {
    if (this.#socket.bytesRead > 0 && this.#socket.writable) this.#socket.write(TIMED_OUT);
    this.#socket.destroySoon();
  }
}
