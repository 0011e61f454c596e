import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { defineModel } from "../../src/models/define-model.js";
import { scripted } from "../../src/models/scripted.js";
import type { RunLog, RunReader } from "../../src/runs/run-log.js";
import { runSource } from "../../src/runs/run-source.js";
import { startRun } from "../../src/runs/start-run.js";
import type { ChatEvent } from "../../src/stream/chat-event.js";
import { ChatStream } from "../../src/stream/chat-stream.js";
import { type Envelope, endsRun, seqAfter } from "../../src/stream/envelope.js";
import { SluiceError } from "../../src/stream/error.js";
import { deferred } from "../support/deferred.js";

export const START: ChatEvent = { type: "start", id: "a", model: "m" };
export const FINISH: ChatEvent = { type: "finish", reason: "stop", usage: { outputTokens: 3 } };
export const say = (text: string): ChatEvent => ({ type: "text-delta", text });

/** Everything that a reader gives, each event with its number; checks that none is missing. */
export async function readAll(
  reader: RunReader,
): Promise<{ numbers: number[]; events: ChatEvent[]; error?: SluiceError }> {
  const numbers: number[] = [];
  const events: ChatEvent[] = [];
  let error: SluiceError | undefined;
  let expected: number | undefined;
  for (let entry = await reader.next(); entry !== undefined; entry = await reader.next()) {
    if (expected !== undefined) expect(entry.seq).toBe(expected);
    expected = seqAfter(entry);
    if ("error" in entry) error = entry.error;
    else {
      for (const [i, event] of entry.events.entries()) {
        numbers.push(entry.seq + i);
        events.push(event);
      }
    }
  }
  return error === undefined ? { numbers, events } : { numbers, events, error };
}

/** Reads until an entry contains a text; returns all entries up to it. */
export async function readUntil(reader: RunReader, text: string): Promise<Envelope[]> {
  const entries: Envelope[] = [];
  for (let entry = await reader.next(); entry !== undefined; entry = await reader.next()) {
    entries.push(entry);
    if ("events" in entry && entry.events.some((event) => event.type === "text-delta" && event.text.includes(text)))
      break;
    if (endsRun(entry)) break;
  }
  return entries;
}

