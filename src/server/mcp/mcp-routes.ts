import { native } from "../../dialects/native/native.js";
import type { ServerCall } from "../call.js";
import type { Route } from "../route.js";
import type { ServerCore } from "../server-core.js";
import { mcpReply, mcpStream } from "./mcp-reply.js";

/** The Model Context Protocol over streamable HTTP: agents and workflows as tools. */
export function mcpRoutes(core: ServerCore): Route[] {
  const path = "/mcp";
  const errors = native;
  // A session is no more than its name: there is nothing to end.
  const refuse = async () => ({ status: 405, headers: { allow: "POST, GET" } });
  return [
    {
      method: "POST",
      path,
      errors,
      summary: "MCP: agents and workflows as tools",
      handle: (call: ServerCall) => mcpReply(core, call),
    },
    {
      method: "GET",
      path,
      errors,
      summary: "MCP: takes up a call's stream after `Last-Event-ID`",
      handle: (call: ServerCall) => mcpStream(core, call),
    },
    { method: "DELETE", path, errors, summary: "MCP: refused, since a session needs no end", handle: refuse },
  ];
}
