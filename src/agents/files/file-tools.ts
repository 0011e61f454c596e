import { realpath, stat } from "node:fs/promises";
import type { JsonObject } from "../../base/json.js";
import { boolean, type Check, exactly, wholeNumber } from "../../stream/checks.js";
import { invalid, messageOf, SluiceError } from "../../stream/error.js";
import { checkApproval, type Tool, type ToolApproval, tool } from "../../tools/tool.js";
import { type BelowFolder, readBelow, writeBelow } from "./below-folder.js";
import { listBelow } from "./list-below.js";

/** Settings of `fileTools`. */
export interface FileToolsOptions {
  /** Whether there is a tool to write files. Default false. */
  write?: boolean;
  /** Whether a person has to allow a write, or what decides of each, as `tool()` has it. Default true. */
  approval?: ToolApproval;
  /** Most bytes of one file that is read or written. Default 262,144. */
  maxBytes?: number;
  /** Most files that are listed or searched. Default 1,000. */
  maxFiles?: number;
}

const checkOptions = exactly("fileTools", {
  write: boolean,
  approval: checkApproval,
  maxBytes: wholeNumber(1),
  maxFiles: wholeNumber(1),
} satisfies Record<keyof FileToolsOptions, Check>);

/** How deep folders are looked into. */
const LEVELS = 16;

/** Most lines that a search returns. */
const MOST_LINES = 100;

/**
 * Tools with which a model lists, searches, reads and, where that is allowed, writes text files below a folder, and nowhere else:
 * paths with `..`, absolute ones and those that pass a link are refused, hidden files are not listed. Whoever can change the folder
 * while a tool runs is trusted.
 *
 * @throws {SluiceError} `invalid-argument` for what is no folder.
 * @example
 * ```ts
 * import { Agent, fileTools } from "sluice/agents";
 *
 * const agent = new Agent({ model: "openai/gpt-5-mini", tools: await fileTools("notes", { write: true }) });
 * console.log(await agent.chat("What do my notes say about locks?"));
 * ```
 */
export async function fileTools(folder: string, options: FileToolsOptions = {}): Promise<readonly Tool[]> {
  checkOptions(options, "");
  const { write = false, approval = true, maxBytes = 262_144, maxFiles = 1_000 } = options;
  const place: BelowFolder = { folder: await folderAt(folder), what: "this agent", maxBytes };
  const list = () => listBelow(place.folder, maxFiles, LEVELS);
  const tools = [
    tool({ name: "list_files", description: "Lists the text files that there are.", input: schemaOf({}), run: list }),
    tool({
      name: "search_files",
      description:
        "Finds the lines of files that contain a text, in any case: the file, the number of the line, the line.",
      input: schemaOf({ text: { type: "string", minLength: 1, maxLength: 1_000 } }),
      run: async ({ text }, { signal }) => searched(place, await list(), String(text).toLowerCase(), signal),
    }),
    tool({
      name: "read_file",
      description: "Reads a text file.",
      input: schemaOf({ path: { type: "string", description: "As list_files has it." } }),
      run: async ({ path }) => readBelow(place, String(path)),
    }),
  ];
  const writing = tool({
    name: "write_file",
    description: "Writes a text file, in place of what was there.",
    input: schemaOf({ path: { type: "string" }, text: { type: "string" } }),
    approval,
    run: async ({ path, text }) => {
      await writeBelow(place, String(path), String(text));
      return "written";
    },
  });
  return (write ? [...tools, writing] : tools) as readonly Tool[];
}

async function folderAt(path: string): Promise<string> {
  if (typeof path !== "string" || path === "") throw invalid("folder", path, "the path of a folder");
  try {
    const folder = await realpath(path);
    if ((await stat(folder)).isDirectory()) return folder;
  } catch (thrown) {
    throw invalid("folder", path, `a folder that can be read: ${messageOf(thrown)}`);
  }
  throw invalid("folder", path, "a folder");
}

async function searched(
  place: BelowFolder,
  paths: readonly string[],
  text: string,
  signal: AbortSignal,
): Promise<string[]> {
  const found: string[] = [];
  for (const path of paths) {
    signal.throwIfAborted();
    const content = await readBelow(place, path).catch((thrown) => {
      // Not a text, or too long: such files are not searched.
      if (thrown instanceof SluiceError) return "";
      throw thrown;
    });
    for (const [index, line] of content.split("\n").entries()) {
      if (!line.toLowerCase().includes(text)) continue;
      if (found.length === MOST_LINES) return [...found, "There is more: search for something longer."];
      found.push(`${path}:${index + 1}: ${line.slice(0, 500)}`);
    }
  }
  return found;
}

function schemaOf(properties: JsonObject): JsonObject {
  return { type: "object", properties, required: Object.keys(properties), additionalProperties: false };
}
