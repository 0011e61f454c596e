import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../e2e/run.js";

/** What a page says elsewhere, or leaves to its reader, and its snippets go on with: as types, and for a run. */
interface Given {
  types: string;
  values: string;
}

const NOTHING: Given = { types: "", values: "" };

const GIVEN: Readonly<Record<string, Given>> = {
  "docs/tools.md": {
    types: 'import type { ChatModel } from "sluice";\ndeclare const agent: ChatModel;\n',
    values: 'import { echo as echoOf } from "sluice";\nconst agent = echoOf();\n',
  },
  "docs/workflows.md": {
    types: 'import type { Workflow } from "sluice/workflows";\ndeclare const research: Workflow;\n',
    values: `import { loadWorkflow as loadGiven } from "sluice/workflows";
const research = await loadGiven({
  name: "research",
  inputs: { topic: { type: "string" } },
  steps: [{ id: "answer", type: "llm_chat", config: { model: "echo" }, inputs: { message: "{topic}" } }],
});
`,
  },
  "docs/guards.md": {
    types: `import type { ChatModel } from "sluice";
declare const chat: ChatModel;
declare function checksum(value: string): boolean;
declare function classify(text: string): Promise<{ insult: boolean; brand?: string }>;
`,
    values: `import { echo as echoOf } from "sluice";
const chat = echoOf();
const checksum = () => true;
const classify = async () => ({ insult: false });
`,
  },
  "docs/dapr.md": {
    types: `import type { ChatModel, ChatRequest } from "sluice";
declare const model: ChatModel;
declare const request: ChatRequest;
declare const appId: string;
declare const resourcesPath: string;
declare function show(...what: unknown[]): void;
`,
    values: `import { echo as echoOf } from "sluice";
const model = echoOf();
const request = { messages: [{ role: "user", content: "Hi" }] };
const appId = "app";
const resourcesPath = "examples/dapr/components/echo";
const show = () => {};
`,
  },
};

const IMPORT = /^import (?:type )?\{ ([^}]+) \} from "[^"]+";$/gm;

/** The pages that have snippets: the README, and every guide. */
export const PAGES: readonly string[] = ["README.md", ...guides()];

function guides(): string[] {
  const names = readdirSync(join(ROOT, "docs")).filter((name) => name.endsWith(".md"));
  return names.map((name) => `docs/${name}`);
}

/** Each snippet of a page as a module: names that it does not import itself are those that a snippet before it has imported. */
export function modulesOf(page: string, use: keyof Given): string[] {
  const snippets = [...readFileSync(join(ROOT, page), "utf8").matchAll(/^```ts\n([\s\S]*?)^```$/gm)];
  const before = new Map<string, string>();
  return snippets.map(([, code = ""]) => {
    const own = new Map<string, string>();
    for (const [line, names = ""] of code.matchAll(IMPORT)) {
      for (const name of names.split(", ")) own.set(name, line.replace(names, name));
    }
    const missing = Array.from(before).filter(([name]) => !own.has(name) && new RegExp(`\\b${name}\\b`).test(code));
    for (const [name, line] of own) before.set(name, line);
    const given = /\bconst agent\b/.test(code) ? "" : (GIVEN[page] ?? NOTHING)[use];
    return `${given}${missing.map(([, line]) => `${line}\n`).join("")}${code}export {};\n`;
  });
}
