import { afterAll, describe, expect, test } from "vitest";
import { MemoryRunLog } from "../../src/runs/memory-run-log.js";
import { RedisRunLog } from "../../src/runs/redis-run-log.js";
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
});
