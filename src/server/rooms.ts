import { StoreHandle } from "../chat/store-handle.js";
import { conversationRoutes } from "./conversations/conversation-routes.js";
import type { Route } from "./route.js";
import type { ServerCore } from "./server-core.js";
import type { ServerOptions } from "./server-options.js";

/** What a server has beside answers: paths, and what they keep open. */
export interface Rooms {
  readonly routes: readonly Route[];
  /** Frees what was opened here. */
  close(): Promise<void>;
}

/** The rooms that the options name. What is only named (a file, a server) is opened when it is first asked for. */
export function openRooms(core: ServerCore, { conversations }: ServerOptions): Rooms {
  const store = conversations === undefined ? undefined : new StoreHandle(conversations);
  return {
    routes: store === undefined ? [] : conversationRoutes(core, store),
    close: async () => store?.close(),
  };
}
