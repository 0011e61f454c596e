import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { defineModel } from "../../src/models/define-model.js";
import { scripted } from "../../src/models/scripted.js";
import { RedisRunLog } from "../../src/runs/redis-run-log.js";
import { createServer } from "../../src/server/create-server.js";
import type { RunLogEntry } from "../../src/server/request-log.js";
import { BARE_ENV, ROOT } from "../e2e/run.js";
import { startRedis } from "../support/local-server.js";
import { readRun } from "./read-run.js";
import { type Serving, serve } from "./serve.js";

const HEARTBEAT_MS = 600;
const redis = await startRedis();
const url = redis?.url ?? "";
afterAll(() => redis?.stop());

/** A process whose models begin and never end. */
async function startReplica(): Promise<{ child: ChildProcess; base: string }> {
  const args = [join(ROOT, "test", "server", "replica.mjs"), url, String(HEARTBEAT_MS)];
  const child = spawn(process.execPath, args, { cwd: ROOT, env: BARE_ENV, stdio: ["ignore", "pipe", "inherit"] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return { child, base: String((await lines.next()).value) };
}

describe.skipIf(redis === undefined)("a replica whose process is killed", () => {
  const asked: string[] = [];
  const booked: RunLogEntry[] = [];
  const whole = (id: string) =>
    defineModel({
      id,
      *stream({ messages }) {
        asked.push(`${id} ${JSON.stringify(messages)}`);
        yield "Once upon a time.";
        yield { type: "usage", usage: { inputTokens: 3, outputTokens: 5 } };
      },
    });
  let serving: Serving;
  let log: RedisRunLog;
  let other: RedisRunLog;
  beforeAll(async () => {
    [log, other] = (await Promise.all([1, 2].map(() => RedisRunLog.open({ url, heartbeatMs: HEARTBEAT_MS })))) as [
      RedisRunLog,
      RedisRunLog,
    ];
    serving = await serve({
      models: Object.fromEntries(["story", "mute", "calling", "proud"].map((id) => [id, whole(id)])),
      takeover: ["story", "mute", "calling"],
      onRun: (entry) => booked.push(entry),
      log,
    });
  });
  afterAll(async () => {
    await serving?.close();
    await Promise.all([log?.close(), other?.close()]);
  });

  /** Begins a run there, reads it here, and kills the process when some of it is read. */
  async function lose(model: string, until: string) {
    const { child, base } = await startReplica();
    const body = JSON.stringify({ model, background: true, messages: [{ role: "user", content: "Tell me." }] });
    const begun = await fetch(`${base}/v1/runs`, { method: "POST", body });
    const { run } = (await begun.json()) as { run: string };
    // It is in the log before the process goes.
    await readRun(await fetch(`${serving.url}/v1/runs/${run}/stream`), until);
    const reading = readRun(await fetch(`${serving.url}/v1/runs/${run}/stream`));
    child.kill("SIGKILL");
    return { ...(await reading), run };
  }

  /** A run is over in the log before it is booked. */
  async function isBooked(run: string) {
    const entry = { model: "story", caller: "local", usage: { outputTokens: 5 } };
    await expect.poll(() => booked.find((one) => one.run === run)).toMatchObject(entry);
  }

  test("leaves an answer that another asks for again: the output so far is void, and the whole follows", async () => {
    const { run, events, error } = await lose("story", "text-delta");
    expect(error).toBeUndefined();
    const kinds = events.map(({ type }) => type);
    const retracted = kinds.indexOf("retract");
    expect(kinds.slice(0, retracted)).toEqual(["start", "text-delta"]);
    expect(events.slice(retracted + 1)).toMatchObject([
      { type: "start", model: "story" },
      { type: "text-delta", text: "Once upon a time." },
      { type: "usage" },
      { type: "finish", usage: { outputTokens: 5 } },
    ]);
    expect(asked.filter((one) => one.startsWith("story"))).toEqual([expect.stringContaining("Tell me.")]);
    await isBooked(run);
    // Whoever comes later, from anywhere, reads the same.
    expect((await readRun(await fetch(`${serving.url}/v1/runs/${run}/stream?after=1`))).events).toEqual(
      events.slice(2),
    );
    expect(await other.find(run)).toMatchObject({ state: "finished", next: events.length });
  });

  test("leaves an answer in the background that another asks for again although nobody reads it", async () => {
    const { child, base } = await startReplica();
    const body = JSON.stringify({ model: "story", background: true, messages: [{ role: "user", content: "Alone." }] });
    const { run } = (await (await fetch(`${base}/v1/runs`, { method: "POST", body })).json()) as { run: string };
    child.kill("SIGKILL");
    await expect.poll(async () => (await other.find(run))?.state).toBe("finished");
    expect(asked.filter((one) => one.includes("Alone."))).toHaveLength(1);
    await isBooked(run);
  });

  test("leaves an answer that was for its client alone lost, where nobody reads it", async () => {
    const { child, base } = await startReplica();
    const body = JSON.stringify({ model: "story", stream: true, messages: [{ role: "user", content: "Gone." }] });
    const answered = await fetch(`${base}/v1/chat/completions`, { method: "POST", body });
    const run = answered.headers.get("x-sluice-run") ?? "";
    child.kill("SIGKILL");
    await answered.text().catch(() => {});
    await expect.poll(async () => (await other.find(run))?.state).toBe("failed");
    expect(asked.filter((one) => one.includes("Gone."))).toEqual([]);
  });

  test.each([
    ["calling", "tool-call", "a tool was called"],
    ["proud", "text-delta", "it is not to be asked again"],
  ])("leaves the run of %s lost: %s, since %s", async (model, until) => {
    const { error, events } = await lose(model, until);
    expect(error).toMatchObject({ code: "run-lost" });
    expect(events.some(({ type }) => type === "retract")).toBe(false);
    expect(asked.filter((one) => one.startsWith(model))).toEqual([]);
  });

  test("is followed by one other, not by many: what killed the first is not tried on all", async () => {
    // Keys of their own: the other servers here look for runs that nobody reads, and end them.
    const open = (heartbeatMs: number) => RedisRunLog.open({ url, heartbeatMs, prefix: "twice" });
    const first = await open(HEARTBEAT_MS);
    const writer = await first.open("twice", { again: "{}" });
    await writer.append([{ type: "start", id: "a", model: "m" }]);
    await writer.flushed();
    // Nothing that this log gets to hear of it can be made again: the run has been taken over, and is lost all the same.
    let taken = 0;
    const third = await open(100);
    third.onLost = ({ writer: next }) => {
      taken++;
      void next.append([{ type: "text-delta", text: "Half" }]);
    };
    const reader = await third.read("twice");
    await first.close();
    for (let entry = await reader.next(); entry !== undefined; entry = await reader.next()) {
      if ("events" in entry && entry.events.some(({ type }) => type === "text-delta")) break;
    }
    await third.close();
    const fourth = await open(100);
    fourth.onLost = () => void taken++;
    let last: unknown;
    const late = await fourth.read("twice");
    for (let entry = await late.next(); entry !== undefined; entry = await late.next()) last = entry;
    expect([last, taken]).toMatchObject([{ error: { code: "run-lost" } }, 1]);
    await fourth.close();
  });
});

test("what runs tools, or is not there, cannot be taken over", async () => {
  const talk = scripted([["Hi"]], { id: "talk" });
  for (const takeover of [["agent"], ["nobody"], [""]]) {
    await expect(createServer({ agents: { agent: talk }, models: { talk }, takeover })).rejects.toMatchObject({
      code: "invalid-argument",
      field: "takeover[0]",
    });
  }
  await (await createServer({ models: { talk }, takeover: ["*"] })).close();
});
