import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
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

  test("what another version has written is refused", async () => {
    const { Redis } = await import("ioredis");
    const client = new Redis(redis?.url ?? "");
    await client.set("{newer}:schema", 7);
    await client.quit();
    await expect(RedisStore.open(redis?.url ?? "", { prefix: "newer" })).rejects.toMatchObject({
      code: "store-failed",
      message: expect.stringContaining("schema version 7"),
    });
  });
});

const postgres = await startPostgres();
describe.skipIf(postgres === undefined)("on a real server", () => {
  afterAll(() => postgres?.stop());
  storeContract("PostgreSQL", () => PostgresStore.open(postgres?.url ?? ""));

  test("what another version has written is refused", async () => {
    const { default: pg } = await import("pg");
    const client = new pg.Client({ connectionString: postgres?.url ?? "" });
    await client.connect();
    await client.query("UPDATE sluice_schema SET version = 7");
    const opened = PostgresStore.open(postgres?.url ?? "");
    await expect(opened).rejects.toMatchObject({
      code: "store-failed",
      message: expect.stringContaining("schema version 7"),
    });
    await client.query("UPDATE sluice_schema SET version = 1");
    await client.end();
  });
});
