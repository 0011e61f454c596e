import fc from "fast-check";
import { expect, test } from "vitest";
import { drained, PlayedSource, text, textOf } from "../../../test/support/played-source.js";
import { Merge, merge } from "./merge.js";

test("sources that always have something take turns", async () => {
  const one = new PlayedSource([text("a")], [text("b")], [text("c")]);
  const two = new PlayedSource([text("1")], [text("2")], [text("3")]);
  expect(textOf((await drained(merge([one, two]))).events)).toBe("a1b2c3");
});

test("of each source one batch is read ahead, and a slow one is not waited for", async () => {
  const slow = new PlayedSource("stall");
  const quick = new PlayedSource([text("a")], [text("b")], [text("c")]);
  const merged = merge([slow, quick]);
  expect(merged.next()).toEqual([text("a")]);
  expect(merged.next()).toEqual([text("b")]);
  expect([slow.asked, quick.asked]).toEqual([1, 2]);
});

test("the first failure comes after what was there, and ends the others", async () => {
  const other = new PlayedSource([text("a")], "stall");
  const merged = merge([other, new PlayedSource(new Error("broken"))]);
  const { events, failure } = await drained(merged);
  expect(textOf(events)).toBe("a");
  expect(failure).toMatchObject({ message: "broken" });
  expect(other.cancelled).toHaveLength(1);
});

test("sources come while it is read, until it is closed", async () => {
  const merged = new Merge();
  const pending = merged.next();
  merged.add(new PlayedSource({ later: [text("a")] }));
  expect(await pending).toEqual([text("a")]);
  merged.close();
  expect(await merged.next()).toBeUndefined();
  const late = new PlayedSource([text("b")]);
  merged.add(late);
  expect(late.cancelled).toHaveLength(1);
});

test("leaving cancels every source and settles a pending read", async () => {
  const sources = [new PlayedSource("stall"), new PlayedSource("stall")];
  const merged = merge(sources);
  const pending = merged.next();
  merged.cancel("gone");
  expect(await pending).toBeUndefined();
  expect(sources.map(({ cancelled }) => cancelled)).toEqual([["gone"], ["gone"]]);
});

test("each source's own order stays, and nothing is lost", async () => {
  const one = fc.array(fc.tuple(fc.integer({ min: 1, max: 3 }), fc.boolean()), { maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(fc.array(one, { maxLength: 5 }), async (scripts) => {
      const counts: number[] = [];
      const sources = scripts.map((script, lane) => {
        let n = 0;
        const plays = script.map(([size, late]) => {
          const batch = Array.from({ length: size }, () => text(`${lane}.${n++},`));
          return late ? { later: batch } : batch;
        });
        counts.push(n);
        return new PlayedSource(...plays);
      });
      const { events } = await drained(merge(sources));
      const read = textOf(events).split(",").slice(0, -1);
      for (const [lane, count] of counts.entries()) {
        const own = read.filter((name) => name.startsWith(`${lane}.`));
        expect(own).toEqual(Array.from({ length: count }, (_, i) => `${lane}.${i}`));
      }
      expect(sources.some(({ overlapped }) => overlapped)).toBe(false);
    }),
    { numRuns: 60, seed: 10 },
  );
});
