import { createServer as createHttp, type RequestListener, type ServerResponse } from "node:http";
import { createServer as createHttp2, type Http2ServerRequest, type Http2ServerResponse } from "node:http2";
import { createServer, type Socket } from "node:net";
import { closingSessions, type Listener } from "./listener.js";

/** How an HTTP/2 connection without TLS begins (RFC 9113, 3.4). */
const PREFACE = "PRI * HTTP/2.0";

type Handle = RequestListener & ((request: Http2ServerRequest, response: Http2ServerResponse) => void);

/**
 * A server that speaks HTTP/1.1 and, to clients that begin with it, HTTP/2 without TLS, as daprd's does.
 *
 * @param h2c whether HTTP/2 is spoken.
 */
export function httpListener(handle: Handle, h2c: boolean): Listener {
  const sockets = new Sockets();
  const http = createHttp((request, response) => {
    sockets.answering(request.socket, response);
    handle(request, response);
  });
  // As daprd: a connection that an application keeps for its next call is not closed under its hands.
  http.keepAliveTimeout = 0;
  const http2 = createHttp2(handle);
  const closeSessions = closingSessions(http2);
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    let beginning = "";
    socket.on("readable", function decide() {
      const piece: Buffer | null = socket.read();
      beginning += piece?.toString("latin1") ?? "";
      // Of what HTTP/1.1 can begin with, three letters tell it from the preface.
      if (beginning.length < 3 && PREFACE.startsWith(beginning)) return;
      socket.removeListener("readable", decide);
      socket.unshift(Buffer.from(beginning, "latin1"));
      const speaksHttp2 = h2c && PREFACE.startsWith(beginning.slice(0, PREFACE.length));
      if (speaksHttp2) sockets.delete(socket);
      (speaksHttp2 ? http2 : http).emit("connection", socket);
    });
  });
  const closeIdle = () => {
    sockets.closeIdle();
    closeSessions();
  };
  return { server, closeIdle };
}

/** Connections of HTTP/1.1, and how many answers each is at. */
class Sockets {
  readonly #answers = new Map<Socket, number>();
  #closing = false;

  add(socket: Socket): void {
    this.#answers.set(socket, 0);
    socket.once("close", () => this.delete(socket));
  }

  delete(socket: Socket): void {
    this.#answers.delete(socket);
  }

  answering(socket: Socket, response: ServerResponse): void {
    this.#answers.set(socket, (this.#answers.get(socket) ?? 0) + 1);
    response.once("close", () => {
      const left = (this.#answers.get(socket) ?? 1) - 1;
      this.#answers.set(socket, left);
      if (this.#closing && left === 0) socket.destroySoon();
    });
  }

  closeIdle(): void {
    this.#closing = true;
    for (const [socket, answers] of this.#answers) if (answers === 0) socket.destroySoon();
  }
}
