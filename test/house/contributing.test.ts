import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { FLOORS } from "./house-rules.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const page = readFileSync(join(root, "CONTRIBUTING.md"), "utf8");

test("every path that CONTRIBUTING.md names exists", () => {
  const paths = Array.from(page.matchAll(/`((?:src|test|docs|bench|examples)\/[^`\s…]*)`/g), ([, path = ""]) => path);
  // A floor may be planned before there is anything on it, and NAME is the reader's.
  const named = paths.filter((path) => !path.includes("NAME") && !FLOORS.includes(path.replace("src/", "")));
  expect(named.length).toBeGreaterThan(40);
  expect(named.filter((path) => !existsSync(join(root, path)))).toEqual([]);
});

test("the map of CONTRIBUTING.md has the folders of src/, the highest first", () => {
  expect(Array.from(page.matchAll(/^\| `src\/(\w+)` \|/gm), ([, folder]) => folder)).toEqual(FLOORS);
  const folders = readdirSync(join(root, "src"), { withFileTypes: true }).filter((entry) => entry.isDirectory());
  expect(folders.map(({ name }) => name).filter((name) => !FLOORS.includes(name))).toEqual([]);
});

test("the exports and constants that CONTRIBUTING.md names stand where it says", () => {
  const claims: [path: string, name: string][] = [
    ["src/models/providers.ts", "PROVIDERS"],
    ["src/dialects/recognise-wire.ts", "DIALECTS"],
    ["src/chat/open-store.ts", "BUILT_IN"],
    ["src/workflows/steps/step-types.ts", "STEP_TYPES"],
    ["src/speech/voices/voice-of-name.ts", "KINDS"],
    ["test/speech/cloud-services.ts", "overHttp"],
    ["test/stores/store-contract.ts", "storeContract"],
    ["test/laws/dialect-laws.ts", "dialectLaws"],
    ["src/tools/toolbox.ts", "ToolSource"],
  ];
  for (const [path, name] of claims) {
    expect(page, path).toContain(path);
    expect(readFileSync(join(root, path), "utf8"), `${name} in ${path}`).toContain(name);
  }
});
