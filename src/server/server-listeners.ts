import type { Hono } from "hono";
import { ConnectionSweep } from "../listeners/connection-limits.js";
import type { Drain } from "../listeners/drain.js";
import { httpListener } from "../listeners/http-listener.js";
import { listen } from "../listeners/listen.js";
import type { Listener } from "../listeners/listener.js";
import { requireTokenBeyondLoopback } from "../listeners/loopback.js";
import { exactly, filledString, wholeNumber } from "../stream/checks.js";
import type { Gate } from "./gate.js";
import type { ClientSecrets } from "./realtime/client-secrets.js";
import type { ServerCore } from "./server-core.js";
import type { ServerOptions } from "./server-options.js";
import { type WebSockets, webSockets } from "./web-sockets.js";

/** Where a server listens. */
export interface ListenAt {
  /** Default 4444; 0 for a free one. */
  port?: number;
  /** The address. Default 127.0.0.1; one that other machines reach needs a token. */
  host?: string;
}

const LISTEN_AT = exactly("listen", { port: wholeNumber(0), host: filledString });
const DEFAULT_PORT = 4_444;

/** What answers the requests that arrive. */
export interface ServerListenersOptions {
  app: Hono;
  core: ServerCore;
  gate: Gate;
  drain: Drain;
  /** Keys of browsers for the Realtime protocol; absent where that is not served. */
  secrets: ClientSecrets | undefined;
  limits: ServerOptions["limits"];
  maxBodyBytes: number;
  realtime: ServerOptions["realtime"];
  /** Answers Node's requests with a function of the web's. */
  handlerOf(fetch: Hono["fetch"]): Parameters<typeof httpListener>[0];
}

/** The ports that a server listens at, and the WebSockets that came through them. */
export class ServerListeners {
  readonly #options: ServerListenersOptions;
  readonly #sweep: ConnectionSweep;
  readonly #maxConnections: number;
  readonly #listeners: Listener[] = [];
  #sockets: WebSockets | undefined;

  constructor(options: ServerListenersOptions) {
    const { maxBodyBytes: _, maxConnections = 10_000, ...slow } = options.limits ?? {};
    this.#options = options;
    this.#sweep = new ConnectionSweep(slow);
    this.#maxConnections = maxConnections;
  }

  /** Listens at one more place. */
  async listen(at: ListenAt = {}): Promise<{ url: string; port: number }> {
    LISTEN_AT(at, "");
    const { port = DEFAULT_PORT, host = "127.0.0.1" } = at;
    const { app, core, gate, drain, secrets, maxBodyBytes, realtime, handlerOf } = this.#options;
    requireTokenBeyondLoopback(host, gate.asksForKey ? "key" : undefined);
    this.#sockets ??= await webSockets({ core, gate, maxBodyBytes, realtime, secrets });
    const { upgrade } = this.#sockets;
    const listener = httpListener(handlerOf(app.fetch), { h2c: true, sweep: this.#sweep, upgrade });
    listener.server.maxConnections = this.#maxConnections;
    drain.watch(listener.server);
    this.#listeners.push(listener);
    const taken = await listen(listener.server, { port, host, name: "HTTP", field: "port" });
    return { url: `http://${host.includes(":") ? `[${host}]` : host}:${taken}`, port: taken };
  }

  /**
   * Closes the WebSockets and the ports.
   *
   * @param graceMs how long requests that are being answered may go on.
   * @param release closes what they use, once they are over.
   */
  async close(graceMs: number, release: () => Promise<void>): Promise<void> {
    await this.#sockets?.close();
    await this.#options.drain.end(this.#listeners, release, graceMs);
  }
}
