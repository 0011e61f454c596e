import type { ToolDefinition } from "../stream/chat-request.js";
import { invalid } from "../stream/error.js";
import type { Tool } from "./tool.js";

/** Where tools come from that are not known beforehand: an MCP server, for one. Asked before each model call. */
export interface ToolSource {
  /** The tools that there are now. */
  tools(): readonly Tool[] | Promise<readonly Tool[]>;
}

/** The tools of one model call, by name. */
export class Toolbox {
  readonly #tools = new Map<string, Tool>();

  /** @throws {SluiceError} `invalid-argument` when two tools have the same name. */
  constructor(tools: readonly Tool[]) {
    for (const [index, tool] of tools.entries()) {
      const { name } = tool.definition;
      if (this.#tools.has(name))
        throw invalid(`tools[${index}].name`, name, "a name that no other tool has; mcpTools takes a prefix");
      this.#tools.set(name, tool);
    }
  }

  /** Asks all sources. */
  static async gather(tools: readonly (Tool | ToolSource)[]): Promise<Toolbox> {
    const lists = await Promise.all(tools.map((one, index) => (isToolSource(one) ? toolsOf(one, index) : [one])));
    return new Toolbox(lists.flat());
  }

  get(name: string): Tool | undefined {
    return this.#tools.get(name);
  }

  get names(): string[] {
    return [...this.#tools.keys()];
  }

  get definitions(): ToolDefinition[] {
    return this.tools.map(({ definition }) => definition);
  }

  get tools(): Tool[] {
    return [...this.#tools.values()];
  }
}

/** The tools, each changed; those of a source as soon as they are known. */
export function changedTools(
  tools: readonly (Tool | ToolSource)[],
  change: (tool: Tool) => Tool,
): readonly (Tool | ToolSource)[] {
  return tools.map((one, index) =>
    isToolSource(one) ? { tools: async () => (await toolsOf(one, index)).map(change) } : change(one),
  );
}

/** What a source says is checked as what an application gives. */
async function toolsOf(source: ToolSource, index: number): Promise<readonly Tool[]> {
  const found: unknown = await source.tools();
  if (!Array.isArray(found)) throw invalid(`tools[${index}].tools()`, found, "an array of tools");
  for (const [at, one] of found.entries()) {
    if (!isTool(one) || "tools" in one)
      throw invalid(`tools[${index}].tools()[${at}]`, one, "a tool, as tool() makes it");
  }
  return found;
}

/**
 * Checks a list of tools and sources of tools.
 *
 * @throws {SluiceError} `invalid-argument` for anything else, a single tool without a list included.
 */
export function checkTools(tools: unknown, field: string): void {
  if (!Array.isArray(tools)) throw invalid(field, tools, "an array of tools: [tool]");
  for (const [index, one] of tools.entries()) {
    if (!isTool(one)) throw invalid(`${field}[${index}]`, one, `${toolOf(one)}, or a source of tools, as mcpTools()`);
  }
}

function isTool(one: unknown): one is Tool | ToolSource {
  if (typeof one !== "object" || one === null) return false;
  if ("tools" in one) return typeof one.tools === "function";
  return "definition" in one && "readInput" in one && typeof one.readInput === "function";
}

/** Tells a source of tools from a tool. */
export function isToolSource(one: Tool | ToolSource): one is ToolSource {
  return "tools" in one;
}

/** How what stands in the place of a tool becomes one. */
function toolOf(found: unknown): string {
  const makesOne = typeof found === "object" && found !== null && "asTool" in found;
  return makesOne ? "what its asTool() returns" : "a tool, as tool() makes it";
}
