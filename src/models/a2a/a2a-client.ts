import type { Client } from "@a2a-js/sdk/client";
import { messageOf, SluiceError } from "../../stream/error.js";
import { loadPeer } from "../../stream/load-peer.js";
import type { A2aModelOptions } from "./a2a-model.js";

/** Reads an agent's card, and opens a client in the version and the protocol that both know. */
export async function connect({ url, headers = {}, fetch: own = fetch }: A2aModelOptions): Promise<Client> {
  const fetchImpl: typeof fetch = (input, init) => {
    const all = new Headers(init?.headers);
    for (const [name, value] of Object.entries(headers)) all.set(name, value);
    return own(input, { ...init, headers: all });
  };
  const { ClientFactory, DefaultAgentCardResolver, JsonRpcTransportFactory, RestTransportFactory } = await loadPeer(
    "@a2a-js/sdk/client",
    "A2A",
  );
  const settings = { fetchImpl, legacyCompat: { enabled: true } };
  const factory = new ClientFactory({
    transports: [new JsonRpcTransportFactory(settings), new RestTransportFactory(settings)],
    cardResolver: new DefaultAgentCardResolver(settings),
  });
  try {
    const isCard = new URL(url).pathname.endsWith(".json");
    // The address of an agent ends as a folder does, so that its card is looked for below it.
    return await (isCard ? factory.createFromUrl(url, "") : factory.createFromUrl(url, cardBelow(url)));
  } catch (thrown) {
    throw new SluiceError("connect-failed", `the agent at ${url} has no card that can be read: ${messageOf(thrown)}`, {
      retryable: true,
      cause: thrown,
    });
  }
}

function cardBelow(url: string): string {
  const { pathname } = new URL(url);
  return `${pathname.replace(/\/$/, "")}/.well-known/agent-card.json`;
}
