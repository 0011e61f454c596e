import { readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";

/** A file of `src/`, by its path below it, with forward slashes. */
export interface SourceFile {
  path: string;
  source: string;
}

/** All TypeScript files below a folder. */
export function readSources(root: string): SourceFile[] {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
    .map((entry) => join(entry.parentPath, entry.name))
    .map((file) => ({ path: relative(root, file).split(sep).join("/"), source: readFileSync(file, "utf8") }));
}

/** What a file imports or exports from: types and dynamic imports count too. */
export function importsOf({ source }: SourceFile): string[] {
  return [...source.matchAll(STATEMENT), ...source.matchAll(DYNAMIC)].map((match) => match[1] ?? "");
}

/** Whether a file passes on what another one exports. */
export function reexports({ source }: SourceFile): boolean {
  return /^export\s(?:type\s)?(?:\*|\{[^}]*\})[^;{]*\sfrom\s/m.test(source);
}

/** The code without its comments and without what its strings say. */
export function codeOf({ source }: SourceFile): string {
  return source.replace(COMMENT_OR_STRING, (text) => (text.startsWith("/") ? "" : '""'));
}

/** An `import` or `export … from` that begins a line, as the formatter leaves them. */
const STATEMENT = /^(?:import|export)\b(?:[^;"'()]*?\sfrom)?\s*"([^"]+)"/gm;
const DYNAMIC = /\bimport\(\s*"([^"]+)"/g;
const COMMENT_OR_STRING =
  /\/\*[\s\S]*?\*\/|\/\/[^\n]*|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|\$\{[^}]*\}|[^`\\])*`/g;
