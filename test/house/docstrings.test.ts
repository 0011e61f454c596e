import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { codeOutsideExamples, publicNames, roundaboutWords, timesWithoutUnit, undocumented } from "./docstrings.js";
import { readSources } from "./source-file.js";

const root = fileURLToPath(new URL("../../src/", import.meta.url));

describe("what is public", () => {
  const files = [...publicNames(root)];

  it("has a docstring, and so has each of its members", () => {
    expect(files.length).toBeGreaterThan(200);
    const missing = files.flatMap(([file, names]) =>
      undocumented(readFileSync(`${root}${file}`, "utf8"), names).map((name) => `${file}: ${name}`),
    );
    expect(missing).toEqual([]);
  });

  it("has code as examples alone, which are compiled", () => {
    const found = readSources(root).flatMap(({ path, source }) =>
      codeOutsideExamples(source).map((line) => `${path}:${line}`),
    );
    expect(found).toEqual([]);
  });

  it("is explained in direct words", () => {
    const found = readSources(root).flatMap(({ path, source }) =>
      roundaboutWords(source).map((words) => `${path}: ${words}`),
    );
    expect(found).toEqual([]);
  });

  it("says in their names which unit times have", () => {
    const bare = files.flatMap(([file]) =>
      timesWithoutUnit(readFileSync(`${root}${file}`, "utf8")).map((name) => `${file}: ${name}`),
    );
    expect(bare).toEqual([]);
  });
});

describe("the check of docstrings", () => {
  const source = `
/** Explained. */
export interface Known {
  /** Explained. */
  one: string;
  two?: number;
  type: "known";
  wire_name: string;
  nested: {
    inside: string;
  };
  read(
    value: string,
  ): void;
}

/** Explained. */
/* @__NO_SIDE_EFFECTS__ */
export function known(): void {}

export const bare = 1;

export class Other implements Known {
  one = "";
}
`;

  it("finds what has none", () => {
    expect(undocumented(source, "all")).toEqual(["Known.two", "Known.nested", "Known.read", "bare", "Other"]);
  });

  it("looks at public names only", () => {
    expect(undocumented(source, new Set(["known", "bare"]))).toEqual(["bare"]);
  });

  it("finds code that is no example, and roundabout words", () => {
    expect(codeOutsideExamples("/**\n * @example\n * ```ts\n * ```\n *\n * ```ts\n * ```\n */")).toEqual([6]);
    expect(roundaboutWords("/** For an option\n * that is none. */ // that there is not.")).toHaveLength(1);
    expect(roundaboutWords("/** For options that there are not. */")).toHaveLength(1);
    expect(roundaboutWords("/** The part that there is not enough of; `undefined` where there is none. */")).toEqual(
      [],
    );
  });

  it("finds times without a unit", () => {
    expect(timesWithoutUnit("  timeout?: number;\n  idleTimeoutMs: number;\n  waitSeconds: number;\n")).toEqual([
      "timeout",
    ]);
  });
});
