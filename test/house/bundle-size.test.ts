import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { expect, it } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** What everybody who streams needs, and one protocol: from the package as it was built. */
const CORE = `
  export * from "sluice/stream";
  export { openAiChat } from "sluice/dialects";
`;

it("bundles the core for browsers in under 38 KB, without anything of Node", async () => {
  // Node's own modules cannot be resolved for this platform: the build would fail.
  const { outputFiles, metafile } = await build({
    stdin: { contents: CORE, resolveDir: root },
    bundle: true,
    write: false,
    minify: true,
    metafile: true,
    format: "esm",
    platform: "browser",
    target: "es2022",
    logLevel: "silent",
  });
  expect(Object.keys(metafile.inputs).filter((path) => path.includes("node_modules"))).toEqual([]);
  const [bundle] = outputFiles;
  expect(bundle?.text).toContain("chat.completion.chunk");
  expect(bundle?.text).not.toMatch(/\bBuffer\b|\bprocess\./);
  expect(gzipSync(bundle?.contents ?? "").length).toBeLessThan(38_000);
});
