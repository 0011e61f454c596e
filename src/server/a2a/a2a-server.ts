import type { AgentCard } from "@a2a-js/sdk";
import type { ServerCallContext } from "@a2a-js/sdk/server";
import { loadPeer } from "../../stream/load-peer.js";
import type { ServerCall } from "../call.js";
import type { ServedModel } from "../served-models.js";
import type { ServerCore } from "../server-core.js";
import { agentCard } from "./agent-card.js";
import { TaskHandler } from "./task-handler.js";

/** What A2A is called where its package is missing. */
export const WHAT = "A2A";

/** The card of an agent, as whoever calls sees its server. */
export function cardOf(core: ServerCore, call: ServerCall, served: ServedModel): AgentCard {
  const { asksForKey } = core.settings;
  const pushNotifications = core.pushNotifications !== undefined;
  return agentCard(served, { origin: originOf(call), asksForKey, pushNotifications });
}

/** What answers one call of A2A. */
export async function handlerOf(core: ServerCore, call: ServerCall, served: ServedModel): Promise<TaskHandler> {
  const errors = await loadPeer("@a2a-js/sdk/errors", WHAT);
  return new TaskHandler({ core, call, served, card: cardOf(core, call, served), errors });
}

/** @param requestedVersion as the client says it. Default: what an absent header means. */
export async function contextOf(call: ServerCall, requestedVersion: string | undefined): Promise<ServerCallContext> {
  const { Extensions } = await loadPeer("@a2a-js/sdk", WHAT);
  const { ServerCallContext } = await loadPeer("@a2a-js/sdk/server", WHAT);
  return new ServerCallContext({
    requestedExtensions: Extensions.parseServiceParameter(call.header("a2a-extensions")),
    ...(requestedVersion !== undefined && { requestedVersion }),
    user: { isAuthenticated: true, userName: call.caller.name },
  });
}

/** The server's address as the client called it. */
function originOf(call: ServerCall): string {
  const host = call.header("host") ?? call.header(":authority") ?? "localhost";
  return `${call.header("x-forwarded-proto") === "https" ? "https" : "http"}://${host}`;
}
