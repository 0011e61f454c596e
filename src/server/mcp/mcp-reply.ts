import { loadPeer } from "../../stream/load-peer.js";
import type { ServerCall, ServerReply } from "../call.js";
import type { ServerCore } from "../server-core.js";
import { webAnswer } from "../web-answer.js";
import { callTool } from "./call-tool.js";
import { mcpTools } from "./mcp-tools.js";

const WHAT = "MCP";

/** Answers one request of MCP. No session is kept, so that any replica answers any request. */
export async function mcpReply(core: ServerCore, call: ServerCall): Promise<ServerReply> {
  if (call.method !== "POST") return { status: 405, headers: { allow: "POST" } };
  const { Server } = await loadPeer("@modelcontextprotocol/sdk/server/index.js", WHAT);
  const { WebStandardStreamableHTTPServerTransport } = await loadPeer(
    "@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js",
    WHAT,
  );
  const { CallToolRequestSchema, ListToolsRequestSchema } = await loadPeer("@modelcontextprotocol/sdk/types.js", WHAT);
  const server = new Server({ name: "sluice", version: "1.0.0" }, { capabilities: { tools: {} } });
  const tools = mcpTools(core.models.list(call.caller));
  server.setRequestHandler(ListToolsRequestSchema, () => ({ tools: [...tools.values()].map(({ tool }) => tool) }));
  server.setRequestHandler(CallToolRequestSchema, ({ params }, extra) =>
    callTool(core, call, { tools, params, extra }),
  );
  const transport = new WebStandardStreamableHTTPServerTransport();
  await server.connect(transport);
  call.onLeave(() => void server.close());
  return webAnswer(call, (request) => transport.handleRequest(request));
}
