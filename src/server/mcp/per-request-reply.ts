import { messageOf, SluiceError } from "../../stream/error.js";
import { PER_REQUEST } from "../../tools/mcp/per-request-names.js";
import { SSE_HEADERS } from "../answer.js";
import { jsonReply, type ServerCall, type ServerReply } from "../call.js";
import type { ServerCore } from "../server-core.js";
import { CallFrames } from "./call-frames.js";
import { beginCall } from "./call-tool.js";
import { failure } from "./call-writer.js";
import { RPC_ERROR, type RpcMessage, rpcError, rpcResult } from "./json-rpc.js";
import { mcpTools } from "./mcp-tools.js";
import { complete } from "./per-request-result.js";
import { HANDSHAKE, readMetadata } from "./request-metadata.js";
import { retryCall } from "./retry-call.js";
import { takesStream, wholeResult } from "./whole-result.js";

/** How long a client may take a list for the newest, in ms. */
const FRESH_MS = 60_000;

/** Answers a message of MCP 2026-07-28: each request is whole by itself, and a client that leaves gives its call up. */
export async function perRequestReply(core: ServerCore, call: ServerCall, message: RpcMessage): Promise<ServerReply> {
  if (message.kind === "notification") return { status: 202 };
  if (message.kind === "response") {
    const message = `responses are not taken: what is asked is answered with another request (MCP ${PER_REQUEST})`;
    return jsonReply(rpcError(null, RPC_ERROR.invalidRequest, message), 400);
  }
  const metadata = readMetadata(call, message);
  if ("status" in metadata) return metadata;
  const { id, method } = message;
  // What is listed is the caller's own.
  const cached = { ttlMs: FRESH_MS, cacheScope: "private" };
  switch (method) {
    case "server/discover": {
      const supportedVersions = [PER_REQUEST, ...HANDSHAKE];
      return jsonReply(rpcResult(id, complete({ supportedVersions, capabilities: { tools: {} }, ...cached })));
    }
    case "tools/list": {
      const tools = [...mcpTools(core.models.list(call.caller)).values()].map(({ tool }) => tool);
      return jsonReply(rpcResult(id, complete({ tools, ...cached })));
    }
    case "tools/call":
      return callTool(core, call, message, metadata.elicits);
    default: {
      const message = `there is no method ${method}: server/discover, tools/list and tools/call are served`;
      return jsonReply(rpcError(id, RPC_ERROR.methodNotFound, message), 404);
    }
  }
}

/** Runs a tool, or goes on with a call that asked for something. */
async function callTool(
  core: ServerCore,
  call: ServerCall,
  { id, params }: RpcMessage & { kind: "request" },
  elicits: boolean,
): Promise<ServerReply> {
  const refuse = (message: string) => jsonReply(rpcError(id, RPC_ERROR.invalidParams, message), 400);
  const tools = mcpTools(core.models.list(call.caller));
  const tool = tools.get(String(params.name));
  if (tool === undefined) return refuse(`there is no tool ${String(params.name)}`);
  const asked = { id, params, client: { elicits, isPerRequest: true } };
  const isRetry = params.requestState !== undefined;
  try {
    const begun = await (isRetry ? retryCall(core, call, tool, asked) : beginCall(core, call, tools, asked));
    if ("message" in begun) return jsonReply(begun.message);
    if (!takesStream(call)) {
      const result = (await wholeResult(begun)) ?? {};
      return jsonReply(result, "error" in result ? 400 : 200);
    }
    return { status: 200, headers: SSE_HEADERS, body: new CallFrames(core, call, begun) };
  } catch (thrown) {
    const { code, field } = SluiceError.from(thrown);
    if (field === "requestState" || code === "conflict") return refuse(messageOf(thrown));
    // What else refuses it is a result, for the model that called.
    return jsonReply(rpcResult(id, complete(failure(messageOf(thrown)))));
  }
}
