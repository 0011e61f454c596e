import { readdir, readFile, stat } from "node:fs/promises";
import { dirname, extname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { parse } from "yaml";
import { checkedModel } from "../../stream/checked-model.js";
import { anything, boolean, type Check, exactly, filledString, jsonObject, list, string } from "../../stream/checks.js";
import { invalid, messageOf, SluiceError } from "../../stream/error.js";
import { Agent } from "../agent.js";
import type { AgentOptions } from "../agent-options.js";
import { readFrontMatter } from "../front-matter.js";
import { signature } from "../signature/signature.js";
import { readSkills } from "../skills/read-skills.js";
import { readTools } from "./read-tools.js";

/** Settings of `readAgent`. */
export interface ReadAgentOptions {
  /** The model where the file names none: a model or its name. A module names its own. */
  model?: AgentOptions["model"];
}

/** Names of the file that defines the agent of a folder, in the order in which they are looked for. */
const NAMES = ["agent.mjs", "agent.js", "agent.ts", "agent.yaml", "agent.yml", "agent.json", "agent.md", "AGENT.md"];

const MODULES = [".mjs", ".js", ".ts", ".mts"];

const checkFields = exactly(
  "the definition of an agent",
  {
    name: string,
    description: string,
    model: filledString,
    instructions: filledString,
    signature: filledString,
    tools: list("a list of paths of modules", filledString),
    skills: list("a list of paths of folders", filledString),
    plan: boolean,
    limits: jsonObject,
    request: anything,
  },
  "the definition",
);

const modelOrName: Check = (value, path) => {
  if (typeof value !== "string") checkedModel(value, path);
};

const checkOptions = exactly("readAgent", { model: modelOrName } satisfies Record<keyof ReadAgentOptions, unknown>);

/**
 * Reads an agent from a file: a module whose default export is one, YAML or JSON with its settings, or Markdown with the settings as
 * front matter and the instructions below. Paths in it are from its folder. Of a folder, `agent.mjs`, `agent.yaml`, `agent.md` and the
 * like is read, and `skills` in it where the file names none.
 *
 * A module, and the modules of `tools`, are run: read only what you trust.
 *
 * @throws {SluiceError} `invalid-argument` for a file that cannot be read or whose settings are invalid.
 * @example
 * ```ts
 * import { readAgent } from "sluice/agents";
 *
 * const agent = await readAgent("agents/helper.md", { model: "openai/gpt-5-mini" });
 * console.log(await agent.chat("Hello"));
 * ```
 */
export async function readAgent(path: string, options: ReadAgentOptions = {}): Promise<Agent> {
  checkOptions(options, "");
  if (typeof path !== "string" || path === "") throw invalid("path", path, "the path of a file or folder");
  try {
    const file = await fileOf(resolve(path));
    if (MODULES.includes(extname(file))) return await moduleAgent(file);
    return await definedAgent(file, options.model);
  } catch (thrown) {
    if (thrown instanceof SluiceError) throw thrown;
    throw invalid("path", path, `an agent that can be read: ${messageOf(thrown)}`);
  }
}

async function fileOf(path: string): Promise<string> {
  if (!(await stat(path)).isDirectory()) return path;
  const there = await readdir(path);
  const name = NAMES.find((one) => there.includes(one));
  if (name === undefined) throw invalid("path", path, `a folder with ${NAMES.join(", ")}`);
  return join(path, name);
}

async function moduleAgent(file: string): Promise<Agent> {
  const { default: agent } = await import(/* webpackIgnore: true */ /* @vite-ignore */ pathToFileURL(file).href);
  // It may come from another copy of the package.
  if (typeof agent?.asModel !== "function") throw invalid(`${file}: default export`, agent, "an Agent");
  return agent;
}

async function definedAgent(file: string, model: AgentOptions["model"] | undefined): Promise<Agent> {
  const fields = settingsIn(await readFile(file, "utf8"), file);
  checkFields(fields, file);
  const {
    tools,
    skills,
    signature: form,
    ...settings
  } = fields as Record<string, unknown> & {
    tools?: readonly string[];
    skills?: readonly string[];
    signature?: string;
  };
  const folder = dirname(file);
  const folders = skills?.map((one) => resolve(folder, one)) ?? (await ownSkills(folder));
  const lists = await Promise.all((tools ?? []).map((one) => readTools(resolve(folder, one))));
  return new Agent({
    ...(model !== undefined && { model }),
    ...settings,
    ...(form !== undefined && { signature: signature(form) }),
    ...(tools !== undefined && { tools: lists.flat() }),
    ...(folders.length > 0 && { skills: await readSkills(...folders) }),
  } as AgentOptions as never);
}

function settingsIn(text: string, file: string): object {
  const extension = extname(file);
  if (extension === ".md") {
    const { fields, body } = readFrontMatter(text, file);
    if (body === "") return fields;
    if (fields.instructions !== undefined)
      throw invalid(`${file}: instructions`, fields.instructions, "nothing: they are the text below");
    return { ...fields, instructions: body };
  }
  if (![".yaml", ".yml", ".json"].includes(extension))
    throw invalid("path", file, `a file that ends in ${[...MODULES, ".yaml", ".yml", ".json", ".md"].join(", ")}`);
  const fields: unknown = parse(text);
  if (typeof fields !== "object" || fields === null) throw invalid(file, fields, "an object");
  return fields;
}

async function ownSkills(folder: string): Promise<string[]> {
  const path = join(folder, "skills");
  const found = await stat(path).catch(() => undefined);
  return found?.isDirectory() ? [path] : [];
}
