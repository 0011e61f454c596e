import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { connect, createServer, type Socket } from "node:net";

/** Stands before servers as a load balancer does: all connections go to one of them, until it is switched to another. */
export class Switchboard {
  readonly #server = createServer((socket) => this.#pass(socket));
  readonly #open = new Set<Socket>();
  #port: number;

  private constructor(url: string) {
    this.#port = Number(new URL(url).port);
  }

  /** @param url the server that is asked first. */
  static async open(url: string): Promise<Switchboard> {
    const board = new Switchboard(url);
    board.#server.listen(0, "127.0.0.1");
    await once(board.#server, "listening");
    return board;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** From now on another server is asked; what was open breaks off. */
  switchTo(url: string): void {
    this.#port = Number(new URL(url).port);
    this.#cut();
  }

  async close(): Promise<void> {
    this.#server.close();
    this.#cut();
    await once(this.#server, "close");
  }

  #cut(): void {
    for (const socket of this.#open) socket.destroy();
  }

  #pass(client: Socket): void {
    const server = connect(this.#port, "127.0.0.1");
    for (const socket of [client, server]) {
      this.#open.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => {
        this.#open.delete(socket);
        client.destroy();
        server.destroy();
      });
    }
    client.pipe(server).pipe(client);
  }
}
