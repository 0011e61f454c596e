import type { McpConnection } from "./mcp-connection.js";

/** Which calls go over which connection: one that is given up is closed when the last of them has ended. */
export class ConnectionUses {
  readonly #uses = new Map<McpConnection, number>();
  readonly #givenUp = new Set<McpConnection>();

  /** Asks over a connection, which stays open for as long as that takes. */
  async during<T>(connection: McpConnection, ask: (connection: McpConnection) => Promise<T>): Promise<T> {
    this.#uses.set(connection, (this.#uses.get(connection) ?? 0) + 1);
    try {
      return await ask(connection);
    } finally {
      const left = (this.#uses.get(connection) ?? 1) - 1;
      if (left > 0) this.#uses.set(connection, left);
      else this.#uses.delete(connection);
      if (left === 0 && this.#givenUp.has(connection)) void this.#close(connection);
    }
  }

  /** Nothing new is asked over a connection. */
  giveUp(connection: McpConnection): void {
    this.#givenUp.add(connection);
    if (!this.#uses.has(connection)) void this.#close(connection);
  }

  /** Closes those that are given up, whatever is still asked over them. */
  async close(): Promise<void> {
    await Promise.all([...this.#givenUp].map((connection) => this.#close(connection)));
  }

  async #close(connection: McpConnection): Promise<void> {
    this.#givenUp.delete(connection);
    // It is of no use any more, whatever the server says to its end.
    await connection.close().catch(() => {});
  }
}
