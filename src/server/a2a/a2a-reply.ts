import { isJsonObject } from "../../base/json.js";
import { SluiceError } from "../../stream/error.js";
import { loadPeer } from "../../stream/load-peer.js";
import { STREAM_HEADERS } from "../answer.js";
import { type BodySource, jsonReply, type ServerCall, type ServerReply } from "../call.js";
import type { ServedModel } from "../served-models.js";
import type { ServerCore } from "../server-core.js";
import { agentCard } from "./agent-card.js";
import { TaskHandler } from "./task-handler.js";

const WHAT = "A2A";

/** The card of an agent, as clients ask for it. */
export async function cardReply(core: ServerCore, call: ServerCall, served: ServedModel): Promise<ServerReply> {
  const { AgentCard } = await loadPeer("@a2a-js/sdk", WHAT);
  return jsonReply(AgentCard.toJSON(cardOf(core, call, served)));
}

function cardOf(core: ServerCore, call: ServerCall, served: ServedModel) {
  const { asksForKey } = core.settings;
  const pushNotifications = core.pushNotifications !== undefined;
  return agentCard(served, { origin: originOf(call), asksForKey, pushNotifications });
}

/** Answers one request of A2A's JSON-RPC, of version 1.0 or 0.3, whose methods have slashes. */
export async function a2aReply(core: ServerCore, call: ServerCall, served: ServedModel): Promise<ServerReply> {
  const body = await call.json();
  if (!isJsonObject(body)) throw new SluiceError("invalid-request", "the body is no object", { status: 400 });
  const card = cardOf(core, call, served);
  const { Extensions } = await loadPeer("@a2a-js/sdk", WHAT);
  const { JsonRpcTransportHandler, ServerCallContext } = await loadPeer("@a2a-js/sdk/server", WHAT);
  const { LegacyJsonRpcTransportHandler } = await loadPeer("@a2a-js/sdk/compat/v0_3/server", WHAT);
  const handler = new TaskHandler({ core, call, served, card, errors: await loadPeer("@a2a-js/sdk/errors", WHAT) });
  const legacy = typeof body.method === "string" && body.method.includes("/");
  const transport = legacy ? new LegacyJsonRpcTransportHandler(handler) : new JsonRpcTransportHandler(handler);
  const context = new ServerCallContext({
    requestedExtensions: Extensions.parseServiceParameter(call.header("a2a-extensions")),
    requestedVersion: legacy ? "0.3" : "1.0",
    user: { isAuthenticated: true, userName: call.caller.name },
  });
  const answer = await transport.handle({ ...body }, context);
  if (!(Symbol.asyncIterator in answer)) return jsonReply(answer);
  const failed = (thrown: unknown) => {
    const error = JsonRpcTransportHandler.mapToJSONRPCError(thrown);
    return { jsonrpc: "2.0", id: body.id ?? null, error };
  };
  const headers = { ...STREAM_HEADERS, "content-type": "text/event-stream; charset=utf-8" };
  return { status: 200, headers, body: framesOf(answer, failed) };
}

/** Answers of JSON-RPC as server-sent events. An error in the middle is the last one. */
function framesOf(answers: AsyncGenerator<object, void, undefined>, failed: (thrown: unknown) => object): BodySource {
  const frame = (value: object) => `data: ${JSON.stringify(value)}\n\n`;
  let over = false;
  return {
    keepAlive: ": keep-alive\n\n",
    async next() {
      if (over) return undefined;
      try {
        const { done, value } = await answers.next();
        return done ? undefined : frame(value);
      } catch (thrown) {
        over = true;
        return frame(failed(thrown));
      }
    },
    cancel() {
      over = true;
      void answers.return();
    },
  };
}

/** The server's address as the client called it. */
function originOf(call: ServerCall): string {
  const host = call.header("host") ?? call.header(":authority") ?? "localhost";
  return `${call.header("x-forwarded-proto") === "https" ? "https" : "http"}://${host}`;
}
