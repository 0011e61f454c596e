import fc from "fast-check";
import { expect, test } from "vitest";
import { drained, FINISH, PlayedSource, START, text, textOf } from "../../../test/support/played-source.js";
import { Broadcast } from "./broadcast.js";

const five = () => new PlayedSource([START], ...["a", "b", "c", "d", "e"].map((one) => [text(one)]), [FINISH]);

test("each reader gets everything, and a batch that is there costs no promise", async () => {
  const shared = new Broadcast(five());
  const [one, two, three] = [shared.reader(), shared.reader(), shared.reader()];
  expect(one.next()).toEqual([START]);
  const all = await Promise.all([one, two, three].map(drained));
  expect(all.map(({ events }) => textOf(events))).toEqual(["abcde", "abcde", "abcde"]);
});

test("the slowest of those that the others wait for sets the pace", async () => {
  const played = five();
  const shared = new Broadcast(played);
  const [fast, slow] = [shared.reader(), shared.reader({ bound: 2 })];
  for (let i = 0; i < 3; i++) expect(fast.next()).not.toBeInstanceOf(Promise);
  const blocked = fast.next();
  expect(blocked).toBeInstanceOf(Promise);
  expect(played.asked).toBe(3);
  slow.next();
  expect(await blocked).toEqual([text("c")]);
  slow.cancel("gone");
  expect(textOf((await drained(fast)).events)).toBe("de");
});

test("a reader that nobody waits for is told that it fell behind", async () => {
  const shared = new Broadcast(five());
  const [fast, slow] = [shared.reader(), shared.reader({ bound: 2, beyond: "leave" })];
  expect(textOf((await drained(fast)).events)).toBe("abcde");
  expect((await drained(slow)).failure).toMatchObject({ code: "run-expired" });
});

test("with replay, whoever comes late begins at the beginning; without, is refused", async () => {
  const kept = new Broadcast(five(), { replay: true });
  const first = kept.reader();
  first.next();
  first.next();
  const late = kept.reader();
  expect(textOf((await drained(first)).events)).toBe("bcde");
  expect(textOf((await drained(late)).events)).toBe("abcde");
  expect(textOf((await drained(kept.reader())).events)).toBe("abcde");
  const passing = new Broadcast(five());
  passing.reader().next();
  expect(() => passing.reader()).toThrow(expect.objectContaining({ code: "stream-locked" }));
});

test("the source is cancelled when all have left, and a pending read settles", async () => {
  const played = new PlayedSource("stall");
  const shared = new Broadcast(played);
  const [one, two] = [shared.reader(), shared.reader()];
  const pending = one.next();
  one.cancel("a");
  expect(await pending).toBeUndefined();
  expect(played.cancelled).toEqual([]);
  two.cancel("b");
  expect(played.cancelled).toEqual(["b"]);
});

test("a failure reaches every reader after what came before it", async () => {
  const shared = new Broadcast(new PlayedSource([START, text("a")], { lateError: new Error("broken") }));
  for (const { events, failure } of await Promise.all([shared.reader(), shared.reader()].map(drained))) {
    expect(textOf(events)).toBe("a");
    expect(failure).toMatchObject({ message: "broken" });
  }
});

test("no reader misses or repeats anything, and the source is never asked twice at once", async () => {
  const batches = fc.array(fc.tuple(fc.integer({ min: 1, max: 3 }), fc.boolean()), { maxLength: 20 });
  const bounds = fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(batches, bounds, async (script, limits) => {
      let n = 0;
      const plays = script.map(([size, late]) => {
        const batch = Array.from({ length: size }, () => text(`${n++},`));
        return late ? { later: batch } : batch;
      });
      const played = new PlayedSource(...plays);
      const shared = new Broadcast(played);
      const readers = limits.map((bound) => shared.reader({ bound }));
      const all = await Promise.all(readers.map(drained));
      const whole = Array.from({ length: n }, (_, i) => `${i},`).join("");
      expect(all.map(({ events }) => textOf(events))).toEqual(limits.map(() => whole));
      expect(played.overlapped).toBe(false);
    }),
    { numRuns: 40, seed: 10 },
  );
});
