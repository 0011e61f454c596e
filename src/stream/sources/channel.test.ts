import fc from "fast-check";
import { expect, test } from "vitest";
import { drained, FINISH, START, text, textOf } from "../../../test/support/played-source.js";
import { Channel } from "./channel.js";

test("what is pushed is read in order, at once or when it comes", async () => {
  const waits: string[] = [];
  const channel = new Channel({ onWait: () => waits.push("waits") });
  channel.push([START]);
  expect(channel.next()).toEqual([START]);
  const pending = channel.next();
  expect(channel.awaited).toBe(true);
  channel.push([text("a")]);
  expect(await pending).toEqual([text("a")]);
  channel.push([FINISH]);
  channel.end();
  channel.push([text("late")]);
  expect((await drained(channel)).events).toEqual([FINISH]);
  expect(waits).toEqual(["waits"]);
});

test("a failure comes after what was pushed before it", async () => {
  const channel = new Channel();
  channel.push([text("a")]);
  channel.fail(new Error("broken"));
  const { events, failure } = await drained(channel);
  expect(textOf(events)).toBe("a");
  expect(failure).toMatchObject({ message: "broken" });
});

test("beyond its bound, pushing waits until the reader has caught up or left", async () => {
  const channel = new Channel({ bound: 1 });
  expect(channel.push([text("a")])).toBeUndefined();
  let room = false;
  const full = Promise.resolve(channel.push([text("b")])).then(() => {
    room = true;
  });
  await new Promise(setImmediate);
  expect(room).toBe(false);
  channel.next();
  await full;
  const again = channel.push([text("c")]);
  channel.cancel("gone");
  await again;
  expect(channel.buffered).toBe(0);
});

test("leaving settles a pending read, tells the writer, and drops what comes", async () => {
  const reasons: unknown[] = [];
  const channel = new Channel({ onCancel: (reason) => void reasons.push(reason) });
  const pending = channel.next();
  channel.cancel("gone");
  channel.cancel("again");
  expect(await pending).toBeUndefined();
  channel.push([START]);
  expect(channel.next()).toBeUndefined();
  expect(reasons).toEqual(["gone"]);
});

test("nothing is lost or turned around, however pushes and reads take turns", async () => {
  const turns = fc.array(fc.oneof(fc.constant("read" as const), fc.integer({ min: 1, max: 3 })), { maxLength: 60 });
  await fc.assert(
    fc.asyncProperty(turns, async (script) => {
      const channel = new Channel({ bound: 4 });
      const reads: (Promise<unknown> | unknown)[] = [];
      let pushed = 0;
      for (const turn of script) {
        if (turn !== "read") channel.push(Array.from({ length: turn }, () => text(`${pushed++},`)));
        else if (!channel.awaited) reads.push(channel.next());
      }
      channel.end();
      const early = (await Promise.all(reads)).flatMap((batch) => (Array.isArray(batch) ? batch : []));
      const { events } = await drained(channel);
      expect(textOf([...early, ...events])).toBe(Array.from({ length: pushed }, (_, i) => `${i},`).join(""));
    }),
    { numRuns: 60, seed: 10 },
  );
});
