import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, afterEach, describe, expect, test } from "vitest";
import type { ConversationStore, StoredMessage } from "../../src/chat/conversation-store.js";
import { DaprStateStore, type DaprStateStoreOptions } from "../../src/dapr/state/dapr-state-store.js";
import { deferred } from "../support/deferred.js";
import { type FakeDaprState, type FakeStateOptions, startFakeDaprState } from "../support/fake-dapr-state.js";
import { storeContract } from "./store-contract.js";

const KINDS: Readonly<Record<string, FakeStateOptions>> = {
  "in-memory": { transactions: "atomic" },
  Redis: { transactions: "redis", encrypted: true },
};

for (const [kind, options] of Object.entries(KINDS)) {
  const fake = await startFakeDaprState(options);
  afterAll(() => fake.stop());
  storeContract(`Dapr state (${kind})`, async () => new DaprStateStore("statestore", { endpoint: fake.url, env: {} }));
}

const running: FakeDaprState[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((fake) => fake.stop()));
});

async function start(options: FakeStateOptions = {}): Promise<{ fake: FakeDaprState; store: ConversationStore }> {
  const fake = await startFakeDaprState(options);
  running.push(fake);
  return { fake, store: new DaprStateStore("statestore", { endpoint: fake.url, env: {} }) };
}

function said(id: string, text = id): StoredMessage {
  const message = { role: "user", content: text } as const;
  return { id, parentId: null, message, createdAt: "2026-01-02T03:04:05.678Z", status: "complete" };
}

const turn = (expectedVersion: number, id = `m${expectedVersion}`, text = id) => ({
  expectedVersion,
  messages: [said(id, text)],
  head: id,
});

const isTransaction = ({ path }: { path: string }) => path.endsWith("/transaction");
const idsOf = async (store: ConversationStore, id: string) => (await store.load(id))?.messages.map((m) => m.id);

test("an append costs one read and one transaction of the turn's size, however long the history", async () => {
  const { fake, store } = await start();
  const text = "x".repeat(100);
  let largest = 0;
  for (let version = 0; version < 200; version++) {
    fake.requests.length = 0;
    await store.append("c", turn(version, `m${version}`, text));
    if (version === 0) {
      expect(fake.requests).toHaveLength(6);
      continue;
    }
    expect(fake.requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
      "GET /v1.0/state/statestore/sluice.conversation.c",
      "POST /v1.0/state/statestore/transaction",
    ]);
    largest = Math.max(largest, fake.requests[1]?.body.length ?? 0);
  }
  // 200 turns are 100 times as long; what grows is a name of at most 20 characters, for 63 turns.
  expect(largest).toBeLessThan(5_000);
  expect(await idsOf(store, "c")).toEqual(Array.from({ length: 200 }, (_, version) => `m${version}`));
  fake.requests.length = 0;
  await store.load("c");
  expect(fake.requests).toHaveLength(4);
  fake.requests.length = 0;
  await store.list({ limit: 1 });
  expect(fake.requests).toHaveLength(2);
});

test("deletes all that a conversation was made of", async () => {
  const { fake, store } = await start();
  for (let version = 0; version < 130; version++) await store.append("c", turn(version, `m${version}`, "secret"));
  fake.requests.length = 0;
  expect(await store.delete("c")).toBe(true);
  // Seven, one for the names, and 132 records in seven transactions.
  expect(fake.requests).toHaveLength(15);
  // A head that says so, and a shard of the index, which may hold others.
  expect(fake.keys().sort()).toEqual(["sluice.conversation.c", expect.stringMatching(/^sluice\.index\.\d+$/)]);
  const head = await fetch(`${fake.url}/v1.0/state/statestore/sluice.conversation.c`);
  expect((await head.text()).length).toBeLessThan(200);
});

