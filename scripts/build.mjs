// `npm run build`: tsc checks and writes the declarations, Rolldown writes the code, Vite the web app.
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { basename, dirname, join, relative, sep } from "node:path";
import { asciiCode } from "./ascii-code.mjs";
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

// What only the command needs to draw on a terminal is small, and in it: `npm i sluice` brings nothing more for it.
const IN_COMMAND = ["marked", "string-width", "get-east-asian-width", "strip-ansi", "ansi-regex"];

// Node takes about as long over a file as over 10 KB of code. What `import "sluice"` needs is one file; of the rest each
// folder is one, and whatever is first loaded by a call, with what it alone needs.
let core;

/** A module and all that it imports, but for what it loads later. */
function importedBy(entry, graph) {
  const found = new Set([entry]);
  for (const id of found) for (const next of graph.getModuleInfo(id)?.importedIds ?? []) found.add(next);
  return found;
}

// Their folders are loaded one by one.
const IN_PARTS = ["dialects", "models", "guards"];

// Loaded when first used, or without the rest of their folder.
const BY_THEMSELVES =
  /^(undici-.*|recognise-wire|run-settings|converse-reply|guarded-fetch|echo-source|thinking-source|part-thoughts|wire-log|json-calls|not-json|list-models|redactor|mask-secrets|odd-answers|chunk-stage|templates|wav)\.ts$/;

function chunkOf(id, graph) {
  if (isGuard(id)) return "dapr";
  if (id.includes("node_modules")) return "terminal";
  const [folder, ...rest] = relative(join(root, "src"), id).split(sep);
  if (rest.length === 0 || folder === "cli") return null;
  core ??= importedBy(join(root, "src", "index.ts"), graph);
  if (core.has(id)) return "core";
  if (BY_THEMSELVES.test(basename(id))) return null;
  return IN_PARTS.includes(folder) && rest.length > 1 ? `${folder}-${rest[0]}` : folder;
}

/** What a package that is inside of ours asks to go with it. */
function licenseOf(name) {
  const folder = join(root, "node_modules", name);
  const file = readdirSync(folder).find((one) => /^licen[cs]e/i.test(one));
  return `${name}\n\n${readFileSync(join(folder, file), "utf8")}`;
}

/** The declarations of what package.json exports. */
function declarationsOf(entries) {
  return Object.values(entries).flatMap(({ types }) => (types === undefined ? [] : [join(root, types)]));
}

/** Deletes the declarations that none of these refers to: nobody can import what they declare. */
function dropUnreachable(entries) {
  const reached = new Set(entries);
  for (const file of reached) {
    for (const [, path] of readFileSync(file, "utf8").matchAll(/(?:from|import)\s*\(?\s*"(\.[^"]+)"/g)) {
      reached.add(join(dirname(file), path.replace(/\.js$/, ".d.ts")));
    }
  }
  const dist = join(root, "dist");
  for (const name of readdirSync(dist, { recursive: true })) {
    const file = join(dist, name);
    if (name.endsWith(".d.ts") && !reached.has(file)) rmSync(file);
  }
}

rmSync(join(root, "dist"), { recursive: true, force: true });
run(process.execPath, [join(root, "node_modules", "typescript", "bin", "tsc"), "-p", "tsconfig.build.json"]);

dropUnreachable(declarationsOf(exports));

// Loaded here and not above: a fresh clone gets it only with the packages.
const { rolldown } = await import("rolldown");
const { shortLines } = await import("./short-lines.mjs");
const node = await rolldown({
  input: inputOf("default"),
  // Dependencies stay outside.
  external: (id) => /^[^./\0]/.test(id) && !isGuarded(id) && !IN_COMMAND.includes(id),
  plugins: [guardPeers(), asciiCode(), shortLines()],
  platform: "node",
  transform: { target: "node20.18" },
  preserveEntrySignatures: "allow-extension",
  // It tells no more than that.
  logLevel: "warn",
  // What browsers load later is in the core here, where others need it at once.
  checks: { ineffectiveDynamicImport: false },
});
await node.write({
  dir: join(root, "dist"),
  format: "esm",
  // Names stay, for stack traces.
  minify: { compress: false, mangle: { toplevel: false, keepNames: true }, codegen: true },
  entryFileNames: "[name].js",
  chunkFileNames: "chunks/[name]-[hash].js",
  codeSplitting: { groups: [{ name: chunkOf, debugName: "folders" }], includeDependenciesRecursively: false },
});

writeFileSync(join(root, "dist", "cli", "licenses.txt"), IN_COMMAND.map(licenseOf).join("\n"));

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
