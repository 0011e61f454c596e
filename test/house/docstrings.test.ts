import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { publicNames, timesWithoutUnit, undocumented } from "./docstrings.js";

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

  it("finds times without a unit", () => {
    expect(timesWithoutUnit("  timeout?: number;\n  idleTimeoutMs: number;\n  waitSeconds: number;\n")).toEqual([
      "timeout",
    ]);
  });
});
