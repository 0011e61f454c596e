// What `npm start`, `npm test` and `npm run bench` share: a fresh clone needs nothing but npm. Plain Node, no packages.
import { spawnSync } from "node:child_process";
import { existsSync, lstatSync, readdirSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Installs the packages if they are missing or older than the lockfile. Everything it prints goes to stderr. */
export function install(folder = root) {
  // `npm ci` empties the folder before it fills it: one that is only linked here is somebody else's.
  if (isLink(join(folder, "node_modules"))) return;
  const installed = join(folder, "node_modules", ".package-lock.json");
  if (existsSync(installed) && modified(installed) >= modified(join(folder, "package-lock.json"))) return;
  say(`Installing packages${folder === root ? "" : ` in ${folder.slice(root.length + 1)}`} …`);
  run("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"], folder);
}

/** Compiles src to dist if anything in src is newer. */
export function build() {
  const built = join(root, "dist", "index.js");
  const sources = ["src", "web", "scripts/build.mjs", "package.json", "tsconfig.json", "tsconfig.build.json"];
  if (existsSync(built) && Math.max(...sources.map((path) => newest(join(root, path)))) <= modified(built)) return;
  say("Building …");
  run("npm", ["run", "--silent", "build"], root);
}

/** Runs a command to its end with its output on stderr; ends this process with the same code if it fails. */
export function run(command, args, cwd = root) {
  const { status, error } = spawnSync(command, args, {
    cwd,
    stdio: ["ignore", 2, 2],
    shell: process.platform === "win32",
  });
  if (error !== undefined) say(`${command}: ${error.message}`);
  if (status !== 0) process.exit(status ?? 1);
}

function newest(path) {
  if (!statSync(path).isDirectory()) return modified(path);
  const entries = readdirSync(path, { withFileTypes: true });
  return Math.max(modified(path), ...entries.map((entry) => newest(join(path, entry.name))));
}

function isLink(path) {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
}

function modified(path) {
  return statSync(path).mtimeMs;
}

function say(line) {
  process.stderr.write(`${line}\n`);
}
