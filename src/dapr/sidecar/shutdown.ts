import type { Http2Session } from "node:http2";
import type { Server } from "node:net";
import type { ConversationStore } from "../../chat/conversation-store.js";
import type { Listener } from "./listener.js";

/** How long calls may go on that are being answered when the sidecar ends, in ms. */
const GRACE_MS = 1_000;

/** Ends servers whose clients may keep their connections. */
export class Shutdown {
  /** Resolves when all of them have ended. */
  readonly over: Promise<void>;
  readonly #open = new Set<{ destroy(): void }>();
  #resolve = () => {};
  #begun = false;

  constructor() {
    this.over = new Promise((resolve) => {
      this.#resolve = resolve;
    });
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

  /** Ends the servers and closes the store. Calls that are being answered are cut after a second. */
  async end(listeners: readonly Listener[], store: ConversationStore | undefined): Promise<void> {
    if (this.#begun) return await this.over;
    this.#begun = true;
    const closed = listeners.map(({ server }) => new Promise<void>((resolve) => server.close(() => resolve())));
    for (const { closeIdle } of listeners) closeIdle();
    const cut = setTimeout(() => {
      for (const connection of this.#open) connection.destroy();
    }, GRACE_MS);
    await Promise.all(closed);
    clearTimeout(cut);
    await store?.close();
    this.#resolve();
  }
}
