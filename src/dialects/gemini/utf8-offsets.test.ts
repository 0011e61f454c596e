import fc from "fast-check";
import { expect, test } from "vitest";
import { trickyText } from "../../../test/laws/arbitrary-answer.js";
import { Utf8Offsets } from "./utf8-offsets.js";

const bytes = (text: string) => new TextEncoder().encode(text).length;

test("offsets are those of the encoded text, wherever it is cut", () =>
  fc.assert(
    fc.property(fc.array(trickyText, { maxLength: 20 }), fc.nat(7), (pieces, size) => {
      const text = pieces.join("");
      const offsets = new Utf8Offsets();
      // Cuts in the middle of a surrogate pair among them.
      for (let at = 0; at < text.length; at += size + 1) offsets.push(text.slice(at, at + size + 1));
      expect(offsets.units).toBe(text.length);
      let units = 0;
      for (const character of ["", ...text]) {
        units += character.length;
        expect(offsets.toBytes(units)).toBe(bytes(text.slice(0, units)));
        expect(offsets.toUnits(bytes(text.slice(0, units)))).toBe(units);
      }
      expect([offsets.toBytes(-1), offsets.toBytes(text.length + 1)]).toEqual([undefined, undefined]);
      expect([offsets.toUnits(-1), offsets.toUnits(bytes(text) + 1)]).toEqual([undefined, undefined]);
    }),
  ));

test("long texts are found in quickly, in any script", () => {
  const offsets = new Utf8Offsets();
  offsets.push("漢字".repeat(5_000));
  offsets.push("ascii".repeat(1_000));
  expect(offsets.toUnits(30_000)).toBe(10_000);
  expect(offsets.toBytes(10_003)).toBe(30_003);
});
