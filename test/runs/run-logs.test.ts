import { Redis } from "ioredis";
import { afterAll, describe, expect, test } from "vitest";
import { MemoryRunLog } from "../../src/runs/memory-run-log.js";
import { RedisRunLog } from "../../src/runs/redis-run-log.js";
import { deferred } from "../support/deferred.js";
import { startRedis } from "../support/local-server.js";
import { FINISH, readAll, runLogContract, START, say } from "./run-log-contract.js";

const memory = new MemoryRunLog();
runLogContract("memory", async () => memory);

const redis = await startRedis();
describe.skipIf(redis === undefined)("on a real server", () => {
  afterAll(() => redis?.stop());
  const open = (settings = {}) => RedisRunLog.open({ url: redis?.url ?? "", ...settings });
  runLogContract("Redis", open);

  test("what is published while a reader is at something else is read from the log", async () => {
    const [log, other] = [await open(), await open()];
    const writer = await log.open("many");
    const reader = await other.read("many");
    const first = reader.next();
    writer.append([START]);
    await first;
    // More entries than are kept for a reader: each is one, since they are written one after the other.
    for (let i = 0; i < 100; i++) {
      writer.append([say(`${i} `)]);
      if (i % 10 === 9) await writer.flushed();
    }
    writer.append([FINISH]);
    await writer.flushed();
    const { events } = await readAll(reader);
    expect(events).toEqual([...Array.from({ length: 100 }, (_, i) => say(`${i} `)), FINISH]);
    await Promise.all([log.close(), other.close()]);
  });

  test("a run that grows beyond its share loses its beginning, and who needs it is told", async () => {
    const [log, other] = [await open({ maxRunBytes: 5_000, collectMs: 1 }), await open()];
    const writer = await log.open("long");
    for (let i = 0; i < 30; i++) {
      writer.append([i === 0 ? START : say("x".repeat(500))]);
      await writer.flushed();
    }
    const record = await other.find("long");
    expect(record?.first).toBeGreaterThan(10);
    const behind = await other.read("long", { after: 3 });
    await expect(behind.next()).rejects.toMatchObject({ code: "run-expired" });
    const near = await other.read("long", { after: (record?.first ?? 0) - 1 });
    expect(await near.next()).toMatchObject({ seq: record?.first });
    near.cancel();
    writer.append([FINISH]);
    await writer.flushed();
    await Promise.all([log.close(), other.close()]);
  });

  test("a run keeps those that it follows, while it goes on and when it has ended", async () => {
    const log = await open({ keepMs: 60_000, heartbeatMs: 100 });
    const other = await open({ keepMs: 60_000 });
    const client = new Redis(redis?.url ?? "");
    const keysOfRun = (run: string) => [`{sluice:run:${run}}:log`, `{sluice:run:${run}}:known`];
    /** As if so much time had passed that little of the run's is left. */
    const age = (run: string) =>
      Promise.all([...keysOfRun(run), "sluice:chain:f1"].map((key) => client.pexpire(key, 20_000)));
    const isFresh = async (run: string) => {
      const left = await Promise.all(keysOfRun(run).map((key) => client.pttl(key)));
      return left.every((ms) => ms > 40_000);
    };
    for (const [run, follows] of [["f1"], ["f2", "f1"]] as const) {
      const writer = await log.open(run, follows === undefined ? {} : { follows });
      writer.append([START, FINISH]);
      await writer.flushed();
      await age(run);
    }
    const writer = await other.open("f3", { follows: "f2" });
    expect([await isFresh("f1"), await isFresh("f2")]).toEqual([true, true]);
    await age("f1");
    writer.append([START, FINISH]);
    await writer.flushed();
    expect(await isFresh("f1")).toBe(true);
    await log.open("f4", { follows: "f3" });
    await age("f1");
    await expect.poll(() => isFresh("f1")).toBe(true);
    client.disconnect();
    await Promise.all([log.close(), other.close()]);
  });

  test("a long chain takes what its runs take, and no more for each that follows", async () => {
    const log = await open({ prefix: "chain", collectMs: 1 });
    const client = new Redis(redis?.url ?? "");
    const sizes: number[] = [];
    for (let i = 0; i < 60; i++) {
      const writer = await log.open(`c${i}`, i === 0 ? {} : { follows: `c${i - 1}` });
      writer.append([START, FINISH]);
      await writer.flushed();
      sizes.push(Number(await client.memory("USAGE", `{chain:run:c${i}}:known`)));
    }
    expect(sizes[59]).toBeLessThanOrEqual((sizes[2] ?? 0) + 16);
    client.disconnect();
    await log.close();
  });

  test("what a turn costs does not grow with the turns before it", async () => {
    const log = await open({ prefix: "turns", collectMs: 1 });
    const client = new Redis(redis?.url ?? "");
    const calls = async () => Number((await client.info("commandstats")).match(/cmdstat_pexpire:calls=(\d+)/)?.[1]);
    const costs: number[] = [];
    for (let i = 0; i < 60; i++) {
      const before = await calls();
      const writer = await log.open(`r${i}`, i === 0 ? {} : { follows: `r${i - 1}` });
      writer.append([START, FINISH]);
      await writer.flushed();
      costs.push((await calls()) - before);
    }
    expect(costs[59]).toBeLessThanOrEqual(costs[2] ?? 0);
    client.disconnect();
    await log.close();
  });

  test("a turn whose process died as it began leaves nothing for ever, and those behind it are kept with the chain", async () => {
    const log = await open({ prefix: "begun", keepMs: 60_000, collectMs: 1 });
    const client = new Redis(redis?.url ?? "");
    const run = async (name: string, follows?: string) => {
      const writer = await log.open(name, follows === undefined ? {} : { follows });
      writer.append([START, FINISH]);
      await writer.flushed();
    };
    await run("a");
    await run("b", "a");
    // As if it had died between the two: the second run is there, and in no chain yet.
    await client.del("begun:chain:a");
    await client.pexpire("{begun:run:a}:known", 20_000);
    await run("c", "b");
    expect((await client.smembers("begun:chain:a")).sort()).toEqual(["a", "b", "c"]);
    expect(await client.pttl("{begun:run:a}:known")).toBeGreaterThan(40_000);
    expect(await client.pttl("begun:chain:a")).toBeGreaterThan(0);
    client.disconnect();
    await log.close();
  });

  test("a chain is kept with its forks, without what was forgotten of it, and its end for longest", async () => {
    const log = await open({ prefix: "forked", keepMs: 60_000, collectMs: 1 });
    const client = new Redis(redis?.url ?? "");
    const run = async (name: string, follows?: string) => {
      const writer = await log.open(name, follows === undefined ? {} : { follows });
      writer.append([START, FINISH]);
      await writer.flushed();
    };
    await run("a");
    await run("b", "a");
    await run("c", "a");
    await log.forget("b");
    await run("d", "c");
    expect((await client.smembers("forked:chain:a")).sort()).toEqual(["a", "c", "d"]);
    // In one step, within which no time passes.
    const ends = ["a", "c", "d"].map((name) => `redis.call("PTTL", "{forked:run:${name}}:known")`);
    const [a, c, d] = (await client.eval(`return {${ends.join(", ")}}`, 0)) as number[];
    expect(d).toBeGreaterThanOrEqual(Math.max(a ?? 0, c ?? 0));
    await run("e", "nobody");
    expect(await client.hexists("{forked:run:e}:known", "chain")).toBe(0);
    client.disconnect();
    await log.close();
  });

  test("an end that cannot be announced is tried again, three times in all", async () => {
    const log = await open({ prefix: "again", heartbeatMs: 20 });
    let tries = 0;
    log.onEnded = () => {
      tries++;
      return Promise.reject(new Error("out of reach"));
    };
    const writer = await log.open("a", { announced: true });
    writer.append([START, FINISH]);
    await writer.flushed();
    const client = new Redis(redis?.url ?? "");
    await expect.poll(() => client.hexists("{again:run:a}:known", "announced")).toBe(0);
    expect(tries).toBe(3);
    client.disconnect();
    await log.close();
  });

  test("an end whose process died before it was announced is announced by another, of which three may die", async () => {
    const opened = () => open({ prefix: "died", heartbeatMs: 100 });
    const heard: string[] = [];
    /** One that dies of it: its announcement never ends. */
    const dying = async (name: string) => {
      const log = await opened();
      const taken = deferred();
      log.onEnded = () => {
        heard.push(name);
        taken.resolve();
        return new Promise(() => {});
      };
      return { log, taken: taken.promise };
    };
    const [first, second, third] = [await dying("first"), await dying("second"), await dying("third")];
    const writer = await first.log.open("a", { announced: true });
    writer.append([START, FINISH]);
    await writer.flushed();
    await first.taken;
    await first.log.close();
    await Promise.race([second.taken, third.taken]);
    const [next, last] = heard.at(-1) === "second" ? [second, third] : [third, second];
    await next.log.close();
    await last.taken;
    await last.log.close();
    const survivor = await opened();
    survivor.onEnded = async (run) => void heard.push(`survivor ${run}`);
    const client = new Redis(redis?.url ?? "");
    await expect.poll(() => client.hexists("{died:run:a}:known", "announced")).toBe(0);
    await expect.poll(() => client.smembers("died:writers")).toHaveLength(1);
    expect(heard.toSorted()).toEqual(["first", "second", "third"]);
    client.disconnect();
    await survivor.close();
  });

  test("what one process is announcing is announced by nobody else, and by nobody again", async () => {
    const [log, other] = [
      await open({ prefix: "once", heartbeatMs: 50 }),
      await open({ prefix: "once", heartbeatMs: 50 }),
    ];
    const heard: string[] = [];
    const gate = deferred();
    log.onEnded = async (run) => {
      heard.push(run);
      await gate.promise;
    };
    other.onEnded = async (run) => void heard.push(`other ${run}`);
    const writer = await log.open("a", { announced: true });
    writer.append([START, FINISH]);
    await writer.flushed();
    const client = new Redis(redis?.url ?? "");
    // Some signs of life later it is still the first one's.
    const beats = async () => Number((await client.info("commandstats")).match(/cmdstat_smembers:calls=(\d+)/)?.[1]);
    const before = await beats();
    await expect.poll(beats).toBeGreaterThan(before + 20);
    gate.resolve();
    await expect.poll(() => client.hexists("{once:run:a}:known", "announced")).toBe(0);
    await log.close();
    await expect.poll(() => client.smembers("once:writers")).toHaveLength(1);
    expect(heard).toEqual(["a"]);
    client.disconnect();
    await other.close();
  });
});
