import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { importsUpwards, misplacedExports, needsNode, unknownFolder } from "./house-rules.js";
import { readSources } from "./source-file.js";

const files = readSources(fileURLToPath(new URL("../../src", import.meta.url)));

describe("the house", () => {
  it("has only the floors of its plan", () => {
    expect(files.length).toBeGreaterThan(0);
    expect(files.flatMap(unknownFolder)).toEqual([]);
  });

  it("imports downwards only", () => {
    expect(files.flatMap(importsUpwards)).toEqual([]);
  });

  it("keeps Node out of the folders that run in browsers", () => {
    expect(files.flatMap(needsNode)).toEqual([]);
  });

  it("exports from index.ts only, and does nothing else there", () => {
    expect(files.flatMap(misplacedExports)).toEqual([]);
  });
});

describe("the check of imports", () => {
  it.each([
    ["stream/tee.ts", 'import { model } from "../models/index.js";', "../models/index.js"],
    ["stream/tee.ts", 'import {\n  type ChatModel,\n} from "../models/http.js";', "../models/http.js"],
    ["guards/scrub.ts", 'export async function f() {\n  await import("../cli/main.js");\n}', "../cli/main.js"],
    ["models/http/pool.ts", 'import "../../server/hub.js";', "../../server/hub.js"],
    ["chat/stream.ts", 'import { stream } from "sluice/stream";', "sluice/stream"],
    ["chat/stream.ts", 'import { root } from "../index.js";', "../index.js"],
    ["chat/stream.ts", 'import { collect } from "../../test/support/collect.js";', "../../test/support/collect.js"],
  ])("refuses that %s says %j", (path, source, specifier) => {
    expect(importsUpwards({ path, source })).toEqual([`${path} imports ${specifier}`]);
  });

  it.each([
    ["models/http.ts", 'import type { ChatModel } from "../stream/index.js";\nimport { Agent } from "undici";'],
    ["stream/tee.test.ts", 'import { collect } from "../../test/support/collect.js";'],
    ["index.ts", 'export * from "./chat/index.js";'],
    ["stream/tee.ts", '/**\n * import { model } from "../models/index.js";\n */\nexport const tee = 1;'],
  ])("allows that %s says %j", (path, source) => {
    expect(importsUpwards({ path, source })).toEqual([]);
  });

  it.each([
    ["dialects/a.ts", 'import { join } from "node:path";', "node:path"],
    ["stream/a.ts", "const size = Buffer.byteLength(text);", "Buffer"],
    ["guards/a.ts", "if (process.env.DEBUG) log();", "process"],
    ["guards/a.ts", "if (globalThis.process.env.DEBUG) log();", "process"],
  ])("refuses that %s says %j, which browsers do not have", (path, source, found) => {
    expect(needsNode({ path, source })).toEqual([`${path} uses ${found}`]);
  });

  it("does not take words for Node's globals", () => {
    const source =
      '// Buffer.from\nthis.process.start(); const text = "process.env"; this.#process(); batch.process();';
    expect(needsNode({ path: "stream/a.ts", source })).toEqual([]);
    expect(needsNode({ path: "cli/a.ts", source: "process.exit(1);" })).toEqual([]);
  });

  it.each([
    ["stream/a.ts", 'export { b } from "./b.js";'],
    ["stream/a.ts", 'export type {\n  B,\n} from "./b.js";'],
    ["stream/a.ts", 'export * from "./b.js";'],
    ["stream/index.ts", 'export { b } from "./b.js";\nexport const c = 1;'],
  ])("refuses that %s says %j", (path, source) => {
    expect(misplacedExports({ path, source })).toHaveLength(1);
  });

  it("allows a list of what is public, and exports of a file's own", () => {
    const list = '/** Public. */\nexport type * from "./a.js";\nexport { b, type C } from "./b.js";\n';
    expect(misplacedExports({ path: "stream/index.ts", source: list })).toEqual([]);
    const own = 'export { a };\nexport function b() {}\nexport const from = "x";\n';
    expect(misplacedExports({ path: "stream/a.ts", source: own })).toEqual([]);
  });
});
