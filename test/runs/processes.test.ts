import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Redis } from "ioredis";
import { afterAll, describe, expect, test } from "vitest";
import { RedisRunLog } from "../../src/runs/redis-run-log.js";
import type { ChatEvent } from "../../src/stream/chat-event.js";
import { BARE_ENV, ROOT } from "../e2e/run.js";
import { startRedis } from "../support/local-server.js";
import { FINISH, readAll, readUntil, START } from "./run-log-contract.js";

/** A writer is lost that gave no sign of life for one and a half of these: no busy machine holds it up for as long. */
const HEARTBEAT_MS = 3_000;

const redis = await startRedis();
const url = redis?.url ?? "";
afterAll(() => redis?.stop());

/** A process that writes a run of numbers; the built package does. */
async function startWriter(
  run: string,
  { announces = "", follows = "" } = {},
): Promise<{ child: ChildProcess; line: () => Promise<string> }> {
  const args = [join(ROOT, "test", "runs", "run-writer.mjs"), url, run, String(HEARTBEAT_MS), announces, follows];
  const child = spawn(process.execPath, args, { cwd: ROOT, env: BARE_ENV, stdio: ["ignore", "pipe", "inherit"] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const line = async () => String((await lines.next()).value);
  expect(await line()).toBe("begun");
  return { child, line };
}

const textOf = (events: readonly ChatEvent[]) =>
  events.map((event) => (event.type === "text-delta" ? event.text : "")).join("");
const counted = (n: number) => Array.from({ length: n }, (_, i) => `${i} `).join("");

describe.skipIf(redis === undefined)("a run that another process writes", () => {
  const open = () => RedisRunLog.open({ url, heartbeatMs: HEARTBEAT_MS });

  test("ends for every reader with a typed error when its writer is killed, and keeps what was written", async () => {
    const { child } = await startWriter("killed");
    const [b, c] = [await open(), await open()];
    const readers = [await b.read("killed"), await b.read("killed"), await c.read("killed")];
    const reading = readers.map((reader) => readAll(reader));
    await readUntil(await b.read("killed"), "50 ");
    child.kill("SIGKILL");
    const ends = await Promise.all(reading);
    const [first] = ends;
    for (const { events, numbers, error } of ends) {
      expect(error).toMatchObject({ code: "run-lost", retryable: true });
      expect(events).toEqual(first?.events);
      expect(numbers).toEqual(events.map((_, i) => i));
    }
    const written = (first?.events.length ?? 1) - 1;
    expect(written).toBeGreaterThanOrEqual(50);
    expect(textOf(first?.events ?? [])).toBe(counted(written));
    // Whoever comes later, and from wherever, reads the same.
    const late = await readAll(await c.read("killed", { after: 20 }));
    expect(late.events).toEqual(first?.events.slice(21));
    expect(late.error).toMatchObject({ code: "run-lost" });
    // A client that had seen more than was logged is told as well.
    const ahead = await readAll(await c.read("killed", { after: written + 100 }));
    expect(ahead).toMatchObject({ events: [], error: { code: "run-lost" } });
    await Promise.all([b.close(), c.close()]);
  });

  test("ends within two heartbeats of its writer's death although nobody reads it", async () => {
    const { child } = await startWriter("alone");
    const log = await open();
    child.kill("SIGKILL");
    await expect.poll(async () => (await log.find("alone"))?.state, { timeout: 4 * HEARTBEAT_MS }).toBe("failed");
    expect((await readAll(await log.read("alone"))).error).toMatchObject({ code: "run-lost", retryable: true });
    await log.close();
  });

  test("is not written any more by a process that was stopped, taken for dead, and woke up again", async () => {
    const { child, line } = await startWriter("frozen");
    const log = await open();
    const reader = await log.read("frozen");
    await readUntil(reader, "20 ");
    child.kill("SIGSTOP");
    expect((await readAll(reader)).error).toMatchObject({ code: "run-lost" });
    const record = await log.find("frozen");
    child.kill("SIGCONT");
    expect(await line()).toBe("ended conflict");
    await once(child, "close");
    expect(await log.find("frozen")).toEqual(record);
    await log.close();
  });

  test("is followed by another although its process was stopped in the midst of a chain, and wakes up again", async () => {
    const [log, client] = [await open(), new Redis(url)];
    const whole = async (run: string, follows?: string) => {
      const writer = await log.open(run, follows === undefined ? {} : { follows });
      writer.append([START, FINISH]);
      await writer.flushed();
    };
    await whole("t1");
    const { child, line } = await startWriter("t2", { follows: "t1" });
    child.kill("SIGSTOP");
    expect((await readAll(await log.read("t2"))).error).toMatchObject({ code: "run-lost" });
    await whole("t3", "t2");
    child.kill("SIGCONT");
    expect(await line()).toBe("ended conflict");
    await once(child, "close");
    await whole("t4", "t3");
    expect((await client.smembers("sluice:chain:t1")).sort()).toEqual(["t1", "t2", "t3", "t4"]);
    const left = await Promise.all(["t1", "t2", "t3", "t4"].map((run) => client.pttl(`{sluice:run:${run}}:known`)));
    expect(Math.max(...left) - Math.min(...left)).toBeLessThan(1_000);
    client.disconnect();
    await log.close();
  });

  test("has its end announced by another where its writer is killed before it has done so", async () => {
    const { child, line } = await startWriter("announced", { announces: "announces" });
    const log = await open();
    const announced: string[] = [];
    log.onEnded = async (run) => void announced.push(run);
    const reader = await log.read("announced");
    await readUntil(reader, "20 ");
    await log.stop("announced");
    expect((await readAll(reader)).error).toMatchObject({ code: "cancelled" });
    expect([await line(), await line()].toSorted()).toEqual(["announcing", "ended cancelled"]);
    expect(announced).toEqual([]);
    child.kill("SIGKILL");
    await expect.poll(() => announced, { timeout: 4 * HEARTBEAT_MS }).toEqual(["announced"]);
    await log.close();
  });

  test("is stopped from here, and read to its end elsewhere", async () => {
    const { child, line } = await startWriter("stopped");
    const [b, c] = [await open(), await open()];
    const reader = await b.read("stopped");
    await readUntil(reader, "20 ");
    expect(await c.stop("stopped", "that is enough")).toBe(true);
    expect((await readAll(reader)).error).toMatchObject({ code: "cancelled", message: "that is enough" });
    expect(await line()).toBe("ended cancelled");
    await once(child, "close");
    await Promise.all([b.close(), c.close()]);
  });
});
