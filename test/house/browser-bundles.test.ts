import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { expect, it } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));

it.each([["sluice/structured"]])("bundles %s for browsers, without anything of Node", async (entry) => {
  // Node's own modules cannot be resolved for this platform: the build would fail.
  const { outputFiles, metafile } = await build({
    stdin: { contents: `export * from "${entry}";`, resolveDir: root },
    bundle: true,
    write: false,
    metafile: true,
    format: "esm",
    platform: "browser",
    target: "es2022",
    logLevel: "silent",
  });
  expect(Object.keys(metafile.inputs).filter((path) => path.includes("node_modules"))).toEqual([]);
  expect(outputFiles[0]?.text).not.toMatch(/\bBuffer\b|\bprocess\./);
});
