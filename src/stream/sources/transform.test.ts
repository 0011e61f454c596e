import { expect, test } from "vitest";
import { drained, FINISH, PlayedSource, START, text, textOf } from "../../../test/support/played-source.js";
import { SluiceError } from "../error.js";
import { transform } from "./transform.js";

const same = { push: (batch: readonly (typeof START)[]) => batch };

test("a batch that is there costs no promise", () => {
  const source = transform(new PlayedSource([START], [text("a")]), same);
  expect(source.next()).toEqual([START]);
  expect(source.next()).toEqual([text("a")]);
});

test("what is emptied is passed over, at once and later", async () => {
  const source = transform(new PlayedSource([START], [text("a")], { later: [text("b")] }, [text("c"), FINISH]), {
    push: (batch) => batch.filter((event) => event.type !== "text-delta" || event.text === "c"),
  });
  expect((await drained(source)).events).toEqual([START, text("c"), FINISH]);
});

test("an early finish cancels the source and ends the stream", async () => {
  const played = new PlayedSource([START], [text("a")], [text("b")]);
  const source = transform(played, { push: (batch) => (batch.includes(START) ? batch : [...batch, FINISH]) });
  expect((await drained(source)).events).toEqual([START, text("a"), FINISH]);
  expect(played.cancelled).toHaveLength(1);
});

test("what begins goes out before the source is read", async () => {
  const source = transform(new PlayedSource([text("a"), FINISH]), { ...same, begin: () => [START] });
  expect((await drained(source)).events).toEqual([START, text("a"), FINISH]);
});

test("a beginning that finishes leaves the source unread", async () => {
  const played = new PlayedSource([START], [text("a"), FINISH]);
  const source = transform(played, { ...same, begin: () => [START, FINISH] });
  expect((await drained(source)).events).toEqual([START, FINISH]);
  expect([played.cancelled.length, played.asked]).toEqual([1, 0]);
});

test.each([
  ["at once", new SluiceError("overloaded", "busy")],
  ["later", { lateError: new SluiceError("overloaded", "busy") }],
])("what is buffered goes out before a failure that comes %s", async (_, failure) => {
  const source = transform(new PlayedSource([START], failure), { ...same, fail: () => [text("rest")] });
  const { events, failure: found } = await drained(source);
  expect(textOf(events)).toBe("rest");
  expect(found).toMatchObject({ code: "overloaded" });
});

test("another error takes the place of the source's", async () => {
  const fail = () => {
    throw new SluiceError("blocked", "no");
  };
  const { failure } = await drained(transform(new PlayedSource([START], new Error("x")), { ...same, fail }));
  expect(failure).toMatchObject({ code: "blocked" });
});

test("a source that ends without a finish was cut off", async () => {
  const { failure } = await drained(transform(new PlayedSource([START]), same));
  expect(failure).toMatchObject({ code: "truncated", retryable: true });
});

test("leaving does not wait for what the transform waits for", async () => {
  const played = new PlayedSource([START]);
  const left: unknown[] = [];
  const source = transform(played, { push: () => new Promise(() => {}), cancel: (reason) => void left.push(reason) });
  const pending = source.next();
  source.cancel("gone");
  expect(await pending).toBeUndefined();
  expect(source.next()).toBeUndefined();
  expect([left, played.cancelled]).toEqual([["gone"], ["gone"]]);
});
