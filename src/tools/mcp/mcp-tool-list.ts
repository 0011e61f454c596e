import type { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { isJsonObject, type JsonObject } from "../../base/json.js";
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

/**
 * All pages of a server's list of tools. A tool that is not described rightly is left out: it is no reason to do without the
 * others.
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
  const seen = new Set<string>();
  let cursor: string | undefined;
  do {
    const params = cursor === undefined ? {} : { cursor };
    const page: JsonObject = (await client.request({ method: "tools/list", params }, ResultSchema, {
      timeout: timeoutMs,
    })) as JsonObject;
    if (!Array.isArray(page.tools)) throw new SluiceError("protocol", "the MCP server's list of tools is not a list");
    all.push(...page.tools.flatMap((one, index) => readTool(one, index, skip) ?? []));
    cursor = typeof page.nextCursor === "string" && page.nextCursor !== "" ? page.nextCursor : undefined;
    if (cursor !== undefined && seen.has(cursor)) {
      throw new SluiceError("protocol", `the MCP server's list of tools goes round: cursor ${cursor} came twice`);
    }
    if (cursor !== undefined) seen.add(cursor);
  } while (cursor !== undefined);
  return all;
}

function readTool(found: unknown, index: number, skip: (name: string, why: string) => void): ServersTool | undefined {
  if (!isJsonObject(found) || typeof found.name !== "string" || found.name === "") {
    skip(`number ${index}`, "it has no name");
    return undefined;
  }
  const { name, title, description, inputSchema = { type: "object" }, annotations, execution } = found;
  if (!isJsonObject(inputSchema) || (inputSchema.type !== undefined && inputSchema.type !== "object")) {
    skip(name, "its arguments are not an object");
    return undefined;
  }
  const taskSupport = isJsonObject(execution) ? execution.taskSupport : undefined;
  return {
    name,
    inputSchema,
    ...(typeof title === "string" && { title }),
    ...(typeof description === "string" && { description }),
    ...(isJsonObject(annotations) && { annotations }),
    ...(typeof taskSupport === "string" && { execution: { taskSupport } }),
  };
}
