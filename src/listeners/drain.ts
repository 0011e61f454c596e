import type { Http2Session } from "node:http2";
import type { Server } from "node:net";
import { type Clock, systemClock } from "../base/clock.js";
import type { Listener } from "./listener.js";

/** Settings of `Drain`. */
export interface DrainOptions {
  /** How long requests that are being answered may go on, in ms. */
  graceMs: number;
  clock?: Clock;
}

/** Ends servers: no new connections, no new requests, and those that are being answered are cut after a while. */
export class Drain {
  /** Resolves when all of them have ended. */
  readonly over: Promise<void>;
  readonly #options: DrainOptions;
  readonly #open = new Set<{ destroy(): void }>();
  #resolve = () => {};
  #begun = false;

  constructor(options: DrainOptions) {
    this.#options = options;
    this.over = new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  /** Whether it has begun: answers now say that their connection closes. */
  get begun(): boolean {
    return this.#begun;
  }

  /** Knows the connections of a server from here on. */
  watch(server: Server): void {
    const add = (connection: { destroy(): void; once(event: "close", listener: () => void): unknown }) => {
      this.#open.add(connection);
      connection.once("close", () => this.#open.delete(connection));
    };
    server.on("connection", add);
    server.on("session", (session: Http2Session) => add(session));
  }

  /**
   * Ends the servers. Requests that are being answered are cut after the grace; a second call changes nothing.
   *
   * @param after what to close once nobody is answered any more.
   * @param graceMs in place of that of the settings.
   */
  async end(
    listeners: readonly Listener[],
    after?: () => Promise<void> | undefined,
    graceMs = this.#options.graceMs,
  ): Promise<void> {
    if (this.#begun) return await this.over;
    this.#begun = true;
    const closed = listeners.map(({ server }) => new Promise<void>((resolve) => server.close(() => resolve())));
    for (const { closeIdle } of listeners) closeIdle();
    const { clock = systemClock } = this.#options;
    const callOff = clock.after(graceMs, () => {
      for (const connection of this.#open) connection.destroy();
    });
    await Promise.all(closed);
    callOff();
    await after?.();
    this.#resolve();
  }
}
