import type { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { isJsonObject, type JsonObject, type JsonValue } from "../../base/json.js";
import { SluiceError } from "../../stream/error.js";
import { loadPeer } from "../../stream/load-peer.js";

/** A tool as its server describes it, as far as it is used here. */
export interface ServersTool {
  name: string;
  title?: string;
  description?: string;
  inputSchema: JsonObject;
  annotations?: JsonObject;
  execution?: { taskSupport?: string };
}

/** The most tools, and the most pages of them: a list without an end is refused. */
const MOST_TOOLS = 10_000;
const MOST_PAGES = 1_000;
/** JSON-RPC 2.0, section 5.1: there is no such method. */
const METHOD_NOT_FOUND = -32_601;

/**
 * All pages of a server's list of tools. A tool that is not described rightly is left out: it is no reason to do without the
 * others. A server that offers no tools has none.
 *
 * @param timeoutMs ms until the server must have answered, for each page.
 * @param skip called with the name of a tool that is left out, and why.
 */
export async function listTools(
  client: Client,
  timeoutMs: number,
  skip: (name: string, why: string) => void,
): Promise<ServersTool[]> {
  const { ResultSchema } = await loadPeer("@modelcontextprotocol/sdk/types.js", "tools of MCP servers");
  const all: ServersTool[] = [];
  const names = new Set<string>();
  const seen = new Set<string>();
  let cursor: string | undefined;
  do {
    const params = cursor === undefined ? {} : { cursor };
    let page: JsonObject;
    try {
      page = (await client.request({ method: "tools/list", params }, ResultSchema, {
        timeout: timeoutMs,
      })) as JsonObject;
    } catch (thrown) {
      if (codeOf(thrown) === METHOD_NOT_FOUND && client.getServerCapabilities()?.tools === undefined) return [];
      throw thrown;
    }
    if (!Array.isArray(page.tools)) throw new SluiceError("protocol", "its list of tools is not a list");
    for (const [index, found] of page.tools.entries()) {
      const one = readTool(found, index, skip);
      if (one === undefined) continue;
      if (names.has(one.name)) skip(one.name, "another tool of its list has that name");
      else all.push(one);
      names.add(one.name);
    }
    cursor = typeof page.nextCursor === "string" && page.nextCursor !== "" ? page.nextCursor : undefined;
    if (cursor !== undefined && seen.has(cursor)) {
      throw new SluiceError("protocol", `its list of tools goes round: cursor ${cursor} came twice`);
    }
    if (cursor !== undefined) seen.add(cursor);
    if (all.length > MOST_TOOLS || seen.size >= MOST_PAGES) {
      throw new SluiceError("protocol", `its list has more than ${MOST_TOOLS} tools or ${MOST_PAGES} pages`);
    }
  } while (cursor !== undefined);
  return all;
}

function codeOf(thrown: unknown): unknown {
  return thrown instanceof Error && "code" in thrown ? thrown.code : undefined;
}

function readTool(found: unknown, index: number, skip: (name: string, why: string) => void): ServersTool | undefined {
  if (!isJsonObject(found) || typeof found.name !== "string" || found.name === "") {
    skip(`number ${index}`, "it has no name");
    return undefined;
  }
  const { name, title, description, annotations, execution } = found;
  // `true` allows anything.
  const inputSchema = found.inputSchema === true ? {} : (found.inputSchema ?? {});
  if (!isJsonObject(inputSchema) || !allowsObject(inputSchema.type)) {
    skip(name, "its arguments are not an object");
    return undefined;
  }
  const taskSupport = isJsonObject(execution) ? execution.taskSupport : undefined;
  return {
    name,
    inputSchema: { ...inputSchema, type: "object" },
    ...(typeof title === "string" && { title }),
    ...(typeof description === "string" && { description }),
    ...(isJsonObject(annotations) && { annotations }),
    ...(typeof taskSupport === "string" && { execution: { taskSupport } }),
  };
}

function allowsObject(type: JsonValue | undefined): boolean {
  return type === undefined || type === "object" || (Array.isArray(type) && type.includes("object"));
}
