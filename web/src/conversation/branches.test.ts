import { expect, test } from "vitest";
import { Branches } from "./branches.js";

const turn = (id: string, parent: string | undefined, at: number) => ({
  id,
  at,
  ...(parent !== undefined && { parent }),
});
const tree = new Branches([
  turn("a2", "q1", 3),
  turn("q1", undefined, 1),
  turn("a1", "q1", 2),
  turn("q2", "a1", 4),
  turn("a3", "q2", 5),
  turn("q1b", undefined, 6),
]);

test("a path leads from the first turn to the head", () => {
  expect(tree.path("a3").map(({ id }) => id)).toEqual(["q1", "a1", "q2", "a3"]);
  expect(tree.path("a2").map(({ id }) => id)).toEqual(["q1", "a2"]);
  expect(tree.path(undefined)).toEqual([]);
});

test("a turn knows its place among those beside it, and the ends of their branches", () => {
  const [first] = tree.path("a2").slice(-1);
  if (first === undefined) throw new Error("no turn");
  expect(tree.place(first)).toEqual({ index: 1, count: 2 });
  expect(tree.beside(first, -1)?.id).toBe("a3");
  expect(tree.beside(first, 1)).toBe(undefined);
});

test("a ring of parents ends", () => {
  const ring = new Branches([turn("a", "b", 1), turn("b", "a", 2)]);
  expect(ring.path("a").map(({ id }) => id)).toEqual(["b", "a"]);
});
