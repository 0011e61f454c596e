import { constants, type Http2Server, type ServerHttp2Session, type ServerHttp2Stream } from "node:http2";
import type { Socket } from "node:net";
import type { ConnectionLimits, ConnectionSweep, WatchedConnection } from "./connection-limits.js";
import { PROBE_MS } from "./limit-http1.js";
import { Stall } from "./stall.js";

const { NGHTTP2_CANCEL } = constants;

/** Keeps the connections of an HTTP/2 server, and the streams on them, within limits. */
export function limitHttp2(server: Http2Server, sweep: ConnectionSweep): void {
  const sessions = new WeakMap<ServerHttp2Session, Http2Connection>();
  server.prependListener("connection", (socket: Socket) => socket.setKeepAlive(true, PROBE_MS));
  server.on("session", (session: ServerHttp2Session) => {
    const connection = new Http2Connection(session, sweep.now());
    sessions.set(session, connection);
    sweep.add(connection);
    session.once("remoteSettings", () => connection.settled(sweep.now()));
    session.once("close", () => sweep.delete(connection));
  });
  server.prependListener("stream", (stream: ServerHttp2Stream) => {
    if (stream.session !== undefined) sessions.get(stream.session as ServerHttp2Session)?.begin(stream, sweep);
  });
}

interface Exchange {
  since: number;
  /** What had been read from the connection when it began, in bytes. */
  readBefore: number;
  stall: Stall;
}

class Http2Connection implements WatchedConnection {
  readonly #session: ServerHttp2Session;
  readonly #socket: Pick<Socket, "bytesRead">;
  readonly #streams = new Map<ServerHttp2Stream, Exchange>();
  /** When it was opened, or the last stream ended. */
  #since: number;
  #settled = false;
  #closing = false;

  constructor(session: ServerHttp2Session, now: number) {
    this.#session = session;
    this.#socket = session.socket;
    this.#since = now;
  }

  settled(now: number): void {
    this.#settled = true;
    this.#since = now;
  }

  begin(stream: ServerHttp2Stream, sweep: ConnectionSweep): void {
    this.#streams.set(stream, { since: sweep.now(), readBefore: this.#socket.bytesRead, stall: new Stall() });
    stream.once("close", () => {
      this.#streams.delete(stream);
      this.#since = sweep.now();
    });
  }

  check(now: number, limits: ConnectionLimits): void {
    if (this.#session.destroyed) return;
    for (const [stream, exchange] of this.#streams) {
      if (this.#isSlow(stream, exchange, now, limits)) stream.close(NGHTTP2_CANCEL);
    }
    if (this.#streams.size > 0) return;
    if (!this.#settled) {
      if (now - this.#since > limits.headersMs) this.#session.destroy();
      return;
    }
    // A client that was informed of the session's end, and keeps it open, is not waited for.
    if (this.#closing) this.#session.destroy();
    else if (now - this.#since > limits.idleMs) {
      this.#closing = true;
      this.#session.close();
    }
  }

  #isSlow(stream: ServerHttp2Stream, exchange: Exchange, now: number, limits: ConnectionLimits): boolean {
    if (exchange.stall.look(stream.writableLength, now) > limits.stallMs) return true;
    const answering = stream.headersSent && !stream.writableEnded;
    if (answering || stream.endAfterHeaders || stream.readableEnded) return false;
    const earnedMs = ((this.#socket.bytesRead - exchange.readBefore) / limits.bodyBytesPerSecond) * 1_000;
    return now - exchange.since > limits.bodyMs + earnedMs;
  }
}
