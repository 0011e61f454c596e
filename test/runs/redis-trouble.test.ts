import { Redis } from "ioredis";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { RedisRunLog } from "../../src/runs/redis-run-log.js";
import { freePort } from "../support/free-port.js";
import { type LocalServer, startRedis } from "../support/local-server.js";
import { FINISH, readAll, START, say } from "./run-log-contract.js";

const HEARTBEAT_MS = 200;
const port = await freePort();
const url = `redis://127.0.0.1:${port}`;
const first = await startRedis(port);
await first?.stop();

describe.skipIf(first === undefined)("a Redis that is in trouble", () => {
  let redis: LocalServer | undefined;
  let client: Redis;
  let log: RedisRunLog;
  let other: RedisRunLog;
  beforeEach(async () => {
    redis = await startRedis(port);
    client = new Redis(url);
    client.on("error", () => {});
    const open = () => RedisRunLog.open({ url, heartbeatMs: HEARTBEAT_MS, collectMs: 1 });
    [log, other] = [await open(), await open()];
  });
  afterEach(async () => {
    await Promise.all([log.close(), other.close()]);
    client.disconnect();
    await redis?.stop();
  });

  /** A run that has begun, and another that it follows. */
  const second = async () => {
    const before = await log.open("a");
    before.append([START, FINISH]);
    await before.flushed();
    const writer = await log.open("b", { follows: "a" });
    writer.append([START]);
    await writer.flushed();
    return writer;
  };
  /** That everything is as it should be again. */
  const works = async (run: string) => {
    const writer = await log.open(run, { follows: "b" });
    writer.append([START, FINISH]);
    await writer.flushed();
    expect((await readAll(await other.read(run))).events).toEqual([START, FINISH]);
  };

  /** Reads the second one elsewhere, from when it resolves. */
  const readElsewhere = async () => {
    const reader = await other.read("b");
    return { end: readAll(reader).catch((error: unknown) => error) };
  };

  test("that was flushed ends what was written, and says that it is gone", async () => {
    const writer = await second();
    const reading = await readElsewhere();
    await client.flushall();
    writer.append([say("more")]);
    await expect(writer.flushed()).rejects.toMatchObject({ code: "store-failed", retryable: true });
    await expect(writer.flushed()).rejects.toThrow("not there any more");
    expect(await reading.end).toMatchObject({ code: "run-expired" });
    await works("c");
  });

  test("that began anew with nothing ends what was written, and serves what comes", async () => {
    const writer = await second();
    const reading = await readElsewhere();
    const begun = other.begun("c", new AbortController().signal);
    await redis?.stop();
    redis = await startRedis(port);
    writer.append([say("more")]);
    await expect(writer.flushed()).rejects.toThrow("not there any more");
    expect(await reading.end).toMatchObject({ code: "run-expired" });
    await works("c");
    await begun;
  });

  test("that is full ends a run where more of it cannot be stored, and tells its readers why", async () => {
    const writer = await second();
    const reading = await readElsewhere();
    await client.config("SET", "maxmemory", "1");
    writer.append([say("more")]);
    await expect(writer.flushed()).rejects.toMatchObject({ code: "store-failed" });
    expect(await reading.end).toMatchObject({ events: [START], error: { code: "store-failed" } });
    await expect(log.open("c")).rejects.toMatchObject({ code: "store-failed", retryable: true });
    await client.config("SET", "maxmemory", "0");
    await works("d");
  });

  test("that is full leaves a run alive which stores nothing, stops it, and stores its end", async () => {
    const writer = await second();
    let reason: string | undefined;
    writer.onStopped = (error) => {
      reason = error.message;
      writer.fail(error);
    };
    const reading = await readElsewhere();
    await client.config("SET", "maxmemory", "1");
    const beats = async () => Number((await client.info("commandstats")).match(/cmdstat_set:calls=(\d+)/)?.[1]);
    const before = await beats();
    await expect.poll(beats).toBeGreaterThan(before + 8);
    expect(await other.stop("b", "that is enough")).toBe(true);
    expect(await reading.end).toMatchObject({ events: [START], error: { code: "cancelled" } });
    expect(reason).toBe("that is enough");
  });

  test("that is full still ends the run of a process that is gone", async () => {
    await second();
    await client.config("SET", "maxmemory", "1");
    const reading = await readElsewhere();
    await log.close();
    expect(await reading.end).toMatchObject({ events: [START], error: { code: "run-lost" } });
  });

  test("that takes nothing at all ends the readers of a run whose process is gone", async () => {
    await second();
    const reading = await readElsewhere();
    await client.config("SET", "min-replicas-to-write", "1");
    await log.close();
    expect(await reading.end).toMatchObject({
      code: "store-failed",
      message: expect.stringContaining("NOREPLICAS"),
    });
  });
});
