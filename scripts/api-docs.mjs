// `npm run docs`: the reference of every public symbol, of its docstring, into docs/api. TypeDoc wants a compiler in JavaScript, which
// the one that builds this project is not, so both come into a folder beside the system's temporary files.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build, install, root, run } from "./setup.mjs";

const TOOLS = ["typedoc@0.28", "typescript@5.9"];

install();
build();
const folder = join(tmpdir(), "sluice-typedoc");
const bin = join(folder, "node_modules", "typedoc", "bin", "typedoc");
if (!existsSync(bin)) {
  mkdirSync(folder, { recursive: true });
  run("npm", ["install", "--prefix", folder, "--no-audit", "--no-fund", "--loglevel=error", ...TOOLS], folder);
}
const { exports } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const entryPoints = Object.values(exports).flatMap(({ types }) => (types === undefined ? [] : [join(root, types)]));
const compilerOptions = { module: "nodenext", target: "es2022", strict: true, skipLibCheck: true, types: ["node"] };
const tsconfig = join(root, "dist", "tsconfig.docs.json");
writeFileSync(tsconfig, JSON.stringify({ compilerOptions, files: entryPoints }));
const flags = ["--skipErrorChecking", "--excludeInternal", "--name", "Sluice", "--readme", join(root, "README.md")];
const places = ["--tsconfig", tsconfig, "--out", join(root, "docs", "api")];
run(process.execPath, [bin, ...places, ...flags, ...entryPoints], root);
process.stderr.write("docs/api/index.html\n");
