import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { expect, it } from "vitest";

const src = fileURLToPath(new URL("../../src", import.meta.url));

/** What everybody who streams needs, and one protocol. */
const CORE = `
  export * from "./stream/index.js";
  export { openAiChat } from "./dialects/index.js";
`;

it("bundles the core for browsers in under 20 KB, without anything of Node", async () => {
  // Node's own modules cannot be resolved for this platform: the build would fail.
  const { outputFiles, warnings, metafile } = await build({
    stdin: { contents: CORE, resolveDir: src, loader: "ts" },
    bundle: true,
    write: false,
    minify: true,
    metafile: true,
    format: "esm",
    platform: "browser",
    target: "es2022",
    logLevel: "silent",
  });
  expect(warnings).toEqual([]);
  expect(Object.keys(metafile.inputs).filter((path) => path.includes("node_modules"))).toEqual([]);
  const [bundle] = outputFiles;
  expect(gzipSync(bundle?.contents ?? "").length).toBeLessThan(20_000);
  expect(bundle?.text).not.toMatch(/\bBuffer\b|\bprocess\./);
});
