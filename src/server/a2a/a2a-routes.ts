import { openAiChat } from "../../dialects/openai-chat/openai-chat.js";
import type { ServerCall } from "../call.js";
import { pathPart } from "../path-rest.js";
import type { Route } from "../route.js";
import type { ServedModel } from "../served-models.js";
import type { ServerCore } from "../server-core.js";
import { a2aReply, cardReply } from "./a2a-reply.js";
import { a2aRestRoutes } from "./a2a-rest-routes.js";

/** Where A2A's clients look for an agent's card. */
const CARD = "/.well-known/agent-card.json";

/** A2A: each agent, workflow and model is an agent of its own; the first agent, or what is first, is the server's. */
export function a2aRoutes(core: ServerCore): Route[] {
  const errors = openAiChat;
  const card = (path: string): Route => {
    const handle = async (call: ServerCall) => cardReply(core, call, servedAt(core, call));
    return { method: "GET", path, errors, summary: "A2A: an agent's card", handle };
  };
  const rpc = (path: string): Route => {
    const handle = async (call: ServerCall) => a2aReply(core, call, servedAt(core, call));
    return { method: "POST", path, errors, summary: "A2A: messages and tasks of an agent, as JSON-RPC", handle };
  };
  const rest = a2aRestRoutes(core, (call) => servedAt(core, call));
  return [card(CARD), card(`/a2a/:name${CARD}`), rpc("/a2a"), rpc("/a2a/:name"), ...rest];
}

function servedAt({ models }: ServerCore, call: ServerCall): ServedModel {
  const { caller } = call;
  const name = pathPart(call, "/a2a/");
  if (name !== "") return models.find(name, caller);
  return models.list(caller).find(({ kind }) => kind === "agent") ?? models.find(undefined, caller);
}
