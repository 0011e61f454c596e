import * as fc from "fast-check";
import { expect, test } from "vitest";
import { splitWords } from "./split-words.js";

test.each([
  ["npx -y server .", ["npx", "-y", "server", "."]],
  [`a 'b c' "d e"`, ["a", "b c", "d e"]],
  ["/x/My\\ File.png", ["/x/My File.png"]],
  ["C:\\Users\\ada\\a.txt", ["C:\\Users\\ada\\a.txt"]],
  [`"say \\"hi\\"" ''`, [`say "hi"`, ""]],
  ["a'b'c", ["abc"]],
  ["  ", []],
])("%s is %j", (line, words) => expect(splitWords(line, "x")).toEqual(words));

test("a quote that is not closed is refused", () => {
  expect(() => splitWords("'a b", "--mcp")).toThrow(`--mcp: found "'a b"`);
});

test("quoted words come out as they went in", () => {
  fc.assert(
    fc.property(fc.array(fc.string()), (words) => {
      const line = words.map((word) => `'${word.replaceAll("'", `'"'"'`)}'`).join(" ");
      expect(splitWords(line, "x")).toEqual(words);
    }),
  );
});
