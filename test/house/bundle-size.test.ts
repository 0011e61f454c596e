import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build, type Metafile, type OutputFile } from "esbuild";
import { beforeAll, expect, it } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** The limit, in bytes after gzip, for what a page loads to stream from one service: `stream`, the transport, its protocol. */
const LIMIT = 57_300;

let outputs: Metafile["outputs"];
let files: OutputFile[];

beforeAll(async () => {
  const built = await build({
    stdin: { contents: 'export { stream } from "sluice";', resolveDir: root },
    bundle: true,
    splitting: true,
    outdir: "/bundle",
    write: false,
    minify: true,
    metafile: true,
    format: "esm",
    platform: "browser",
    target: "es2022",
    logLevel: "silent",
  });
  outputs = built.metafile.outputs;
  files = built.outputFiles;
});

/** The files that a page loads: those that the entry imports, and those that one of its dynamic imports does. */
function loadedFor(dialect: string): string[] {
  const loaded = new Set<string>();
  const follow = (path: string): void => {
    if (loaded.has(path)) return;
    loaded.add(path);
    for (const { path: next, kind } of outputs[path]?.imports ?? []) {
      if (kind === "import-statement") follow(next);
    }
  };
  const paths = Object.keys(outputs);
  for (const name of ["stdin", `${dialect}-calling`]) {
    const found = paths.find((path) => new RegExp(`/${name}(-[A-Z0-9]+)?\\.js$`).test(path));
    if (found === undefined) throw new Error(`there is no ${name} among ${paths.join(", ")}`);
    follow(found);
  }
  return [...loaded];
}

it.each(["openai-chat", "openai-responses", "anthropic", "gemini", "ollama"])(
  "a page that streams through %s loads at most 57 KB",
  (dialect) => {
    const loaded = loadedFor(dialect).map((path) =>
      files.find((file) => file.path.endsWith(path.split("/").at(-1) ?? "")),
    );
    const size = gzipSync(Buffer.concat(loaded.flatMap((file) => file?.contents ?? []))).length;
    expect(size).toBeGreaterThan(20_000);
    expect(size).toBeLessThan(LIMIT);
  },
);
