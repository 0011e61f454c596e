import { invalid, messageOf } from "../stream/error.js";
import type { McpServer } from "../tools/mcp/mcp-server.js";
import { type McpTools, mcpTools } from "../tools/mcp/mcp-tools.js";
import type { Tool } from "../tools/tool.js";
import { Toolbox, type ToolSource } from "../tools/toolbox.js";
import type { Closing } from "./closing.js";
import { type Io, shown } from "./io.js";
import { splitWords } from "./split-words.js";

/** How people say what the model may call. */
export interface ToolsOptions {
  /** Modules, and JSON or YAML files of definitions. */
  tools?: readonly string[];
  /** MCP servers: a URL, or a command line; `NAME=` before it is put before the names of its tools. */
  mcp?: readonly string[];
  /** Tools of MCP servers run without asking. */
  yes?: boolean;
}

/**
 * Opens what the model may call, so that what cannot be used is an error before anybody is asked.
 *
 * A tool of an MCP server that says it changes something, or does not say, asks a person first, unless `yes`.
 *
 * @param closing ends the servers.
 * @throws {SluiceError} `invalid-argument` for a file that holds no tools, or two tools of one name; `connect-failed` and
 *   the like for a server that cannot be used.
 */
export async function openTools(options: ToolsOptions, closing: Closing, io: Io): Promise<(Tool | ToolSource)[]> {
  const files = await readFiles(options.tools ?? []);
  const servers: McpTools[] = [];
  closing.add(() => Promise.all(servers.map((server) => server.close())));
  for (const text of options.mcp ?? []) servers.push(openServer(text, options.yes === true, io));
  const all = [...files, ...servers];
  await Toolbox.gather(all);
  return all;
}

async function readFiles(paths: readonly string[]): Promise<(Tool | ToolSource)[]> {
  if (paths.length === 0) return [];
  const { readTools } = await import("../agents/definition/read-tools.js");
  return (await Promise.all(paths.map((path) => readTools(path)))).flat();
}

function openServer(text: string, yes: boolean, io: Io): McpTools {
  const [, name, rest = text] = /^([A-Za-z][\w-]*)=([\s\S]+)$/.exec(text) ?? [];
  return mcpTools({
    ...serverOf(rest),
    ...(name !== undefined && { prefix: `${name}_` }),
    ...(!yes && { approval: ({ annotations }) => annotations?.readOnlyHint !== true }),
    onError: (error) => io.stderr.write(`warning: ${shown(messageOf(error), io.stderr)}\n`),
  });
}

function serverOf(text: string): McpServer {
  if (/^https?:\/\//i.test(text)) return { url: text };
  const [command, ...args] = splitWords(text, "--mcp");
  if (command === undefined) throw invalid("--mcp", text, "a command line, or the URL of a server");
  return { command, args };
}
