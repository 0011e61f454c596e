import fc from "fast-check";
import { expect, test } from "vitest";
import { StopSequences } from "./stop-sequences.js";

const said = (pieces: readonly string[], stops: readonly string[]) => {
  const sequences = new StopSequences(stops);
  const text = pieces.map((piece) => sequences.push(piece)).join("") + sequences.end();
  return { text, found: sequences.found };
};

/** Character by character: the first beginning of the text that ends in a stop sequence, without it. */
const expected = (text: string, stops: readonly string[]) => {
  for (let end = 1; end <= text.length; end++) {
    const ending = stops.filter((stop) => text.slice(0, end).endsWith(stop)).map((stop) => stop.length);
    if (ending.length > 0) return { text: text.slice(0, end - Math.max(...ending)), found: true };
  }
  return { text, found: false };
};

test("the output does not depend on how the text was cut", () => {
  const letters = fc.string({ unit: fc.constantFrom("a", "b", "🙂"), maxLength: 30 });
  const stop = fc.string({ unit: fc.constantFrom("a", "b", "🙂"), minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(
      letters,
      fc.array(stop, { maxLength: 3 }),
      fc.array(fc.nat(6), { maxLength: 30 }),
      (text, stops, cuts) => {
        const pieces: string[] = [];
        let rest = text;
        for (const cut of cuts) {
          pieces.push(rest.slice(0, cut));
          rest = rest.slice(cut);
        }
        expect(said([...pieces, rest], stops)).toEqual(expected(text, stops));
      },
    ),
  );
});

test("nothing is buffered that cannot begin a stop sequence", () => {
  const sequences = new StopSequences(["\n\nUser:"]);
  expect(sequences.push("one\ntwo\n")).toBe("one\ntwo");
  expect(sequences.push("\nUse")).toBe("");
  expect(sequences.push("d")).toBe("\n\nUsed");
});
