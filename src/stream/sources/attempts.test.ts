import fc from "fast-check";
import { expect, test } from "vitest";
import { drained, FINISH, PlayedSource, START, text, textOf } from "../../../test/support/played-source.js";
import type { ChatEvent } from "../chat-event.js";
import { SluiceError } from "../error.js";
import { type AttemptsPlan, attempts, type FailedAttempt } from "./attempts.js";

const busy = new SluiceError("overloaded", "busy", { retryable: true });
const usage: ChatEvent = { type: "usage", usage: { inputTokens: 3 } };

/** Tries sources in turn until there are no more, as long as nothing was passed on. */
function inTurn(sources: readonly PlayedSource[], seen: FailedAttempt[] = []): AttemptsPlan {
  return {
    open: (attempt) => sources[attempt - 1] ?? new PlayedSource(),
    recover(_, failed) {
      seen.push(failed);
      return failed.delivered || failed.attempt >= sources.length ? undefined : [];
    },
  };
}

test("what comes before the first content of an attempt that fails is dropped", async () => {
  const failing = new PlayedSource([START, usage], [text("")], busy);
  const seen: FailedAttempt[] = [];
  const { events, failure } = await drained(
    attempts(inTurn([failing, new PlayedSource([START, text("a"), FINISH])], seen)),
  );
  expect(failure).toBeUndefined();
  expect(events).toEqual([START, text("a"), FINISH]);
  expect(failing.cancelled).toHaveLength(1);
  expect(seen).toEqual([{ attempt: 1, opened: true, delivered: false, stepped: false }]);
});

test("once content is out a batch costs no promise, and a failure is the end", async () => {
  const source = attempts(inTurn([new PlayedSource([START], [text("a")], [text("b")], busy), new PlayedSource()]));
  expect(source.next()).toEqual([START, text("a")]);
  expect(source.next()).toEqual([text("b")]);
  expect((await drained(source)).failure).toMatchObject({ code: "overloaded" });
});

test("when the last attempt fails, what was buffered tells what was spent", async () => {
  const { events, failure } = await drained(attempts(inTurn([new PlayedSource([START, usage], busy)])));
  expect(events).toEqual([START, usage]);
  expect(failure).toMatchObject({ code: "overloaded" });
});

test("what was retracted does not stand in the way of another attempt, a whole step does", async () => {
  const retract: ChatEvent = { type: "retract", reason: "no" };
  const step: ChatEvent = { type: "step-finish", step: 0, reason: "stop", usage: {} };
  const plain = new PlayedSource([START, text("a"), retract, usage], busy);
  const { events } = await drained(attempts(inTurn([plain, new PlayedSource([START, text("b"), FINISH])])));
  expect(events).toEqual([START, text("a"), retract, START, text("b"), FINISH]);
  const stepped = new PlayedSource([START, text("a"), step, retract], busy);
  expect((await drained(attempts(inTurn([stepped, new PlayedSource()])))).failure).toMatchObject({
    code: "overloaded",
  });
});

test("a source that ends without a finish has failed", async () => {
  const { events } = await drained(attempts(inTurn([new PlayedSource([START]), new PlayedSource([START, FINISH])])));
  expect(events).toEqual([START, FINISH]);
});

test("what cannot be opened fails so, and another error may take its place", async () => {
  const seen: FailedAttempt[] = [];
  const source = attempts({
    open: () => Promise.reject(new Error("no")),
    recover(error, failed) {
      seen.push(failed);
      throw new SluiceError("connect-failed", `gave up: ${error.message}`);
    },
  });
  expect((await drained(source)).failure).toMatchObject({ message: "gave up: no" });
  expect(seen[0]).toMatchObject({ opened: false, delivered: false });
});

test.each(["open", "recover"] as const)("leaving does not wait for %s", async (what) => {
  const hang = () => new Promise<never>(() => {});
  const left: unknown[] = [];
  const source = attempts({
    open: () => (what === "open" ? hang() : new PlayedSource(busy)),
    recover: hang,
    cancel: (reason) => void left.push(reason),
  });
  const pending = source.next();
  source.cancel("gone");
  await expect(pending).rejects.toMatchObject({ code: "cancelled" });
  expect(left).toEqual(["gone"]);
});

test("nothing is emitted twice, wherever attempts fail", async () => {
  const one = fc.record({
    before: fc.integer({ min: 0, max: 3 }),
    late: fc.boolean(),
    content: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(one, { maxLength: 6 }), async (script) => {
      const failing = script.map(({ before, late, content }, index) => {
        const frame = [START, ...Array.from({ length: before }, () => usage)];
        const batch = content ? [...frame, text(`${index},`)] : frame;
        return new PlayedSource(late ? { later: batch } : batch, late ? { lateError: busy } : busy);
      });
      const last = new PlayedSource([START, text("end"), FINISH]);
      const { events, failure } = await drained(attempts(inTurn([...failing, last])));
      const first = script.findIndex(({ content }) => content);
      expect(events.filter(({ type }) => type === "start")).toHaveLength(1);
      expect(textOf(events)).toBe(first === -1 ? "end" : `${first},`);
      expect(failure === undefined).toBe(first === -1);
    }),
    { numRuns: 60, seed: 10 },
  );
});
