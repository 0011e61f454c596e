import { expect, it } from "vitest";
import { BatchedReader } from "./batched-reader.js";

const numbers = (count: number, then?: (controller: ReadableStreamDefaultController<number>) => void) =>
  new ReadableStream<number>({
    start(controller) {
      for (let n = 0; n < count; n++) controller.enqueue(n);
      then?.(controller);
    },
  });
const through = () => new TransformStream<number, number>({ transform: (n, controller) => controller.enqueue(n) });
const close = (controller: ReadableStreamDefaultController<number>) => controller.close();

it("takes what is there in one read, up to 32", async () => {
  const reader = new BatchedReader(numbers(40, close));
  expect(await reader.read()).toHaveLength(32);
  expect(await reader.read()).toEqual([32, 33, 34, 35, 36, 37, 38, 39]);
  expect(await reader.read()).toBeUndefined();
});

it("takes what stands ready behind transform streams", async () => {
  const reader = new BatchedReader(numbers(10, close).pipeThrough(through()).pipeThrough(through()));
  expect(await reader.read()).toHaveLength(10);
});

it("waits for nothing once it has something, and loses nothing", async () => {
  let controller: ReadableStreamDefaultController<number> | undefined;
  const reader = new BatchedReader(
    numbers(2, (own) => {
      controller = own;
    }),
  );
  expect(await reader.read()).toEqual([0, 1]);
  const next = reader.read();
  controller?.enqueue(2);
  expect(await next).toEqual([2]);
});

it("gives what came before a failure, then the failure", async () => {
  let controller: ReadableStreamDefaultController<number> | undefined;
  const reader = new BatchedReader(
    numbers(2, (own) => {
      controller = own;
    }),
  );
  expect(await reader.read()).toEqual([0, 1]);
  controller?.error(new Error("broken"));
  await expect(reader.read()).rejects.toThrow("broken");
});

it("reads one part ahead and no more", async () => {
  let pulled = 0;
  const slow = new ReadableStream<number>(
    {
      async pull(controller) {
        await new Promise(setImmediate);
        controller.enqueue(pulled++);
      },
    },
    { highWaterMark: 0 },
  );
  const reader = new BatchedReader(slow);
  expect(await reader.read()).toEqual([0]);
  await new Promise(setImmediate);
  await new Promise(setImmediate);
  expect(pulled).toBe(2);
});
