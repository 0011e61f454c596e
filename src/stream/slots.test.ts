import { expect, test } from "vitest";
import { Slots } from "./slots.js";

const never = new AbortController().signal;

test("places are given in the order of the line, and once each", async () => {
  const slots = new Slots(1);
  const got: number[] = [];
  const first = await slots.take(never);
  const enter = async (n: number) => {
    const release = await slots.take(never);
    got.push(n);
    return release;
  };
  const second = enter(2);
  const third = enter(3);
  expect(got).toEqual([]);
  first();
  first();
  const release = await second;
  expect(got).toEqual([2]);
  release();
  await third;
  expect(got).toEqual([2, 3]);
});

test("who leaves the line is told why, and does not hold it up", async () => {
  const slots = new Slots(1);
  const release = await slots.take(never);
  const controller = new AbortController();
  const leaving = slots.take(controller.signal);
  const staying = slots.take(never);
  controller.abort("gone");
  await expect(leaving).rejects.toBe("gone");
  await expect(slots.take(controller.signal)).rejects.toBe("gone");
  release();
  (await staying)();
  expect(await slots.take(never)).toBeTypeOf("function");
});

test.each([0, -1, 1.5, Number.NaN])("%d places are refused", (limit) => {
  expect(() => new Slots(limit)).toThrow("concurrency");
});
