import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";

/** A request as it came. */
export interface Received {
  /** For example `POST /v1/chat/completions`. */
  line: string;
  headers: Record<string, string>;
  body: string;
  /** Which of the server's connections it came on, counted from 0. */
  connection: number;
}

/** What the server does with one request. */
export type Behaviour = (reply: Reply) => void | Promise<void>;

/** One answer, written byte by byte as a test wants it. */
export class Reply {
  readonly request: Received;
  readonly socket: Socket;
  /** Resolves when the connection is closed, by whichever side. */
  readonly closed: Promise<void>;

  constructor(request: Received, socket: Socket) {
    this.request = request;
    this.socket = socket;
    this.closed = new Promise((resolve) => {
      if (socket.closed) resolve();
      else socket.once("close", () => resolve());
    });
  }

  /** Status line and headers; the body that follows comes in HTTP chunks unless the headers say otherwise. */
  head(status = 200, headers: Record<string, string> = {}): Promise<void> {
    const all: Record<string, string> = { "content-type": "text/event-stream", ...headers };
    if (all["content-length"] === undefined) all["transfer-encoding"] = "chunked";
    const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
    return this.raw(`HTTP/1.1 ${status} -\r\n${lines.join("")}\r\n`);
  }

  /** A part of the body, as one HTTP chunk and one write. */
  chunk(bytes: string | Uint8Array): Promise<void> {
    const body = Buffer.from(bytes);
    if (body.length === 0) return Promise.resolve();
    return this.raw(Buffer.concat([Buffer.from(`${body.length.toString(16)}\r\n`), body, Buffer.from("\r\n")]));
  }

  /** The orderly end of the body. */
  end(): Promise<void> {
    return this.raw("0\r\n\r\n");
  }

  /** A whole answer that is not streamed. */
  async json(status: number, body: unknown, headers: Record<string, string> = {}): Promise<void> {
    const text = JSON.stringify(body);
    const length = String(Buffer.byteLength(text));
    await this.head(status, { "content-type": "application/json", "content-length": length, ...headers });
    await this.raw(text);
  }

  /** Bytes as they are. Resolves when the system has taken them; quietly, too, when the client has gone. */
  raw(bytes: string | Uint8Array): Promise<void> {
    return new Promise((resolve) => this.socket.write(bytes, () => resolve()));
  }

  /** The connection breaks: a reset, so that nothing looks like an orderly end. */
  cut(): void {
    this.socket.resetAndDestroy();
  }
}

/** An HTTP server on loopback that misbehaves as scripted. */
export class FaultServer {
  readonly received: Received[] = [];
  /** How many connections were made. */
  connections = 0;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #behaviours: Behaviour[];
  readonly #failures: unknown[] = [];
  #onChange: (() => void)[] = [];

  /** @param behaviours one for each request, in order; the last one goes on for all that follow. */
  static async start(...behaviours: Behaviour[]): Promise<FaultServer> {
    const server = new FaultServer(behaviours);
    server.#server.listen(0, "127.0.0.1");
    await once(server.#server, "listening");
    return server;
  }

  private constructor(behaviours: Behaviour[]) {
    this.#behaviours = behaviours;
    this.#server = createServer({ noDelay: true }, (socket) => this.#connected(socket));
  }

  get port(): number {
    const address = this.#server.address();
    if (address === null || typeof address === "string") throw new Error("the server does not listen");
    return address.port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Connections that are open now. */
  get open(): number {
    return this.#sockets.size;
  }

  /** Resolves once a condition holds; looked at whenever a connection or a request comes or goes. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise<void>((resolve) => this.#onChange.push(resolve));
  }

  /** Closes everything. Throws what a behaviour threw. */
  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
    if (this.#failures.length > 0) throw this.#failures[0];
  }

  #connected(socket: Socket): void {
    const connection = this.connections++;
    this.#sockets.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => {
      this.#sockets.delete(socket);
      this.#changed();
    });
    readRequests(socket, (request) => {
      const received = { ...request, connection };
      this.received.push(received);
      const behaviour = this.#behaviours.length > 1 ? this.#behaviours.shift() : this.#behaviours[0];
      void Promise.resolve(behaviour?.(new Reply(received, socket))).catch((error) => this.#failures.push(error));
      this.#changed();
    });
    this.#changed();
  }

  #changed(): void {
    for (const wake of this.#onChange.splice(0)) wake();
  }
}

/** Cuts a connection's bytes into requests. */
function readRequests(socket: Socket, take: (request: Omit<Received, "connection">) => void): void {
  let bytes = Buffer.alloc(0);
  socket.on("data", (piece) => {
    bytes = Buffer.concat([bytes, piece]);
    for (let end = bytes.indexOf("\r\n\r\n"); end !== -1; end = bytes.indexOf("\r\n\r\n")) {
      const [line = "", ...fields] = bytes.subarray(0, end).toString("latin1").split("\r\n");
      const headers = Object.fromEntries(
        fields.map((field) => [nameOf(field), field.slice(field.indexOf(":") + 1).trim()]),
      );
      const length = Number(headers["content-length"] ?? 0);
      if (bytes.length < end + 4 + length) return;
      const body = bytes.subarray(end + 4, end + 4 + length).toString("utf8");
      bytes = bytes.subarray(end + 4 + length);
      take({ line: line.replace(/ HTTP\/1\.1$/, ""), headers, body });
    }
  });
}

function nameOf(field: string): string {
  return field.slice(0, field.indexOf(":")).toLowerCase();
}