/** What every log of runs must do. `open` gives logs over the same data, as several processes have them; they are closed here. */
export function runLogContract(name: string, open: () => Promise<RunLog>): void {
  describe(`the log of runs in ${name}`, () => {
    let log: RunLog;
    let other: RunLog;
    let count = 0;
    const fresh = () => `run-${name}-${count++}`;

    beforeAll(async () => {
      log = await open();
      other = await open();
    });
    afterAll(async () => {
      await log.close();
      if (other !== log) await other.close();
    });

    test("gives what was written, from any number, to anyone, before and after the end", async () => {
      const run = fresh();
      const writer = await log.open(run, { meta: { model: "m" } });
      await writer.append([START, say("one "), say("two ")]);
      await writer.append([say("three "), FINISH]);
      await writer.flushed();
      const all = [START, say("one "), say("two "), say("three "), FINISH];
      for (const source of [log, other]) {
        for (let after = -1; after < all.length; after++) {
          const read = await readAll(await source.read(run, { after }));
          expect(read.events).toEqual(all.slice(after + 1));
          expect(read.numbers).toEqual(all.map((_, i) => i).slice(after + 1));
        }
        expect(await source.find(run)).toMatchObject({
          run,
          state: "finished",
          first: 0,
          next: 5,
          meta: { model: "m" },
        });
      }
    });

    test("readers that wait get what comes, each at its own pace, and one may leave", async () => {
      const run = fresh();
      const writer = await log.open(run);
      const [a, b, leaving] = [await other.read(run), await log.read(run), await other.read(run)];
      const [readA, readB] = [readAll(a), readAll(b)];
      const left = leaving.next();
      leaving.cancel();
      expect(await left).toBeUndefined();
      await writer.append([START]);
      await writer.append([say("x")]);
      await writer.append([FINISH]);
      expect((await readA).events).toEqual([START, say("x"), FINISH]);
      expect((await readB).events).toEqual([START, say("x"), FINISH]);
    });

    test("a stream that fails ends its log with the whole error, for late readers as well", async () => {
      const run = fresh();
      const error = new SluiceError("overloaded", "busy", { retryable: true });
      const model = scripted([["half an ", "answer", { throw: error }]]);
      const stream = model.stream({ messages: [{ role: "user", content: "Hi" }] });
      const { done } = await startRun(log, stream, { run, attended: false });
      expect((await done).error?.code).toBe("overloaded");
      const read = await readAll(await other.read(run));
      expect(read.error).toMatchObject({ code: "overloaded", retryable: true, partial: { text: "half an answer" } });
      expect(await other.find(run)).toMatchObject({ state: "failed" });
      const again = await readAll(await other.read(run, { after: read.numbers.length }));
      expect(again.events).toEqual([]);
    });

    test("is stopped from anywhere; its end says so, and upstream is told", async () => {
      const run = fresh();
      const left = deferred();
      const model = defineModel({
        id: "hanging",
        async *stream(_, { signal }) {
          signal.addEventListener("abort", () => left.resolve());
          yield "waiting";
          await new Promise(() => {});
        },
      });
      const stream = model.stream({ messages: [{ role: "user", content: "Hi" }] });
      const { done } = await startRun(log, stream, { run, attended: false });
      const reader = await other.read(run);
      await readUntil(reader, "waiting");
      expect(await other.stop(run, "enough")).toBe(true);
      await left.promise;
      const { error } = await done;
      expect(error).toMatchObject({ code: "cancelled", message: "enough", partial: { text: "waiting" } });
      expect((await readAll(reader)).error).toMatchObject({ code: "cancelled", message: "enough" });
      expect(await other.stop(run)).toBe(false);
    });

    test("a run that was logged is the same stream", async () => {
      const run = fresh();
      const model = scripted([["Once ", "upon ", "a time."]]);
      const { done } = await startRun(log, model.stream({ messages: [{ role: "user", content: "Hi" }] }), {
        run,
        attended: false,
      });
      await done;
      const stream = new ChatStream(runSource(await other.read(run)));
      expect(await stream.fullText).toBe("Once upon a time.");
      expect(await stream.finishReason).toBe("stop");
    });

    test("the newest run of a thread is found by its name", async () => {
      const thread = `thread-${fresh()}`;
      expect(await other.newestOf(thread)).toBeUndefined();
      const [first, second] = [fresh(), fresh()];
      await (await log.open(first, { thread })).append([START, FINISH]);
      expect(await other.newestOf(thread)).toBe(first);
      await (await log.open(second, { thread })).append([START, FINISH]);
      expect(await other.newestOf(thread)).toBe(second);
    });

    test("lists the runs of a group that are kept", async () => {
      const group = `group-${fresh()}`;
      const [first, second] = [fresh(), fresh()];
      for (const run of [first, second]) {
        const writer = await log.open(run, { group });
        await writer.append([START, FINISH]);
        await writer.flushed();
      }
      expect(new Set(await other.runsOf(group))).toEqual(new Set([first, second]));
      await log.forget(first);
      expect(await other.runsOf(group)).toEqual([second]);
      expect(await other.runsOf("no-such-group")).toEqual([]);
    });

    test("keeps what is noted of a run, from anywhere, and takes it back", async () => {
      const run = fresh();
      const writer = await log.open(run, { meta: { owner: "a" } });
      expect(await other.note(run, "b", "seen")).toBe(true);
      expect(await log.note(run, "c", "twice")).toBe(true);
      expect(await log.find(run)).toMatchObject({ meta: { owner: "a" }, notes: { b: "seen", c: "twice" } });
      await writer.append([START, FINISH]);
      await writer.flushed();
      await log.note(run, "c", undefined);
      await log.note(run, "d", "");
      expect((await other.find(run))?.notes).toEqual({ b: "seen", d: "" });
      await other.note(run, "d", undefined);
      expect((await other.find(run))?.notes).toEqual({ b: "seen" });
      expect(await log.note("no-such-run", "b", "seen")).toBe(false);
    });

    test("has notes of a run from its beginning", async () => {
      const run = fresh();
      await log.open(run, { notes: { a: "1", b: "" } });
      expect((await other.find(run))?.notes).toEqual({ a: "1", b: "" });
    });

    test("announces the end of a run that is to be announced, once it is stored, and of no other", async () => {
      const announced: unknown[] = [];
      const onEnded = async (run: string) => {
        announced.push([run, (await log.find(run))?.state]);
      };
      log.onEnded = onEnded;
      const [quiet, loud, failing] = [fresh(), fresh(), fresh()];
      for (const run of [quiet, loud]) {
        const writer = await log.open(run, { announced: run === loud });
        await writer.append([START, FINISH]);
        await writer.flushed();
      }
      await expect.poll(() => announced).toEqual([[loud, "finished"]]);
      const writer = await log.open(failing, { announced: true });
      writer.fail(new SluiceError("overloaded", "too much"));
      await writer.flushed();
      await expect.poll(() => announced.slice(1)).toEqual([[failing, "failed"]]);
      log.onEnded = undefined;
    });

    test("tells when a run has begun, wherever it is", async () => {
      const run = fresh();
      const { signal } = new AbortController();
      const waiting = [log.begun(run, signal), other.begun(run, signal)];
      await log.open(run);
      // Before its first event: its process may die until then, and whoever reads it is told.
      await Promise.all(waiting);
      await other.begun(run, signal);
      const left = new AbortController();
      const never = other.begun(fresh(), left.signal);
      left.abort(new Error("left"));
      await expect(never).rejects.toThrow("left");
    });

    test("has ended for everybody when its first reader hears so", async () => {
      for (const end of ["finish", "fail"] as const) {
        const run = fresh();
        const writer = await log.open(run);
        const reading = readAll(writer.read());
        writer.append([START]);
        writer.append([say("one")]);
        await readUntil(await other.read(run), "one");
        // The end comes while what was said before is being collected.
        writer.append([say("two")]);
        if (end === "finish") writer.append([say("three"), FINISH]);
        else writer.fail(new SluiceError("overloaded", "too much"));
        await reading;
        expect((await other.find(run))?.state).toBe(end === "finish" ? "finished" : "failed");
      }
    });

    test("refuses an id that is taken, a run that there is none of, and numbers that are none", async () => {
      const run = fresh();
      await log.open(run);
      await expect(other.open(run)).rejects.toMatchObject({ code: "conflict" });
      await expect(other.read("no-such-run")).rejects.toMatchObject({ code: "not-found" });
      await expect(other.read(run, { after: 1.5 })).rejects.toMatchObject({ code: "invalid-argument", field: "after" });
      // @ts-expect-error an option that there is not
      await expect(other.read(run, { from: 1 })).rejects.toMatchObject({ code: "invalid-argument", field: "from" });
      expect(await other.find("no-such-run")).toBeUndefined();
    });

    test("forgets what has ended, and nothing that runs", async () => {
      const run = fresh();
      const writer = await log.open(run);
      await writer.append([START]);
      expect(await log.forget(run)).toBe(false);
      await writer.append([FINISH]);
      await writer.flushed();
      expect(await log.forget(run)).toBe(true);
      expect(await other.find(run)).toBeUndefined();
    });
  });
}
