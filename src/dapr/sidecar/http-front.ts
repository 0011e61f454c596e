import { createServer as createHttp, type RequestListener } from "node:http";
import { createServer as createHttp2, type Http2ServerRequest, type Http2ServerResponse } from "node:http2";
import { createServer, type Server, type Socket } from "node:net";

/** How an HTTP/2 connection without TLS begins (RFC 9113, 3.4). */
const PREFACE = "PRI * HTTP/2.0";

/**
 * A server that speaks HTTP/1.1 and, to clients that begin with it, HTTP/2 without TLS, as daprd's does.
 *
 * @param h2c whether HTTP/2 is spoken.
 */
export function httpFront(
  handle: RequestListener & ((request: Http2ServerRequest, response: Http2ServerResponse) => void),
  h2c: boolean,
): Server {
  const http = createHttp(handle);
  if (!h2c) return http;
  const http2 = createHttp2(handle);
  const open = new Set<Socket>();
  const front = createServer((socket) => {
    open.add(socket);
    socket.on("close", () => open.delete(socket));
    socket.on("error", () => {});
    let beginning = "";
    socket.on("readable", function decide() {
      const piece: Buffer | null = socket.read();
      beginning += piece?.toString("latin1") ?? "";
      // Of what HTTP/1.1 can begin with, three letters tell it from the preface.
      if (beginning.length < 3 && PREFACE.startsWith(beginning)) return;
      socket.removeListener("readable", decide);
      socket.unshift(Buffer.from(beginning, "latin1"));
      const speaksHttp2 = PREFACE.startsWith(beginning.slice(0, PREFACE.length));
      (speaksHttp2 ? http2 : http).emit("connection", socket);
    });
  });
  front.on("close", () => {
    for (const socket of open) socket.destroy();
  });
  return front;
}
