import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe } from "vitest";
import { MemoryStore } from "../../src/chat/stores/memory-store.js";
import { PostgresStore } from "../../src/chat/stores/postgres-store.js";
import { RedisStore } from "../../src/chat/stores/redis-store.js";
import { SqliteStore } from "../../src/chat/stores/sqlite-store.js";
import { startPostgres, startRedis } from "../support/local-server.js";
import { storeContract, takesMoreMessagesThanArguments } from "./store-contract.js";

const memory = new MemoryStore();
storeContract("memory", async () => memory);
takesMoreMessagesThanArguments("memory", async () => memory);

const folder = mkdtempSync(join(tmpdir(), "sluice-sqlite-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
storeContract("SQLite", () => SqliteStore.open(join(folder, "deep", "conversations.db")));

const redis = await startRedis();
describe.skipIf(redis === undefined)("on a real server", () => {
  afterAll(() => redis?.stop());
  const open = () => RedisStore.open(redis?.url ?? "");
  storeContract("Redis", open);
  takesMoreMessagesThanArguments("Redis", open);
});

const postgres = await startPostgres();
describe.skipIf(postgres === undefined)("on a real server", () => {
  afterAll(() => postgres?.stop());
  storeContract("PostgreSQL", () => PostgresStore.open(postgres?.url ?? ""));
});
