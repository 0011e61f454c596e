import { native } from "../../dialects/native/native.js";
import type { ServerCall } from "../call.js";
import type { Route } from "../route.js";
import type { ServerCore } from "../server-core.js";
import { mcpReply } from "./mcp-reply.js";

/** The Model Context Protocol over streamable HTTP: agents and workflows as tools. */
export function mcpRoutes(core: ServerCore): Route[] {
  const handle = (call: ServerCall) => mcpReply(core, call);
  return [
    { method: "POST", path: "/mcp", errors: native, summary: "MCP: agents and workflows as tools", handle },
    { method: "GET", path: "/mcp", errors: native, summary: "MCP: refused, since no session is kept", handle },
    { method: "DELETE", path: "/mcp", errors: native, summary: "MCP: refused, since no session is kept", handle },
  ];
}
