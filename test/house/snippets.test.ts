import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";
import { readSources, type SourceFile } from "./source-file.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
// Beside the built package, so that `sluice/…` is that.
const folder = mkdtempSync(join(root, "dist", ".snippets-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What a page says elsewhere, or leaves to its reader, and its snippets go on with. */
const GIVEN: Readonly<Record<string, string>> = {
  "README.md": "",
  "docs/events.md": "",
  "docs/providers.md": "",
  "docs/conversations.md": "",
  "docs/tools.md": 'import type { ChatModel } from "sluice";\ndeclare const agent: ChatModel;\n',
  "docs/structured.md": "",
  "docs/speech.md": "",
  "docs/server.md": "",
  "docs/agents.md": "",
  "docs/observability.md": "",
  "docs/workflows.md": 'import type { Workflow } from "sluice/workflows";\ndeclare const research: Workflow;\n',
  "docs/guards.md": `import type { ChatModel } from "sluice";
declare const chat: ChatModel;
declare function checksum(value: string): boolean;
declare function classify(text: string): Promise<{ insult: boolean; brand?: string }>;
`,
  "docs/dapr.md": `import type { ChatModel, ChatRequest } from "sluice";
declare const model: ChatModel;
declare const request: ChatRequest;
declare const appId: string;
declare const resourcesPath: string;
declare function show(...what: unknown[]): void;
`,
};

const IMPORT = /^import (?:type )?\{ ([^}]+) \} from "[^"]+";$/gm;

/** Each snippet as a module: names that it does not import itself are those that a snippet before it has imported. */
function modulesOf(page: string): string[] {
  const snippets = [...readFileSync(join(root, page), "utf8").matchAll(/^```ts\n([\s\S]*?)^```$/gm)];
  const before = new Map<string, string>();
  return snippets.map(([, code = ""]) => {
    const own = new Map<string, string>();
    for (const [line, names = ""] of code.matchAll(IMPORT)) {
      for (const name of names.split(", ")) own.set(name, line.replace(names, name));
    }
    const missing = Array.from(before).filter(([name]) => !own.has(name) && new RegExp(`\\b${name}\\b`).test(code));
    for (const [name, line] of own) before.set(name, line);
    const given = /\bconst agent\b/.test(code) ? "" : GIVEN[page];
    return `${given}${missing.map(([, line]) => `${line}\n`).join("")}${code}export {};\n`;
  });
}

/** The examples of docstrings, each a module that imports what it uses. */
function examplesOf({ path, source }: SourceFile): { path: string; code: string }[] {
  if (path.endsWith(".test.ts")) return [];
  return [...source.matchAll(/^ *\* @example\n([\s\S]*?)(?=^ *\* @|^ *\*\/)/gm)].map(([, text = ""]) => {
    const code = /```ts\n([\s\S]*)```/.exec(text.replace(/^ *\* ?/gm, ""))?.[1];
    return { path, code: code ?? "an example stands between ```ts and ```" };
  });
}

test("every snippet of the guides and every example of a docstring compiles as it is printed", async () => {
  for (const page of Object.keys(GIVEN)) {
    for (const [index, code] of modulesOf(page).entries()) {
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
