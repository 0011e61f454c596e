import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { afterAll, describe, expect, test } from "vitest";
import { Conversation } from "../../src/chat/conversation.js";
import type { ConversationStore } from "../../src/chat/conversation-store.js";
import { PostgresStore } from "../../src/chat/stores/postgres-store.js";
import { RedisStore } from "../../src/chat/stores/redis-store.js";
import { echo } from "../../src/models/echo.js";
import { textOf } from "../../src/stream/message.js";
import { type LocalServer, startPostgres, startRedis } from "../support/local-server.js";

/** Stands before a server. `cut` is what a client must write to lose its connection, once, with its answer. */
class Cutter {
  cut: string | undefined;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  constructor(port: number) {
    this.#server = createServer((client) => {
      const server = connect(port, "127.0.0.1");
      let deaf = false;
      for (const socket of [client, server]) this.#sockets.add(socket.on("error", () => {}));
      client.on("data", (bytes) => {
        deaf ||= this.cut !== undefined && bytes.includes(this.cut);
        if (deaf) this.cut = undefined;
        server.write(bytes);
      });
      server.on("data", (bytes) => {
        if (deaf) client.destroy();
        else client.write(bytes);
      });
      client.on("close", () => server.destroy());
      server.on("close", () => client.destroy());
    });
  }

  async listen(): Promise<number> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    return (this.#server.address() as AddressInfo).port;
  }

  /** Cuts all connections that stand. */
  drop(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#sockets.clear();
  }

  close(): void {
    this.drop();
    this.#server.close();
  }
}

/** @param moments what a client writes when it is about to append, and to have appended. */
function survives(
  name: string,
  server: LocalServer | undefined,
  open: (url: string) => Promise<ConversationStore>,
  moments: readonly string[],
) {
  describe.skipIf(server === undefined)(`a connection to ${name} that drops`, () => {
    afterAll(() => server?.stop());
    test("loses nothing that was stored, and the next turn goes on", async () => {
      const url = new URL(server?.url ?? "");
      const cutter = new Cutter(Number(url.port));
      url.port = String(await cutter.listen());
      const store = await open(url.href);
      const model = echo({ tokensPerSecond: Number.POSITIVE_INFINITY });
      const conversation = new Conversation({ model, store, contextId: "a" });
      const send = (text: string) =>
        conversation.send(text).then(
          () => true,
          (error: unknown) => {
            expect(error).toMatchObject({ code: "store-failed", retryable: true });
            return false;
          },
        );
      await conversation.send("first");
      for (const moment of moments) {
        cutter.cut = moment;
        await send(`cut at ${moment}`);
        expect(cutter.cut).toBeUndefined();
        cutter.drop();
        await send(`dropped after ${moment}`);
        expect(await send(`after ${moment}`)).toBe(true);
      }
      const stored = await store.load("a");
      const told = (await conversation.messages()).map(({ message }) => textOf(message));
      expect(stored?.messages.map(({ message }) => textOf(message))).toEqual(told);
      expect(told).toEqual(expect.arrayContaining(["first", ...moments.map((moment) => `after ${moment}`)]));
      await store.close();
      cutter.close();
    });
  });
}

survives("PostgreSQL", await startPostgres(), PostgresStore.open, ["unnest", "COMMIT"]);
survives("Redis", await startRedis(), RedisStore.open, ["EVAL"]);
