// `npm run setup:llama`: node-llama-cpp with its build for this machine's CPU, for the tests of `llama/…`. It is no
// development dependency: all of its platform packages together hold hundreds of megabytes that no test uses.
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { install, root, run } from "./setup.mjs";

const VERSION = "3.22.1";

const BUILDS = {
  "linux-x64": "linux-x64",
  "linux-arm64": "linux-arm64",
  "darwin-x64": "mac-x64",
  "darwin-arm64": "mac-arm64-metal",
  "win32-x64": "win-x64",
  "win32-arm64": "win-arm64",
};

const build = BUILDS[`${process.platform}-${process.arch}`];
if (build === undefined) {
  process.stderr.write(`node-llama-cpp has no build for ${process.platform} on ${process.arch}.\n`);
  process.exit(1);
}

// First, since `npm ci` empties node_modules.
install();

const link = join(root, "node_modules", "node-llama-cpp");
const folder = join(root, "node_modules", ".llama");
if (installedVersion() !== VERSION) {
  process.stderr.write(`Installing node-llama-cpp ${VERSION} for ${build} …\n`);
  rmSync(link, { recursive: true, force: true });
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), '{ "private": true }\n');
  const packages = [`node-llama-cpp@${VERSION}`, `@node-llama-cpp/${build}@${VERSION}`];
  const flags = ["--omit=optional", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
  run("npm", ["install", ...flags, ...packages], folder);
  // A junction needs no rights on Windows; elsewhere the type is ignored.
  symlinkSync(join(".llama", "node_modules", "node-llama-cpp"), link, "junction");
}

/** The version that is linked, with its build beside it; `undefined` where either is missing. */
function installedVersion() {
  const file = join(link, "package.json");
  const binary = join(folder, "node_modules", "@node-llama-cpp", build, "package.json");
  return existsSync(file) && existsSync(binary) ? JSON.parse(readFileSync(file, "utf8")).version : undefined;
}
