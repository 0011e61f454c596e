import fc from "fast-check";
import { expect, it } from "vitest";
import { editDistance, nearest } from "./nearest.js";

it.each([
  ["", "", 0],
  ["abc", "abc", 0],
  ["", "abc", 3],
  ["kitten", "sitting", 3],
  ["flaw", "lawn", 2],
])("the distance of %j and %j is %d", (a, b, distance) => {
  expect(editDistance(a, b)).toBe(distance);
});

it("a distance is the same in both directions, and none only for the same", () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 12 }), fc.string({ maxLength: 12 }), (a, b) => {
      const distance = editDistance(a, b);
      expect(editDistance(b, a)).toBe(distance);
      expect(distance === 0).toBe(a === b);
      expect(distance).toBeLessThanOrEqual(Math.max(a.length, b.length));
    }),
  );
});

it("the nearest come first, and what is far off not at all", () => {
  const names = ["openrouter", "openai", "mistral", "xai"];
  expect(nearest("opnai", names)).toEqual(["openai"]);
  expect(nearest("OpenAI", names)[0]).toBe("openai");
  expect(nearest("open", names)).toEqual(["openai", "openrouter"]);
  expect(nearest("zzzzzz", names)).toEqual([]);
});
