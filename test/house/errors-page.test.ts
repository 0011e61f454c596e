import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ERROR_CODES } from "../../src/stream/error.js";
import { ROOT } from "../e2e/run.js";

test("docs/errors.md has every code once, with its cause and its cure, and no other", () => {
  const page = readFileSync(join(ROOT, "docs", "errors.md"), "utf8");
  const rows = Array.from(page.matchAll(/^\| `([a-z-]+)` \| (.+?) \| (.+?) \|$/gm), ([, code, cause, cure]) => ({
    code,
    cause,
    cure,
  }));
  expect(rows.map(({ code }) => code).sort()).toEqual(Object.keys(ERROR_CODES).sort());
  expect(rows.filter(({ cause = "", cure = "" }) => cause.length < 10 || cure.length < 8)).toEqual([]);
});