describe.each(["atomic", "redis"] as const)("with transactions as in %s", (transactions) => {
  test("of two writers at once one wins and the other is told; nothing of the other stays", async () => {
    const { fake, store } = await start({ transactions });
    await store.append("c", turn(0));
    const [bothRead, seen] = [deferred(), [] as string[]];
    fake.fault = async (request) => {
      if (!isTransaction(request)) return undefined;
      seen.push(request.body);
      if (seen.length === 2) bothRead.resolve();
      await bothRead.promise;
      return undefined;
    };
    const outcomes = await Promise.allSettled([store.append("c", turn(1, "a")), store.append("c", turn(1, "b"))]);
    fake.fault = undefined;
    const winner = outcomes[0]?.status === "fulfilled" ? "a" : "b";
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    const [rejected] = outcomes.filter((outcome) => outcome.status === "rejected");
    expect(rejected?.reason).toMatchObject({ code: "conflict", retryable: true });
    expect(await idsOf(store, "c")).toEqual(["m0", winner]);
    expect(fake.keys().filter((key) => key.includes(".turn."))).toHaveLength(2);
  });

  test("of many who begin a conversation one wins, and it is listed once", async () => {
    const { fake, store } = await start({ transactions });
    const other = new DaprStateStore("statestore", { endpoint: fake.url, env: {} });
    const outcomes = await Promise.allSettled(
      Array.from({ length: 10 }, (_, index) => (index % 2 ? store : other).append("c", turn(0, `w${index}`))),
    );
    const winners = outcomes.flatMap(({ status }, index) => (status === "fulfilled" ? [`w${index}`] : []));
    expect(winners).toHaveLength(1);
    expect(await idsOf(store, "c")).toEqual(winners);
    expect((await store.list()).map(({ id }) => id)).toEqual(["c"]);
  });

  test("a turn whose answer was lost is not told as lost, even where another went on from it", async () => {
    const { fake, store } = await start({ transactions });
    await store.append("c", turn(0));
    let transactionsSeen = 0;
    fake.fault = async (request) => {
      if (!isTransaction(request)) return undefined;
      return transactionsSeen++ === 0 ? "lose-answer" : undefined;
    };
    expect(await store.append("c", turn(1))).toBe(2);
    transactionsSeen = 0;
    const reread = deferred();
    let reads = 0;
    fake.fault = async (request) => {
      if (isTransaction(request)) return transactionsSeen++ === 0 ? "lose-answer" : undefined;
      // The second read of the head is the one after the lost answer.
      if (++reads === 2) {
        reads = Number.NEGATIVE_INFINITY;
        await store.append("c", turn(3));
        reread.resolve();
      }
      return undefined;
    };
    expect(await store.append("c", turn(2))).toBe(3);
    await reread.promise;
    expect(await idsOf(store, "c")).toEqual(["m0", "m1", "m2", "m3"]);
  });

  test("a turn that was not stored is told as that, and can be tried again", async () => {
    const { fake, store } = await start({ transactions });
    await store.append("c", turn(0));
    for (const fault of ["refuse", "forget"] as const) {
      fake.fault = (request) => (isTransaction(request) ? fault : undefined);
      await expect(store.append("c", turn(1))).rejects.toMatchObject({ code: "store-failed", retryable: true });
    }
    fake.fault = undefined;
    expect(await idsOf(store, "c")).toEqual(["m0"]);
    expect(await store.append("c", turn(1))).toBe(2);
  });

  test("a conversation whose beginning broke off is not there, and can be begun", async () => {
    const { fake, store } = await start({ transactions });
    fake.fault = (request) => (isTransaction(request) ? "forget" : undefined);
    await expect(store.append("c", turn(0))).rejects.toMatchObject({ code: "store-failed" });
    fake.fault = undefined;
    expect(await store.load("c")).toBeUndefined();
    expect(await store.list()).toEqual([]);
    expect(await store.delete("c")).toBe(false);
    expect(await store.append("c", turn(0))).toBe(1);
    expect(await store.list()).toHaveLength(1);
  });

  test("a deletion that broke off is over for its readers, and is brought to its end by the next", async () => {
    const { fake, store } = await start({ transactions });
    for (const finish of [() => store.delete("c"), () => store.append("c", turn(0, "new"))]) {
      for (let version = 0; version < 3; version++) await store.append("c", turn(version));
      fake.fault = (request) => (isTransaction(request) ? "refuse" : undefined);
      await expect(store.delete("c")).rejects.toMatchObject({ code: "store-failed" });
      fake.fault = undefined;
      expect(await store.load("c")).toBeUndefined();
      expect(await store.list()).toEqual([]);
      await finish();
    }
    expect(await idsOf(store, "c")).toEqual(["new"]);
    expect(fake.keys().filter((key) => key.includes(".turn."))).toHaveLength(1);
  });

  test("an append meets a deletion: the append is told, and nothing comes back", async () => {
    const { fake, store } = await start({ transactions });
    await store.append("c", turn(0));
    fake.fault = async (request) => {
      if (!isTransaction(request)) return undefined;
      fake.fault = undefined;
      await store.delete("c");
      return undefined;
    };
    await expect(store.append("c", turn(1))).rejects.toMatchObject({ code: "conflict" });
    expect(await store.load("c")).toBeUndefined();
    expect(fake.keys().filter((key) => key.includes(".turn."))).toEqual([]);
    expect(await store.append("c", turn(0))).toBe(1);
  });

  test("an append that lasts while the conversation is deleted and made anew is told", async () => {
    const { fake, store } = await start({ transactions });
    await store.append("c", turn(0));
    fake.fault = async (request) => {
      if (!isTransaction(request)) return undefined;
      fake.fault = undefined;
      await store.delete("c");
      await store.append("c", turn(0, "new"));
      return undefined;
    };
    await expect(store.append("c", turn(1))).rejects.toMatchObject({ code: "conflict" });
    expect(await idsOf(store, "c")).toEqual(["new"]);
  });

  test("a conversation that is made anew while it is deleted stays listed", async () => {
    const { fake, store } = await start({ transactions });
    await store.append("c", turn(0));
    // Once the conversation is gone and before the index is written, somebody begins it again.
    fake.fault = async ({ method, path, body }) => {
      if (method !== "POST" || path !== "/v1.0/state/statestore" || !body.includes(".index.")) return undefined;
      fake.fault = undefined;
      await store.append("c", turn(0, "new"));
      return undefined;
    };
    expect(await store.delete("c")).toBe(true);
    expect((await store.list()).map(({ id }) => id)).toEqual(["c"]);
    expect(await idsOf(store, "c")).toEqual(["new"]);
  });
});

