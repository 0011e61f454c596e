import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { drained, FINISH, PlayedSource, START } from "../../../test/support/played-source.js";
import type { Batch } from "../batch-source.js";
import { opened } from "./opened.js";

test("nothing is opened before it is read, and then once", async () => {
  let times = 0;
  const source = opened(() => {
    times++;
    return new PlayedSource([START], [FINISH]);
  });
  expect(times).toBe(0);
  expect(source.next()).toEqual([START]);
  expect(source.next()).toEqual([FINISH]);
  expect(times).toBe(1);
});

test("what is opened after the reader has left is cancelled, and the reader does not wait", async () => {
  const played = new PlayedSource([START]);
  let open = (_: PlayedSource) => {};
  const source = opened(
    () =>
      new Promise<PlayedSource>((resolve) => {
        open = resolve;
      }),
  );
  const pending = source.next();
  source.cancel("gone");
  await expect(pending).rejects.toMatchObject({ code: "cancelled" });
  open(played);
  await new Promise(setImmediate);
  expect(played.cancelled).toHaveLength(1);
  expect(played.asked).toBe(0);
});

test("a source that cannot be opened fails", async () => {
  const { failure } = await drained(opened(() => Promise.reject(new Error("no"))));
  expect(failure).toMatchObject({ message: "no" });
});

test("what was read is not kept while the source goes on", async () => {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  let read: WeakRef<object> | undefined;
  const source = opened(async () => ({
    next: () => {
      const batch: Batch = [{ type: "text-delta", text: "x" }];
      read ??= new WeakRef(batch);
      return batch;
    },
    cancel: () => {},
  }));
  await source.next();
  // A WeakRef holds what it refers to until the turn of the event loop is over.
  await new Promise(setImmediate);
  collect();
  expect(read?.deref()).toBeUndefined();
  source.cancel("over");
});
