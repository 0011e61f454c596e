import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type WebSocket, WebSocketServer } from "ws";

/** A request that a server of the tests got. */
interface Received {
  method: string;
  url: string;
  headers: Readonly<Record<string, string | string[] | undefined>>;
  body: Buffer;
}

type Answer = (request: Received, response: ServerResponse) => void | Promise<void>;
type Converse = (socket: WebSocket, request: IncomingMessage) => void;

/** A local server that behaves like a service of speech, and remembers what it was asked. */
export interface VoiceServer {
  url: string;
  received: Received[];
  /** Whether a client has left before its answer was complete. */
  left: Promise<void>;
  close(): Promise<void>;
}

/** Starts one on loopback. @param converse what happens with WebSockets. */
export async function serveVoice(answer: Answer, converse?: Converse): Promise<VoiceServer> {
  const received: Received[] = [];
  let leave = () => {};
  const left = new Promise<void>((resolve) => {
    leave = resolve;
  });
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const { method = "", url = "", headers } = request;
    const asked = { method, url, headers, body: Buffer.concat(parts) };
    received.push(asked);
    response.on("close", () => {
      if (!response.writableFinished) leave();
    });
    await answer(asked, response);
  });
  const sockets = new WebSocketServer({ noServer: true });
  server.on("upgrade", (request, socket, head) => {
    if (converse === undefined) {
      socket.end("HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n");
      return;
    }
    sockets.handleUpgrade(request, socket, head, (client) => converse(client, request));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    received,
    left,
    close: () =>
      new Promise((resolve) => {
        for (const client of sockets.clients) client.terminate();
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

/** Audio that is easy to know again: samples that count up. */
export function countingPcm(samples: number): Buffer {
  const pcm = Buffer.alloc(samples * 2);
  for (let index = 0; index < samples; index++) pcm.writeInt16LE(index % 20_000, index * 2);
  return pcm;
}
