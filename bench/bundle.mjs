import { gzipSync } from "node:zlib";
import { build } from "esbuild";

/** Everything that `sluice/stream` exports, and the reader and writer of one protocol. */
const ENTRY = `export * from "sluice/stream"; export { openAiChat } from "sluice/dialects";`;

/** The size of the core for browsers, minified and gzipped, in KB. */
export async function bundleKb() {
  const { outputFiles } = await build({
    stdin: { contents: ENTRY, resolveDir: import.meta.dirname },
    bundle: true,
    write: false,
    minify: true,
    format: "esm",
    platform: "browser",
    target: "es2022",
    // It tells that files without side effects are left out, as they should be.
    logLevel: "error",
  });
  return outputFiles.reduce((bytes, file) => bytes + gzipSync(file.contents).length, 0) / 1_000;
}
