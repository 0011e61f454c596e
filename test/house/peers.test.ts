import { readFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { join } from "node:path";
import { expect, test } from "vitest";
import { newestOf } from "../../src/base/version-range.js";
import { PEER_RANGES } from "../../src/stream/peers.js";
import { ROOT } from "../e2e/run.js";
import { codeOf, readSources } from "./source-file.js";

const { dependencies, devDependencies, peerDependencies, peerDependenciesMeta } = JSON.parse(
  readFileSync(join(ROOT, "package.json"), "utf8"),
);

test("the ranges that the code checks are those of package.json, and every peer is optional", () => {
  expect(PEER_RANGES).toEqual(peerDependencies);
  expect(peerDependenciesMeta).toEqual(
    Object.fromEntries(Object.keys(peerDependencies).map((name) => [name, { optional: true }])),
  );
});

test("the version that an error names to install is the one that these tests use", () => {
  const tested = Object.entries<string>(peerDependencies).filter(([name]) => name in devDependencies);
  const majorOf = (range: string) => newestOf(range).split(".", 1)[0];
  expect(tested.filter(([name, range]) => majorOf(range) !== majorOf(devDependencies[name]))).toEqual([]);
});

/** Rooms that are nothing without a package: the build puts a check before them (`scripts/guard-peers.mjs`). */
const WHOLE: Readonly<Record<string, RegExp>> = {
  "dapr/": /^@(bufbuild|connectrpc)\//,
  // `src/cli/main.ts` looks for commander before it loads the rest; the build puts the others into the command.
  "cli/": /^(commander|marked|string-width)$/,
};

test("an optional package is imported by loadPeer alone", () => {
  const found = readSources(join(ROOT, "src")).flatMap(({ path, source }) => {
    if (path.endsWith(".test.ts")) return [];
    const code = codeOf({ path, source: source.replace(/import\(\s*"([^"]+)"/g, "import(@$1@") });
    const dynamic = Array.from(code.matchAll(/(?<!typeof )import\(@([^@./][^@]*|@[^@]+)@/g), ([, name = ""]) => name);
    const lines = source.matchAll(/^import (?!type\b)[^;"]*"([^".][^"]*)";$/gm);
    const names = [...dynamic, ...Array.from(lines, ([, name = ""]) => name)];
    return names
      .filter((name) => !isBuiltin(name) && !Object.keys(dependencies).some((one) => name.startsWith(one)))
      .filter((name) => !Object.entries(WHOLE).some(([room, whole]) => path.startsWith(room) && whole.test(name)))
      .map((name) => `${path} imports ${name}`);
  });
  expect(found).toEqual([]);
});

test("the package of the command brings everything that it can use", () => {
  const app = JSON.parse(readFileSync(join(ROOT, "app", "package.json"), "utf8"));
  const own = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
  // Its builds for graphics cards are larger than all the rest together: `sluice pull` and `llama/…` say how to get it.
  // eSpeak NG is under the GPL, and sherpa-onnx is of no use without a model: who wants them installs them.
  const {
    "node-llama-cpp": _,
    "@echogarden/espeak-ng-emscripten": __,
    "sherpa-onnx-node": ___,
    ...usable
  } = peerDependencies;
  expect(app.dependencies).toEqual({ sluice: own.version, ...usable });
  expect([app.version, app.engines]).toEqual([own.version, own.engines]);
});
