import { afterEach, describe, expect, test, vi } from "vitest";
import type { ChatEvent } from "../stream/chat-event.js";
import { ChatStream } from "../stream/chat-stream.js";
import { MemoryRunLog } from "./memory-run-log.js";
import { startRun } from "./start-run.js";

const START: ChatEvent = { type: "start", id: "a", model: "m" };
const FINISH: ChatEvent = { type: "finish", reason: "stop", usage: {} };
const say = (text: string): ChatEvent => ({ type: "text-delta", text });

afterEach(() => vi.useRealTimers());

/** A stream of `events` pieces of 1,000 characters, and how many were asked for. */
function long(events: number): { stream: ChatStream; asked: () => number } {
  let asked = 0;
  function* all() {
    yield START;
    for (; asked < events; asked++) yield say("x".repeat(1_000));
    yield FINISH;
  }
  return { stream: ChatStream.from(all()), asked: () => asked };
}

/** Gives everything that is ready its turn. */
async function settle(): Promise<void> {
  for (let i = 0; i < 50; i++) await new Promise(setImmediate);
}

test("the only reader sets the pace; a second one frees the writer from the slower of them", async () => {
  const log = new MemoryRunLog();
  const { stream, asked } = long(1_000);
  const run = await startRun(log, stream);
  const slow = run.read();
  await slow.next();
  await settle();
  expect(asked()).toBeLessThan(100);
  const fast = await log.read(run.id);
  while ((await fast.next()) !== undefined);
  expect(asked()).toBe(1_000);
  // The slow one has lost nothing, since all of it is still kept.
  let text = 0;
  for (let entry = await slow.next(); entry !== undefined; entry = await slow.next()) {
    for (const event of "events" in entry ? entry.events : [])
      if (event.type === "text-delta") text += event.text.length;
  }
  expect(text).toBe(1_000_000);
});

test("a run that nobody reads goes on, keeps to its share of bytes, and tells who comes too late", async () => {
  const log = new MemoryRunLog({ maxRunBytes: 100_000 });
  const { stream } = long(1_000);
  const run = await startRun(log, stream, { attended: false });
  const reader = run.read();
  await reader.next();
  expect((await run.done).error).toBeUndefined();
  const read = async () => {
    while ((await reader.next()) !== undefined);
  };
  await expect(read()).rejects.toMatchObject({ code: "run-expired" });
  await expect(log.read(run.id)).rejects.toMatchObject({ code: "run-expired" });
  const first = (await log.find(run.id))?.first ?? 0;
  expect(first).toBeGreaterThan(800);
  const late = await log.read(run.id, { after: first - 1 });
  expect(await late.next()).toMatchObject({ seq: first });
});

test("when its last reader leaves, a run stops or goes on, as was asked", async () => {
  const log = new MemoryRunLog();
  const [stopping, going] = [long(1_000), long(1_000)];
  const first = await startRun(log, stopping.stream);
  first.read().cancel();
  expect((await first.done).error).toMatchObject({ code: "cancelled" });
  expect(stopping.asked()).toBeLessThan(100);
  const second = await startRun(log, going.stream, { onLeave: "continue" });
  second.read().cancel();
  expect((await second.done).error).toBeUndefined();
  expect(going.asked()).toBe(1_000);
});

test("a run is stopped even while it waits for a reader that does not read", async () => {
  const log = new MemoryRunLog();
  const { stream, asked } = long(1_000);
  const run = await startRun(log, stream);
  const reader = run.read();
  await settle();
  expect(await log.stop(run.id, "enough")).toBe(true);
  expect((await run.done).error).toMatchObject({ code: "cancelled", message: "enough" });
  expect(asked()).toBeLessThan(100);
  let last: unknown;
  for (let entry = await reader.next(); entry !== undefined; entry = await reader.next()) last = entry;
  expect(last).toMatchObject({ error: { code: "cancelled" } });
});

