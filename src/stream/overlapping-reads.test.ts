import fc from "fast-check";
import { expect, test } from "vitest";
import { FINISH, type Play, PlayedSource, START, text } from "../../test/support/played-source.js";
import type { Batch } from "./batch-source.js";
import { ChatStream } from "./chat-stream.js";
import { SluiceError } from "./error.js";

const letters = "abcdefgh";

/** A stream of letters, some of which are there at once and some come later. */
function lettered(late: readonly boolean[]) {
  const plays: Play[] = late.map((comesLater, index) => {
    const batch: Batch = [text(letters[index] ?? "?")];
    return comesLater ? { later: batch } : batch;
  });
  const source = new PlayedSource([START], ...plays, [FINISH]);
  return { source, stream: new ChatStream(source) };
}

test("reads that are asked for at once get their values in order, and the source is asked one after the other", async () => {
  const lateness = fc.array(fc.boolean(), { minLength: 1, maxLength: 8 });
  const groups = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 12, maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(lateness, groups, fc.boolean(), async (late, sizes, chunked) => {
      const { source, stream } = lettered(late);
      const reader = (chunked ? stream.chunked(1, "char") : stream).text[Symbol.asyncIterator]();
      const read: string[] = [];
      for (const size of sizes) {
        const group = await Promise.all(Array.from({ length: size }, () => reader.next()));
        for (const { value } of group) if (value !== undefined) read.push(value);
      }
      expect(read.join("")).toBe(letters.slice(0, late.length));
      expect(source.overlapped).toBe(false);
    }),
    { numRuns: 60, seed: 10 },
  );
});

test("batches may be asked for at once as well", async () => {
  const { source, stream } = lettered([true, false, true]);
  const reader = stream.batches();
  const batches = await Promise.all(Array.from({ length: 6 }, () => reader.next()));
  expect(batches.map((batch) => batch?.[0]?.type)).toEqual([
    "start",
    "text-delta",
    "text-delta",
    "text-delta",
    "finish",
    undefined,
  ]);
  expect(source.overlapped).toBe(false);
});

test("a failure ends the reads that wait behind it", async () => {
  const stream = new ChatStream(new PlayedSource([START], { lateError: new SluiceError("overloaded", "busy") }));
  const reader = stream[Symbol.asyncIterator]();
  await reader.next();
  const [failed, next] = [reader.next(), reader.next()];
  await expect(failed).rejects.toMatchObject({ code: "overloaded" });
  expect(await next).toEqual({ done: true, value: undefined });
});

test("leaving ends the reads that wait", async () => {
  const stream = new ChatStream(new PlayedSource([START], "stall"));
  const reader = stream[Symbol.asyncIterator]();
  await reader.next();
  const waiting = [reader.next(), reader.next()];
  await reader.return?.();
  for (const one of await Promise.allSettled(waiting)) {
    if (one.status === "fulfilled") expect(one.value.done).toBe(true);
    else expect(one.reason).toMatchObject({ code: "cancelled" });
  }
});
