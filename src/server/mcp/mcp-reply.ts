import type { JsonObject } from "../../base/json.js";
import { messageOf, SluiceError } from "../../stream/error.js";
import { SSE_HEADERS } from "../answer.js";
import { jsonReply, type ServerCall, type ServerReply } from "../call.js";
import type { ServerCore } from "../server-core.js";
import { CallFrames, placeNamed } from "./call-frames.js";
import { answerForm, beginCall, cancelCall, findCall, wasGivenUp } from "./call-tool.js";
import { failure } from "./call-writer.js";
import { type RequestId, RPC_ERROR, type RpcMessage, readRpc, rpcError, rpcResult } from "./json-rpc.js";
import { type McpSession, newSession, SESSION_HEADER, sessionNamed } from "./mcp-session.js";
import { mcpTools } from "./mcp-tools.js";
import { perRequestReply } from "./per-request-reply.js";
import { SERVER_INFO } from "./per-request-result.js";
import { HANDSHAKE, putsForms, saysItself } from "./request-metadata.js";
import { takesStream, wholeResult } from "./whole-result.js";

/** From this one on, streams begin with an event that says where they can be taken up again. */
const PRIMED = "2025-11-25";

const NO_STREAM: ServerReply = { status: 405, headers: { allow: "POST" } };

/** Answers one message of MCP. What a session is stands in its id, and calls are runs: any replica answers any message. */
export async function mcpReply(core: ServerCore, call: ServerCall): Promise<ServerReply> {
  const message = readRpc(await call.json());
  if (typeof message === "string") return jsonReply(rpcError(null, RPC_ERROR.invalidRequest, message), 400);
  if (saysItself(call, message)) return perRequestReply(core, call, message);
  const version = call.header("mcp-protocol-version");
  if (version !== undefined && !HANDSHAKE.some((one) => one === version)) {
    const allowed = `MCP-Protocol-Version ${version} is not spoken here: ${HANDSHAKE.join(", ")}`;
    return jsonReply(rpcError(null, RPC_ERROR.invalidRequest, allowed), 400);
  }
  const named = call.header(SESSION_HEADER);
  const session = named === undefined ? undefined : sessionNamed(named);
  if (named !== undefined && session === undefined) return noSession();
  switch (message.kind) {
    case "request":
      return request(core, call, message, session);
    case "notification":
      if (message.method === "notifications/cancelled") await cancelled(core, call, message.params, session);
      return { status: 202 };
    case "response":
      await answerForm(core, call, message.id, message.result);
      return { status: 202 };
  }
}

/** Takes up a call's stream behind the event that the client had last. The server sends nothing else unasked. */
export async function mcpStream(core: ServerCore, call: ServerCall): Promise<ServerReply> {
  const last = call.header("last-event-id");
  if (last === undefined) return NO_STREAM;
  const named = placeNamed(last);
  const found = named && (await findCall(core, call.caller, named.taskId));
  if (named === undefined || found === undefined) {
    const message = `there is no call behind the event ${last}, or it is not kept any more`;
    // Not 404, which says that the session is over (MCP 2025-11-25, Session Management).
    throw new SluiceError("invalid-request", message, { field: "last-event-id", status: 400 });
  }
  // Without this a client goes on to ask for an answer that does not come (405: there is no stream, as the transport has it).
  if (await wasGivenUp(core, call.caller, found.turn)) return NO_STREAM;
  const reader = await core.log.read(found.turn.record.run);
  return {
    status: 200,
    headers: SSE_HEADERS,
    body: new CallFrames(core, call, { ...found, reader, after: named.place }),
  };
}

async function request(
  core: ServerCore,
  call: ServerCall,
  message: RpcMessage & { kind: "request" },
  session: McpSession | undefined,
): Promise<ServerReply> {
  const { id, method, params } = message;
  switch (method) {
    case "initialize":
      return initialize(id, params);
    case "ping":
      return jsonReply(rpcResult(id, {}));
    case "tools/list": {
      const tools = [...mcpTools(core.models.list(call.caller)).values()].map(({ tool }) => tool);
      return jsonReply(rpcResult(id, { tools }));
    }
    case "tools/call":
      return callTool(core, call, message, session);
    default: {
      const served = "initialize, ping, tools/list and tools/call are served";
      return jsonReply(rpcError(id, RPC_ERROR.methodNotFound, `there is no method ${method}: ${served}`));
    }
  }
}

function initialize(id: RequestId, { protocolVersion, capabilities }: JsonObject): ServerReply {
  const [newest] = HANDSHAKE;
  const result = {
    protocolVersion: HANDSHAKE.find((one) => one === protocolVersion) ?? newest,
    capabilities: { tools: {} },
    serverInfo: SERVER_INFO,
  };
  return jsonReply(rpcResult(id, result), 200, { [SESSION_HEADER]: newSession(putsForms(capabilities)).id });
}

/** Runs a tool; what refuses it is a result too, for the model that called. */
async function callTool(
  core: ServerCore,
  call: ServerCall,
  { id, params }: RpcMessage & { kind: "request" },
  session: McpSession | undefined,
): Promise<ServerReply> {
  const streams = takesStream(call);
  const elicits = session !== undefined && streams && session.elicits;
  const asked = { id, params, client: { elicits, ...(session !== undefined && { session }) } };
  try {
    const begun = await beginCall(core, call, mcpTools(core.models.list(call.caller)), asked);
    if (!streams) {
      const result = await wholeResult(begun);
      return result === undefined ? { status: 202 } : jsonReply(result);
    }
    const primed = session !== undefined && call.header("mcp-protocol-version") === PRIMED;
    return { status: 200, headers: SSE_HEADERS, body: new CallFrames(core, call, { ...begun, primed }) };
  } catch (thrown) {
    return jsonReply(rpcResult(id, failure(messageOf(thrown))));
  }
}

async function cancelled(
  core: ServerCore,
  call: ServerCall,
  { requestId }: JsonObject,
  session: McpSession | undefined,
): Promise<void> {
  const isId = typeof requestId === "string" || typeof requestId === "number";
  if (session !== undefined && isId) await cancelCall(core, call, session, requestId);
}

/** The client then begins another (MCP 2025-11-25, Session Management). */
function noSession(): ServerReply {
  return jsonReply(rpcError(null, RPC_ERROR.invalidRequest, "there is no such session: initialize again"), 404);
}
