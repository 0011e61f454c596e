import { isJsonObject } from "../../base/json.js";
import { SluiceError } from "../../stream/error.js";
import { loadPeer } from "../../stream/load-peer.js";
import { jsonReply, type ServerCall, type ServerReply } from "../call.js";
import type { ServedModel } from "../served-models.js";
import type { ServerCore } from "../server-core.js";
import { framesReply } from "./a2a-frames.js";
import { cardOf, contextOf, handlerOf, WHAT } from "./a2a-server.js";
import { messageProblem } from "./message-problem.js";

/** The card of an agent, as clients ask for it. */
export async function cardReply(core: ServerCore, call: ServerCall, served: ServedModel): Promise<ServerReply> {
  const { AgentCard } = await loadPeer("@a2a-js/sdk", WHAT);
  return jsonReply(AgentCard.toJSON(cardOf(core, call, served)));
}

/** Answers one request of A2A's JSON-RPC, of version 1.0 or 0.3, whose methods have slashes. */
export async function a2aReply(core: ServerCore, call: ServerCall, served: ServedModel): Promise<ServerReply> {
  const body = await call.json();
  if (!isJsonObject(body)) throw new SluiceError("invalid-request", "the body is no object", { status: 400 });
  const { JsonRpcTransportHandler } = await loadPeer("@a2a-js/sdk/server", WHAT);
  const { LegacyJsonRpcTransportHandler } = await loadPeer("@a2a-js/sdk/compat/v0_3/server", WHAT);
  const { RequestMalformedError } = await loadPeer("@a2a-js/sdk/errors", WHAT);
  const refused = (thrown: unknown) => {
    return { jsonrpc: "2.0", id: body.id ?? null, error: JsonRpcTransportHandler.mapToJSONRPCError(thrown) };
  };
  const problem = messageProblem(body.params);
  if (problem !== undefined) return jsonReply(refused(new RequestMalformedError(problem)));
  const handler = await handlerOf(core, call, served);
  const legacy = typeof body.method === "string" && body.method.includes("/");
  const transport = legacy ? new LegacyJsonRpcTransportHandler(handler) : new JsonRpcTransportHandler(handler);
  const answer = await transport.handle({ ...body }, await contextOf(call, legacy ? "0.3" : "1.0"));
  if (!(Symbol.asyncIterator in answer)) return jsonReply(answer);
  const update = (value: object) => `data: ${JSON.stringify(value)}\n\n`;
  return framesReply(answer, { update, failed: (thrown) => update(refused(thrown)) });
}
