import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";
import { modulesOf, PAGES } from "./guide-snippets.js";
import { readSources, type SourceFile } from "./source-file.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
// Beside the built package, so that `sluice/…` is that.
const folder = mkdtempSync(join(root, "dist", ".snippets-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The examples of docstrings, each a module that imports what it uses. */
function examplesOf({ path, source }: SourceFile): { path: string; code: string }[] {
  if (path.endsWith(".test.ts")) return [];
  return [...source.matchAll(/^ *\* @example\n([\s\S]*?)(?=^ *\* @|^ *\*\/)/gm)].map(([, text = ""]) => {
    const code = /```ts\n([\s\S]*)```/.exec(text.replace(/^ *\* ?/gm, ""))?.[1];
    return { path, code: code ?? "an example stands between ```ts and ```" };
  });
}

test("every snippet of the guides and every example of a docstring compiles as it is printed", async () => {
  for (const page of PAGES) {
    for (const [index, code] of modulesOf(page, "types").entries()) {
      writeFileSync(join(folder, `${page.replace(/\W/g, "-")}-${index + 1}.ts`), code);
    }
  }
  const examples = readSources(join(root, "src")).flatMap(examplesOf);
  expect(examples.length).toBeGreaterThan(60);
  for (const [index, { path, code }] of examples.entries()) {
    writeFileSync(join(folder, `src-${path.replace(/\W/g, "-")}-${index}.ts`), `${code}export {};\n`);
  }
  const compilerOptions = {
    module: "nodenext",
    target: "es2022",
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    types: ["node"],
  };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, include: ["*.ts"] }));
  const tsc = join(root, "node_modules", "typescript", "bin", "tsc");
  const said = await new Promise<string>((resolve) => {
    execFile(process.execPath, [tsc, "-p", folder, "--pretty", "false"], (_, stdout) => resolve(stdout));
  });
  expect(said).toBe("");
});
