import { posix } from "node:path";
import { codeOf, importsOf, reexports, type SourceFile } from "./source-file.js";

/** The folders of `src/`, the highest floor first: each may import those after it. */
export const FLOORS: readonly string[] = [
  "cli",
  "server",
  "dapr",
  "workflows",
  "agents",
  "speech",
  "chat",
  "tools",
  "structured",
  "guards",
  "models",
  "telemetry",
  "dialects",
  "listeners",
  "runs",
  "sqlite",
  "stream",
  "base",
];

/** Folders that run in browsers too. */
const BROWSER = new Set(["base", "stream", "structured", "guards", "dialects"]);

/** Imports that lead up in the house, past it, or through the package's own front door. */
export function importsUpwards(file: SourceFile): string[] {
  const floor = FLOORS.indexOf(folderOf(file.path));
  return importsOf(file)
    .filter((specifier) => {
      if (specifier === "sluice" || specifier.startsWith("sluice/")) return true;
      if (!specifier.startsWith(".")) return false;
      const target = posix.join(posix.dirname(file.path), specifier);
      // A test may use what all tests share.
      if (target.startsWith("../")) return !isTest(file);
      if (isFrontDoor(file)) return false;
      return FLOORS.indexOf(folderOf(target)) < floor;
    })
    .map((specifier) => `${file.path} imports ${specifier}`);
}

/** What a browser does not have, in folders that run there. A file with a twin for browsers beside it does not run there. */
export function needsNode(file: SourceFile, _index = 0, files: readonly SourceFile[] = []): string[] {
  if (files.some(({ path }) => path === file.path.replace(/\.ts$/, ".browser.ts"))) return [];
  if (!BROWSER.has(folderOf(file.path)) || isTest(file)) return [];
  const modules = importsOf(file).filter((specifier) => specifier.startsWith("node:"));
  const globals =
    codeOf(file).match(/(?:(?<![.\w#])|(?<=globalThis\.))(?:Buffer|process|__dirname|__filename|require)(?=[.(<[])/g) ??
    [];
  return [...modules, ...globals].map((found) => `${file.path} uses ${found}`);
}

/** A folder's `index.ts` lists what is public; nothing else does, and it does nothing else. */
export function misplacedExports(file: SourceFile): string[] {
  if (posix.basename(file.path) !== "index.ts") {
    return reexports(file) ? [`${file.path} exports what another file does`] : [];
  }
  const rest = codeOf(file).replace(/^export\b[^;]*\sfrom\s""\s*;/gm, "");
  return rest.trim() === "" ? [] : [`${file.path} does more than export: ${rest.trim().split("\n")[0]}`];
}

/** Folders that the order of floors does not name. */
export function unknownFolder(file: SourceFile): string[] {
  return isFrontDoor(file) || FLOORS.includes(folderOf(file.path)) ? [] : [`${file.path} is on no floor`];
}

/** `src/index.ts` and what else lies beside the folders. */
function isFrontDoor(file: SourceFile): boolean {
  return !file.path.includes("/");
}

function isTest(file: SourceFile): boolean {
  return file.path.endsWith(".test.ts");
}

function folderOf(path: string): string {
  return path.split("/")[0] ?? "";
}
