import fc from "fast-check";
import { expect, test } from "vitest";
import { findPlaces, replaceOutside } from "./find-places.js";

/** The grammar as one pattern, which costs the square of a text that is never closed. */
const PLACE =
  /\{%-?\s*raw\s*-?%\}[\s\S]*?\{%-?\s*endraw\s*-?%\}|\{%[\s\S]*?%\}|\{\{[\s\S]*?\}\}|\{\s*([A-Za-z_][\w-]*(?:\.[\w-]+|\[\d+\])*)\s*\}/g;
const BLOCK = /\{\{[\s\S]*?\}\}|\{%[\s\S]*?%\}|x/g;

const texts = fc
  .array(
    fc.constantFrom(
      "{",
      "}",
      "{{",
      "}}",
      "{%",
      "%}",
      "{% raw %}",
      "{%- endraw -%}",
      "a",
      "{a}",
      "{ a.b[1] }",
      " ",
      "x",
    ),
  )
  .map((parts) => parts.join(""));

test("places are those of the grammar", () =>
  fc.assert(
    fc.property(texts, (text) => {
      const expected = [...text.matchAll(PLACE)].map(({ 0: source, 1: name, index }) => ({
        source,
        index,
        ...(name !== undefined && { name }),
      }));
      expect(findPlaces(text)).toEqual(expected);
    }),
    { numRuns: 1_000 },
  ));

test("what stands outside of them is replaced, and nothing else", () =>
  fc.assert(
    fc.property(texts, (text) => {
      const expected = text.replace(BLOCK, (found) => (found === "x" ? "y" : found));
      expect(replaceOutside(text, (outside) => outside.replaceAll("x", "y"))).toBe(expected);
    }),
  ));
