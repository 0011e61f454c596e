// `npm run build`: tsc checks and writes the declarations, Rolldown writes the code, Vite the web app.
import { readFileSync, rmSync } from "node:fs";
import { isBuiltin } from "node:module";
import { basename, join, relative, sep } from "node:path";
import { browserTwins } from "./browser-twins.mjs";
import { guardPeers, isGuard, isGuarded } from "./guard-peers.mjs";
import { root, run } from "./setup.mjs";

const { exports, bin } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));

/** The sources of what package.json says under a condition, by the names of the files that are made of them. */
function inputOf(condition) {
  const built = [...Object.values(exports), ...(condition === "default" ? Object.values(bin) : [])];
  const files = built.map((entry) => entry[condition] ?? entry).filter((file) => /^\.\/dist\/.*\.js$/.test(file));
  const names = files.map((file) => file.slice("./dist/".length, -".js".length).replace(/^browser\//, ""));
  return Object.fromEntries(names.map((name) => [name, join(root, "src", `${name}.ts`)]));
}

// Loaded when first used, or without the rest of their folder.
const BY_THEMSELVES = /^(undici-.*|recognise-wire|run-settings|converse-reply|guarded-fetch)\.ts$/;

// Node takes about as long over a file as over 30 KB of code: each folder of the house is one.
function chunkOf(id) {
  if (isGuard(id)) return "dapr";
  const [folder, ...rest] = relative(join(root, "src"), id).split(sep);
  const apart = rest.length === 0 || folder === "cli" || BY_THEMSELVES.test(basename(id));
  return apart ? null : folder;
}

rmSync(join(root, "dist"), { recursive: true, force: true });
run(process.execPath, [join(root, "node_modules", "typescript", "bin", "tsc"), "-p", "tsconfig.build.json"]);

// Loaded here and not above: a fresh clone gets it only with the packages.
const { rolldown } = await import("rolldown");
const node = await rolldown({
  input: inputOf("default"),
  // Dependencies stay outside.
  external: (id) => /^[^./\0]/.test(id) && !isGuarded(id),
  plugins: [guardPeers()],
  platform: "node",
  transform: { target: "node20.18" },
  preserveEntrySignatures: "allow-extension",
  // It tells no more than that.
  logLevel: "warn",
});
await node.write({
  dir: join(root, "dist"),
  format: "esm",
  // Names stay, for stack traces.
  minify: { compress: false, mangle: false, codegen: true },
  entryFileNames: "[name].js",
  chunkFileNames: "chunks/[name]-[hash].js",
  codeSplitting: { groups: [{ name: chunkOf, debugName: "folders" }], includeDependenciesRecursively: false },
});

// A file for each module, so that the application's own bundler leaves out what the page does not use.
const browser = await rolldown({
  input: inputOf("browser"),
  external: (id) => /^[^./\0]/.test(id) && !isBuiltin(id),
  plugins: [browserTwins()],
  treeshake: { moduleSideEffects: false },
  platform: "browser",
  transform: { target: "es2022" },
  logLevel: "warn",
});
await browser.write({
  dir: join(root, "dist", "browser"),
  format: "esm",
  // The application's own bundler does the rest.
  minify: { compress: false, mangle: false, codegen: true },
  preserveModules: true,
  preserveModulesRoot: join(root, "src"),
  entryFileNames: "[name].js",
});

const { build } = await import("vite");
await build({ configFile: join(root, "web", "vite.config.ts") });
