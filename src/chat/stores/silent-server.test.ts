import type { AddressInfo } from "node:net";
import { createServer, type Server, type Socket } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { PostgresStore } from "./postgres-store.js";
import { RedisStore } from "./redis-store.js";

/** Takes connections and never says a word. */
let server: Server;
let port: number;
const sockets: Socket[] = [];
beforeAll(async () => {
  server = createServer((socket) => void sockets.push(socket));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  ({ port } = server.address() as AddressInfo);
});
afterAll(() => {
  for (const socket of sockets) socket.destroy();
  server.close();
});

test.each([
  ["Redis", () => RedisStore.open(`redis://127.0.0.1:${port}`, { timeoutMs: 20 })],
  ["PostgreSQL", () => PostgresStore.open(`postgres://sluice@127.0.0.1:${port}/x`, { timeoutMs: 20 })],
])("a %s server that does not answer is given up", async (_, open) => {
  await expect(open()).rejects.toMatchObject({ code: "store-failed", retryable: true });
});
