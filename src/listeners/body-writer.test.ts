import { EventEmitter, once } from "node:events";
import { createServer, Server as HttpServer, type IncomingMessage, type ServerResponse } from "node:http";
import { connect as connectHttp2, createServer as createHttp2Server } from "node:http2";
import { type AddressInfo, connect, type Server } from "node:net";
import fc from "fast-check";
import { afterEach, describe, expect, test } from "vitest";
import { BodyWriter } from "./body-writer.js";

const servers: Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.close();
    if (server instanceof HttpServer) server.closeAllConnections();
  }
});

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

async function listening(server: Server): Promise<number> {
  servers.push(server);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

/** What stands on the wire for some requests in one write, until the server closes. */
async function wire(answer: Answer, requests: string): Promise<string> {
  const socket = connect(await listening(createServer(answer)), "127.0.0.1");
  socket.write(requests);
  const pieces: Buffer[] = [];
  for await (const piece of socket) pieces.push(piece as Buffer);
  return Buffer.concat(pieces)
    .toString("utf8")
    .replace(/^Date: .*\r\n/gim, "");
}

const request = (method: string, version: string, connection: string) =>
  `${method} / HTTP/${version}\r\nhost: a\r\nconnection: ${connection}\r\n\r\n`;

/** Writes pieces with Node's response alone, or with what is tried. */
function writing(pieces: readonly (string | Uint8Array)[], own: boolean): Answer {
  return (_request, response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    const out = own ? new BodyWriter(response) : response;
    for (const piece of pieces) out.write(piece);
    response.end();
  };
}

/** A writer that was told to wait by a client which takes nothing, and the end of the wait. */
async function full() {
  const written = new EventEmitter<{ full: [BodyWriter, { over: Promise<void> }] }>();
  const answer: Answer = (_request, response) => {
    response.writeHead(200);
    const out = new BodyWriter(response);
    out.write("begun");
    // More than the system takes by itself.
    while (out.write("x".repeat(16 * 1024 * 1024)));
    written.emit("full", out, { over: out.drained() });
  };
  const client = connect(await listening(createServer(answer)), "127.0.0.1").pause();
  client.write(request("GET", "1.1", "close"));
  const [out, wait] = await once(written, "full");
  return { client, out: out as BodyWriter, wait: wait as { over: Promise<void> } };
}

describe("BodyWriter", () => {
  test("writes the bytes that Node's response writes", async () => {
    const pieces = fc.array(
      fc.oneof(fc.string({ unit: "binary" }), fc.string({ unit: "grapheme-ascii" }), fc.uint8Array()),
    );
    const asked = fc.constantFrom(["GET", "1.1"] as const, ["HEAD", "1.1"] as const, ["GET", "1.0"] as const);
    const property = fc.asyncProperty(pieces, asked, async (written, [method, version]) => {
      const asking = request(method, version, "close");
      expect(await wire(writing(written, true), asking)).toBe(await wire(writing(written, false), asking));
    });
    await fc.assert(property, { numRuns: 40 });
  });

  test("keeps the answers of one connection apart that were asked for at once", async () => {
    let first: (() => void) | undefined;
    let number = 0;
    const answer: Answer = (_request, response) => {
      const name = ++number === 1 ? "first" : "second";
      response.writeHead(200, { "content-type": "text/plain" });
      const out = new BodyWriter(response);
      out.write(`${name} a;`);
      out.write(`${name} b;`);
      const end = () => {
        out.write(`${name} c;`);
        response.end();
      };
      if (name === "first") first = end;
      else {
        end();
        first?.();
      }
    };
    const text = await wire(answer, request("GET", "1.1", "keep-alive") + request("GET", "1.1", "close"));
    expect(text.match(/(first|second) [abc];/g)).toEqual(
      ["first", "second"].flatMap((n) => ["a", "b", "c"].map((l) => `${n} ${l};`)),
    );
  });

  test("tells the writer for a slow client to wait, and when it need not any more", async () => {
    const { client, out, wait } = await full();
    client.resume();
    await wait.over;
    expect(out.destroyed).toBe(false);
  });

  test("waits no longer when the client has gone", async () => {
    const { client, out, wait } = await full();
    client.destroy();
    await wait.over;
    expect(out.destroyed).toBe(true);
  });

  test("writes through HTTP/2's response", async () => {
    const server = createHttp2Server((_request, response) => {
      const out = new BodyWriter(response);
      out.write("one ");
      out.write("two");
      response.end();
    });
    const session = connectHttp2(`http://127.0.0.1:${await listening(server)}`);
    const stream = session.request({ ":path": "/" });
    let text = "";
    for await (const piece of stream) text += String(piece);
    session.close();
    expect(text).toBe("one two");
  });
});
