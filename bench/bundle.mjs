import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const built = build({
  stdin: { contents: 'export { stream } from "sluice";', resolveDir: import.meta.dirname },
  bundle: true,
  splitting: true,
  outdir: "/bundle",
  write: false,
  minify: true,
  metafile: true,
  format: "esm",
  platform: "browser",
  target: "es2022",
  // It tells that files without side effects are left out, as they should be.
  logLevel: "error",
});

/** What a page loads that streams text from a service of a protocol: minified, after gzip, in KB. */
export async function pageKb(dialect) {
  const { metafile, outputFiles } = await built;
  const paths = Object.keys(metafile.outputs);
  const loaded = new Set();
  // What the entry imports, and what one of its dynamic imports does.
  const follow = (path) => {
    if (loaded.has(path)) return;
    loaded.add(path);
    for (const { path: next, kind } of metafile.outputs[path].imports) if (kind === "import-statement") follow(next);
  };
  for (const name of ["stdin", ...(dialect === undefined ? [] : [`${dialect}-calling`])]) {
    const found = paths.find((path) => new RegExp(`/${name}(\\.browser)?(-[A-Z0-9]+)?\\.js$`).test(path));
    if (found === undefined) throw new Error(`there is no ${name} among ${paths.join(", ")}`);
    follow(found);
  }
  const files = outputFiles.filter(({ path }) => [...loaded].some((one) => path.endsWith(`/${one.split("/").at(-1)}`)));
  return gzipSync(Buffer.concat(files.map(({ contents }) => contents))).length / 1_000;
}
