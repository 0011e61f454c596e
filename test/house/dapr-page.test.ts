import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { differences } from "../../src/dapr/components/differences.js";

const PAGE = new URL("../../docs/dapr.md", import.meta.url);
const HEADING = "## Differences to daprd\n";

test("docs/dapr.md lists the differences to daprd (`npx vitest run test/house/dapr-page.test.ts -u` writes them)", async () => {
  const [before, rest, ...more] = readFileSync(PAGE, "utf8").split(HEADING);
  expect([rest === undefined, more], "the heading is there once").toEqual([false, []]);
  await expect(`${before}${HEADING}\n${section()}\n`).toMatchFileSnapshot("../../docs/dapr.md");
});

function section(): string {
  const rows = differences.map(({ what, why }) => `- ${what} ${why}`);
  return ["Compared with daprd 1.18:", "", ...rows].join("\n");
}
