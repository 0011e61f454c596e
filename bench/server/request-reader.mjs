const HEAD_END = "\r\n\r\n";

/**
 * Reads the requests of one keep-alive connection and calls back with the path of each. Knows just what HTTP clients send
 * for a JSON body (a content length), so that the server costs next to nothing.
 *
 * @param {import("node:net").Socket} socket
 * @param {(path: string) => void} onRequest
 */
export function readRequests(socket, onRequest) {
  let received = "";
  socket.setEncoding("latin1");
  socket.on("data", (/** @type {string} */ text) => {
    received += text;
    for (;;) {
      const headEnd = received.indexOf(HEAD_END);
      if (headEnd === -1) return;
      const head = received.slice(0, headEnd);
      if (/^transfer-encoding:/im.test(head)) throw new Error("the replay server needs requests with a content-length");
      const end = headEnd + HEAD_END.length + Number(/^content-length: *(\d+)/im.exec(head)?.[1] ?? 0);
      if (received.length < end) return;
      received = received.slice(end);
      onRequest(head.split(" ", 2)[1] ?? "");
    }
  });
}
