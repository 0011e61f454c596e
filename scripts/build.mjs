// `npm run build`: tsc checks and writes the declarations, esbuild writes the code.
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { root, run } from "./setup.mjs";

const { exports, bin } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const built = [...Object.values(exports), ...Object.values(bin)].map((entry) => entry.default ?? entry);
const entryPoints = built
  .filter((file) => file.endsWith(".js"))
  .map((file) => join(root, file.replace("./dist/", "src/").replace(/\.js$/, ".ts")));

// A dialect is a file of its own, so that a bundle for browsers holds only those it uses.
const dialects = readdirSync(join(root, "src", "dialects"), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => join(root, "src", "dialects", name, `${name}.ts`));

rmSync(join(root, "dist"), { recursive: true, force: true });
run(process.execPath, [join(root, "node_modules", "typescript", "bin", "tsc"), "-p", "tsconfig.build.json"]);

// Loaded here and not above: a fresh clone gets it only with the packages.
const { build } = await import("esbuild");
await build({
  entryPoints: [...entryPoints, ...dialects],
  outdir: join(root, "dist"),
  outbase: join(root, "src"),
  bundle: true,
  splitting: true,
  packages: "external",
  format: "esm",
  platform: "node",
  target: "node20.18",
  sourcemap: true,
  chunkNames: "chunks/[name]-[hash]",
  logLevel: "warning",
});
