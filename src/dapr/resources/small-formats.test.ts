import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatGoDuration, parseDaprDuration, parseGoDuration } from "./go-duration.js";
import { parseDotEnv } from "./parse-dot-env.js";
import { splitDocuments } from "./split-documents.js";

describe("Go's durations", () => {
  it.each([
    ["10m", 600_000],
    ["1h30m", 5_400_000],
    ["1.5s", 1_500],
    [".5s", 500],
    ["-2s", -2_000],
    ["+2s", 2_000],
    ["250ms", 250],
    ["0", 0],
    ["1h0m0.5s", 3_600_500],
  ])("reads %s", (text, ms) => expect(parseGoDuration(text)).toBeCloseTo(ms, 6));

  it.each(["", "10", "s", "1 s", "1d", "ten", "1s2", "--1s", "-"])("refuses %j", (text) =>
    expect(parseGoDuration(text)).toBeUndefined(),
  );

  it("takes a bare number for seconds in metadata", () => {
    expect(parseDaprDuration("600")).toBe(600_000);
    expect(parseDaprDuration("10m")).toBe(600_000);
    expect(parseDaprDuration("x")).toBeUndefined();
  });

  it.each([
    [86_400_000, "24h0m0s"],
    [90_000, "1m30s"],
    [1_500, "1.5s"],
    [250, "250ms"],
    [0, "0s"],
  ])("writes %d as Go does", (ms, text) => expect(formatGoDuration(ms)).toBe(text));

  it("reads what it writes", () => {
    fc.assert(
      fc.property(fc.integer({ min: -1e9, max: 1e9 }), (ms) => {
        expect(parseGoDuration(formatGoDuration(ms))).toBeCloseTo(ms, 3);
      }),
    );
  });
});

describe("a .env file", () => {
  it("sets names to values", () => {
    const text = `# comment\nA=1\nexport B = two words # not this\nC="a # \\"b\\"\\n"\nD='x # \\n'\nE=\nnonsense\nF=a#b\r\nA=3\nG="open\nH=# all`;
    expect(parseDotEnv(text)).toEqual({
      A: "3",
      B: "two words",
      C: 'a # "b"\n',
      D: "x # \\n",
      E: "",
      F: "a#b",
      G: '"open',
      H: "",
    });
  });
});

describe("documents of a file", () => {
  it.each([
    ["a", ["a"]],
    ["a\n---\nb", ["a", "b"]],
    ["a\n--- # comment\nb\n---", ["a", "b"]],
    ["---\na\n---\nb", ["---\na", "b"]],
    ["a\n  ---\nb", ["a\n  ---\nb"]],
    ["", []],
  ])("of %j are %j", (text, documents) => expect(splitDocuments(text)).toEqual(documents));
});