test("runs that have ended go when their time is over, or their share of memory is needed", async () => {
  vi.useFakeTimers({ toFake: ["Date"] });
  const log = new MemoryRunLog({ keepMs: 1_000, maxEndedBytes: 100_000 });
  for (let i = 0; i < 10; i++) {
    const { done } = await startRun(log, long(20).stream, { run: `r${i}`, attended: false, thread: `t${i}` });
    await done;
  }
  expect(log.size).toBeLessThan(6);
  expect(await log.find("r0")).toBeUndefined();
  expect(await log.newestOf("t0")).toBeUndefined();
  expect(await log.newestOf("t9")).toBe("r9");
  vi.setSystemTime(Date.now() + 1_001);
  log.sweep();
  expect(log.size).toBe(0);
});

test.each([[{ keepMs: -1 }], [{ maxRunBytes: "many" }], [{ keepSeconds: 3 }]])("refuses %j", (options) => {
  expect(() => new MemoryRunLog(options as object)).toThrow(expect.objectContaining({ code: "invalid-argument" }));
});

describe("runs that follow one another", () => {
  /** Opens a run, and gives what ends it. */
  async function begin(log: MemoryRunLog, run: string, follows?: string, text = "") {
    const writer = await log.open(run, follows === undefined ? {} : { follows });
    return () => writer.append([START, say(text), FINISH]);
  }
  const kept = async (log: MemoryRunLog, ...runs: string[]) => {
    const found = await Promise.all(runs.map(async (run) => ((await log.find(run)) === undefined ? [] : [run])));
    return found.flat();
  };

  test("are kept until the last of them has ended and is old, then forgotten together", async () => {
    vi.useFakeTimers();
    const log = new MemoryRunLog({ keepMs: 1_000 });
    (await begin(log, "first"))();
    (await begin(log, "other"))();
    vi.advanceTimersByTime(600);
    const endSecond = await begin(log, "second", "first");
    vi.advanceTimersByTime(5_000);
    expect(await kept(log, "first", "other")).toEqual(["first"]);
    endSecond();
    vi.advanceTimersByTime(600);
    (await begin(log, "third", "second"))();
    vi.advanceTimersByTime(999);
    expect(await kept(log, "first", "second", "third")).toEqual(["first", "second", "third"]);
    vi.advanceTimersByTime(1);
    expect(await kept(log, "first", "second", "third")).toEqual([]);
    expect(log.size).toBe(0);
  });

  test("go as one where there is too much, first those to which nothing happened for longest", async () => {
    const log = new MemoryRunLog({ maxEndedBytes: 10_000 });
    (await begin(log, "a1", undefined, "x".repeat(3_000)))();
    const endA2 = await begin(log, "a2", "a1", "x".repeat(3_000));
    (await begin(log, "b1", undefined, "x".repeat(3_000)))();
    (await begin(log, "b2", "b1", "x".repeat(3_000)))();
    expect(await kept(log, "a1", "a2", "b1", "b2")).toEqual(["a1", "a2", "b1", "b2"]);
    endA2();
    // What ended last stays, and what it follows with it.
    expect(await kept(log, "a1", "a2", "b1", "b2")).toEqual(["a1", "a2"]);
    await begin(log, "a3", "a2");
    (await begin(log, "c", undefined, "x".repeat(9_000)))();
    expect(await kept(log, "a1", "a2", "a3", "c")).toEqual(["a3", "c"]);
  });

  test("may follow one that is not kept, or is forgotten meanwhile", async () => {
    const log = new MemoryRunLog();
    (await begin(log, "later", "no-such-run"))();
    expect(await kept(log, "later")).toEqual(["later"]);
    const end = await begin(log, "next", "later");
    expect(await log.forget("later")).toBe(true);
    expect(await log.forget("next")).toBe(false);
    end();
    expect(await log.forget("next")).toBe(true);
    expect(log.size).toBe(0);
  });
});