test("keeps ids and texts whole, whatever is in them", async () => {
  const { fake, store } = await start();
  const ids = ["a/b||c", "a=2Fb", "ä ö", ".", "..", "{x}", "%2F", "A", "a", "'()*!~"];
  for (const id of ids) await store.append(id, turn(0, "m", `${id} \u0000 \ud800 <&>`));
  expect((await store.list()).map(({ id }) => id).sort()).toEqual([...ids].sort());
  for (const id of ids) {
    expect((await store.load(id))?.messages[0]?.message.content).toBe(`${id} \u0000 \ud800 <&>`);
  }
  for (const key of fake.keys()) expect(key).toMatch(/^[A-Za-z0-9_.=-]+$/);
  await expect(store.load("\ud800")).rejects.toMatchObject({ code: "invalid-argument", field: "id" });
});

test("says which store cannot keep conversations, and why", async () => {
  const none = await start({ transactions: "none" });
  await expect(none.store.append("c", turn(0))).rejects.toMatchObject({
    code: "unsupported",
    message: expect.stringContaining("state store statestore doesn't support transactions"),
  });
  expect(await none.store.load("c")).toBeUndefined();
  const blind = await start({ withoutEtags: true });
  await expect(blind.store.append("c", turn(0))).rejects.toMatchObject({
    code: "unsupported",
    message: expect.stringContaining("no ETags"),
  });
  const missing = new DaprStateStore("other", { endpoint: none.fake.url, env: {} });
  await expect(missing.load("c")).rejects.toMatchObject({
    code: "store-failed",
    retryable: false,
    providerCode: "ERR_STATE_STORE_NOT_FOUND",
  });
});

test("says that a record of a conversation is missing", async () => {
  const { fake, store } = await start();
  await store.append("c", turn(0));
  const key = fake.keys().find((name) => name.includes(".turn.")) ?? "";
  await fetch(`${fake.url}/v1.0/state/statestore/${key}`, { method: "DELETE" });
  await expect(store.load("c")).rejects.toMatchObject({ code: "store-failed", message: expect.stringContaining(key) });
});

test("finds daprd and its token in the environment, and says when nobody is there", async () => {
  const fake = await startFakeDaprState({ apiToken: "s3cret" });
  running.push(fake);
  const port = new URL(fake.url).port;
  const byPort = new DaprStateStore("statestore", { env: { DAPR_HTTP_PORT: port, DAPR_API_TOKEN: "s3cret" } });
  await byPort.append("c", turn(0));
  const byUrl = new DaprStateStore("statestore", { env: { DAPR_HTTP_ENDPOINT: `${fake.url}/` }, apiToken: "s3cret" });
  expect(await idsOf(byUrl, "c")).toEqual(["m0"]);
  const nobody = new DaprStateStore("statestore", { endpoint: fake.url, env: {} });
  await expect(nobody.load("c")).rejects.toMatchObject({ code: "store-failed", status: 401 });
  await fake.stop();
  running.length = 0;
  await expect(byPort.load("c")).rejects.toMatchObject({ code: "store-failed", retryable: true });
  expect(() => new DaprStateStore("statestore", { endpoint: "localhost:3500", env: {} })).toThrow("endpoint");
});

test("says when something else answers than a daprd, and which options it does not know", async () => {
  const server = createServer((_, response) => response.writeHead(200, { etag: "1" }).end("<html>"));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const store = new DaprStateStore("statestore", { endpoint: `http://127.0.0.1:${port}`, env: {} });
  const works = [() => store.load("c"), () => store.list(), () => store.append("c", turn(0)), () => store.delete("c")];
  for (const work of works) {
    const message = "Dapr state store statestore: the answer is none of daprd's: <html>";
    await expect(work()).rejects.toMatchObject({ code: "store-failed", retryable: false, message });
  }
  await new Promise((resolve) => server.close(resolve));
  expect(() => new DaprStateStore("")).toThrow("store: found");
  expect(() => new DaprStateStore("s", { prefx: "a" } as DaprStateStoreOptions)).toThrow("prefx: found");
});

test("sends what the component needs with every call", async () => {
  const { fake } = await start();
  const store = new DaprStateStore("statestore", { endpoint: fake.url, env: {}, metadata: { partitionKey: "p 1" } });
  await store.append("c", turn(0));
  await store.load("c");
  await store.list();
  await store.delete("c");
  expect(fake.requests.map(({ query }) => query.get("metadata.partitionKey"))).toEqual(fake.requests.map(() => "p 1"));
});
