import fc from "fast-check";
import { expect, test } from "vitest";
import { indexInAnyCase } from "./index-in-any-case.js";

test("the index is one of the text itself, whatever length its letters have in their small form", () => {
  expect(indexInAnyCase("İstanbul, İzmir and ROME", "rome")).toBe("İstanbul, İzmir and ".length);
  expect(indexInAnyCase("(a.b)* costs $1 - or [more]", "$1 - OR [")).toBe("(a.b)* costs ".length);
  expect(indexInAnyCase("rome", "paris")).toBe(-1);
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), fc.string({ unit: "binary" }), fc.string(), (before, part, after) => {
      const text = `${before}${part}${after}`;
      const at = indexInAnyCase(text, part);
      expect(at).toBeGreaterThanOrEqual(0);
      expect(at).toBeLessThanOrEqual(text.indexOf(part));
    }),
  );
});
