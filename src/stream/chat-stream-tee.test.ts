import { expect, test } from "vitest";
import { collect } from "../../test/support/collect.js";
import type { ChatEvent } from "./chat-event.js";
import { ChatStream } from "./chat-stream.js";
import { SluiceError } from "./error.js";

/** A stream of `n` one-letter deltas that says how many events were taken from it, and whether it was closed. */
function counted(n: number, failure?: SluiceError) {
  const seen = { pulled: 0, closed: false };
  async function* events(): AsyncGenerator<ChatEvent> {
    try {
      seen.pulled++;
      yield { type: "start", id: "a", model: "m" };
      for (let i = 0; i < n; i++) {
        seen.pulled++;
        yield { type: "text-delta", text: "x" };
      }
      if (failure !== undefined) throw failure;
      yield { type: "finish", reason: "stop", usage: {} };
    } finally {
      seen.closed = true;
    }
  }
  return { stream: ChatStream.from(events()), seen };
}

test("both sides get every event", async () => {
  const [left, right] = counted(20).stream.tee();
  const [a, b] = await Promise.all([collect(left), collect(right)]);
  expect(a).toHaveLength(22);
  expect(b).toEqual(a);
});

test("the slower side sets the pace", async () => {
  const { stream, seen } = counted(1_000);
  const [left, right] = stream.tee();
  const fast = left[Symbol.asyncIterator]();
  await fast.next();
  const blocked = fast.next();
  await new Promise(setImmediate);
  expect(seen.pulled).toBe(1);
  await right[Symbol.asyncIterator]().next();
  await blocked;
  expect(seen.pulled).toBe(2);
});

test("a bound lets one side run ahead that far", async () => {
  const { stream, seen } = counted(1_000);
  const [left, right] = stream.tee({ bound: 10 });
  const fast = left[Symbol.asyncIterator]();
  for (let i = 0; i < 11; i++) await fast.next();
  void fast.next();
  await new Promise(setImmediate);
  expect(seen.pulled).toBe(11);
  right.cancel();
});

test("without a bound one side can be read after the other", async () => {
  const [left, right] = counted(50).stream.tee({ bound: Number.POSITIVE_INFINITY });
  expect(await left.fullText).toBe("x".repeat(50));
  expect(await right.fullText).toBe("x".repeat(50));
});

test("one side leaving frees the other; both leaving closes the source", async () => {
  const { stream, seen } = counted(1_000);
  const [left, right] = stream.tee();
  for await (const _ of left) break;
  const reader = right[Symbol.asyncIterator]();
  for (let i = 0; i < 5; i++) expect((await reader.next()).done).toBe(false);
  expect(seen.closed).toBe(false);
  await reader.return?.();
  expect(seen.closed).toBe(true);
});

test("a failure reaches both sides after what came before it", async () => {
  const [left, right] = counted(3, new SluiceError("overloaded", "busy")).stream.tee();
  for (const text of [left.fullText, right.fullText]) {
    await expect(text).rejects.toMatchObject({ code: "overloaded", partial: { text: "xxx" } });
  }
});

test("a bound that makes no sense is refused, and the stream stays readable", async () => {
  const { stream } = counted(1);
  expect(() => stream.tee({ bound: -1 })).toThrow("bound: found -1; allowed: a number from 0 to Infinity");
  expect(await stream.fullText).toBe("x");
});
