// `npm run build`: tsc checks and writes the declarations, Rolldown writes the code, Vite the web app.
import { readFileSync, rmSync } from "node:fs";
import { basename, join, relative, sep } from "node:path";
import { root, run } from "./setup.mjs";

const { exports, bin } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const built = [...Object.values(exports), ...Object.values(bin)].map((entry) => entry.default ?? entry);
const names = built.filter((file) => file.endsWith(".js")).map((file) => file.slice("./dist/".length, -".js".length));
const input = Object.fromEntries(names.map((name) => [name, join(root, "src", `${name}.ts`)]));

// Loaded when first used, or without the rest of their folder.
const BY_THEMSELVES = /^(undici-.*|recognise-wire|run-settings)\.ts$/;

// Node takes about as long over a file as over 30 KB of code: each folder of the house is one.
function chunkOf(id) {
  const [folder, ...rest] = relative(join(root, "src"), id).split(sep);
  const apart = rest.length === 0 || folder === "cli" || BY_THEMSELVES.test(basename(id));
  return apart ? null : folder;
}

rmSync(join(root, "dist"), { recursive: true, force: true });
run(process.execPath, [join(root, "node_modules", "typescript", "bin", "tsc"), "-p", "tsconfig.build.json"]);

// Loaded here and not above: a fresh clone gets it only with the packages.
const { rolldown } = await import("rolldown");
const bundle = await rolldown({
  input,
  // Dependencies stay outside.
  external: /^[^./]/,
  platform: "node",
  transform: { target: "node20.18" },
  preserveEntrySignatures: "allow-extension",
  // It tells no more than that.
  logLevel: "warn",
});
await bundle.write({
  dir: join(root, "dist"),
  format: "esm",
  sourcemap: true,
  entryFileNames: "[name].js",
  chunkFileNames: "chunks/[name]-[hash].js",
  codeSplitting: { groups: [{ name: chunkOf, debugName: "folders" }], includeDependenciesRecursively: false },
});

const { build } = await import("vite");
await build({ configFile: join(root, "web", "vite.config.ts") });
