import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PGlite } from "@electric-sql/pglite";
import { vector } from "@electric-sql/pglite-pgvector";
import { PGLiteSocketServer } from "@electric-sql/pglite-socket";
import { afterAll, describe, expect, test } from "vitest";
import { embeddedFacts } from "../../src/agents/memory/facts/embedded-facts.js";
import { PostgresFacts } from "../../src/agents/memory/facts/postgres-facts.js";
import { startPostgres } from "../support/local-server.js";
import { factStoreContract } from "./fact-store-contract.js";

const folder = mkdtempSync(join(tmpdir(), "sluice-facts-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let files = 0;
const file = () => join(folder, "deep", `${files++}.ndjson`);
const FACT = { id: "a", text: "tea", at: "2026-01-01T00:00:00.000Z" };

factStoreContract("this process", async () => embeddedFacts());
factStoreContract("a file", async () => embeddedFacts({ file: file() }));

test("a file has its facts in another process, deletions included, and a line that was cut loses only itself", async () => {
  const path = file();
  const first = embeddedFacts({ file: path });
  await first.add("s", [
    { ...FACT, vector: [1, 0] },
    { ...FACT, id: "b" },
    { ...FACT, id: "c" },
  ]);
  await first.delete("s", "b");
  appendFileSync(path, '{"scope":"s","fact":{"id":"cut');
  const second = embeddedFacts({ file: path });
  expect((await second.list("s")).map(({ id }) => id)).toEqual(["a", "c"]);
  expect(await second.search("s", { text: "?", vector: [1, 0], limit: 1 })).toMatchObject([{ id: "a" }]);
  await second.add("s", [{ ...FACT, id: "d" }]);
  expect((await embeddedFacts({ file: path }).list("s")).map(({ id }) => id)).toEqual(["a", "c", "d"]);
});

test("a file of another form, and one that cannot be written, are store-failed, and nothing is half kept", async () => {
  const path = join(folder, "other.ndjson");
  writeFileSync(path, '{"some":"thing"}\n');
  await expect(embeddedFacts({ file: path }).list("s")).rejects.toMatchObject({ code: "store-failed" });
  expect(readFileSync(path, "utf8")).toBe('{"some":"thing"}\n');
  const store = embeddedFacts({ file: join(path, "below a file") });
  await expect(store.add("s", [FACT])).rejects.toMatchObject({ code: "store-failed" });
});

test("vectors of another length are refused before anything is kept", async () => {
  const store = embeddedFacts();
  await store.add("s", [{ ...FACT, vector: [1, 0] }]);
  const adding = store.add("s", [
    { ...FACT, id: "b" },
    { ...FACT, id: "c", vector: [1] },
  ]);
  await expect(adding).rejects.toMatchObject({ code: "invalid-argument" });
  expect(await store.list("s")).toHaveLength(1);
});

const postgres = await startPostgres();
describe.skipIf(postgres === undefined)("on a real server", () => {
  afterAll(() => postgres?.stop());
  const open = () => PostgresFacts.open(postgres?.url ?? "");
  factStoreContract("PostgreSQL", open);

  test("the store says what measures vectors, and keeps all facts of a call or none", async () => {
    const store = await open();
    process.stdout.write(`facts in PostgreSQL: vectors are measured by ${store.vectors}\n`);
    expect(["pgvector", "arrays"]).toContain(store.vectors);
    await expect(store.add("half", [FACT, FACT])).rejects.toMatchObject({ code: "store-failed" });
    expect(await store.list("half")).toEqual([]);
    await store.close();
  });

  test("a server that is gone is store-failed", async () => {
    await expect(PostgresFacts.open("postgres://sluice@127.0.0.1:1/x")).rejects.toMatchObject({ code: "store-failed" });
  });
});

// PostgreSQL itself in WebAssembly, behind a socket: few systems have a package of the extension.
describe("on a server with pgvector", async () => {
  const database = await PGlite.create({ extensions: { vector } });
  const server = new PGLiteSocketServer({ db: database, host: "127.0.0.1", port: 0, maxConnections: 10 });
  await server.start();
  afterAll(async () => {
    await server.stop();
    await database.close();
  });
  const open = () => PostgresFacts.open(`postgres://postgres@${server.getServerConn()}/postgres`);
  factStoreContract("PostgreSQL with pgvector", open);

  test("the extension measures the vectors, those of another embedder are passed over, and none is lost", async () => {
    const store = await open();
    expect(store.vectors).toBe("pgvector");
    await store.add("mixed", [
      { ...FACT, id: "three", vector: [0, 0.6, 0.8] },
      { ...FACT, id: "near", vector: [1, 0.1] },
      { ...FACT, id: "far", vector: [-1, 0] },
      { ...FACT, id: "zero", vector: [0, 0] },
    ]);
    const found = await store.search("mixed", { text: "?", vector: [1, 0], limit: 5 });
    expect(found.map(({ id }) => id)).toEqual(["near", "far", "zero"]);
    expect(await store.list("mixed")).toHaveLength(4);
    await store.close();
  });
});
