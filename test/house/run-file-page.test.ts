import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { RUN_SETTINGS } from "../../src/dapr/run/run-settings.js";

test("docs/dapr.md names every setting of a run file", () => {
  const page = readFileSync(new URL("../../docs/dapr.md", import.meta.url), "utf8");
  const missing = RUN_SETTINGS.map(({ key }) => key).filter((key) => !page.includes(`\`${key}\``));
  expect(missing).toEqual([]);
});
