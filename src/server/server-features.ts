import { StoreHandle } from "../chat/store-handle.js";
import { checkServices } from "../workflows/check-services.js";
import { conversationRoutes } from "./conversations/conversation-routes.js";
import { monitoringRoutes } from "./monitoring/monitoring-routes.js";
import type { Route } from "./route.js";
import type { ServedParts } from "./served-parts.js";
import type { ServerCore } from "./server-core.js";
import type { ServerOptions } from "./server-options.js";
import { WorkflowHost } from "./workflows/workflow-host.js";
import { workflowRoutes } from "./workflows/workflow-routes.js";

/** What a server offers beside answers of models: its routes, and what they keep open. */
export interface ServerFeatures {
  readonly routes: readonly Route[];
  /** Frees what was opened here. */
  close(): Promise<void>;
}

/**
 * What the options switch on: conversations, workflows, monitoring. What is only named (a file, a server) is opened when it is first asked for.
 *
 * @throws {SluiceError} `invalid-argument` for unknown services.
 */
export function openFeatures(
  core: ServerCore,
  options: ServerOptions,
  { workflows, engine }: ServedParts,
): ServerFeatures {
  const { conversations, documents } = options;
  if (documents !== undefined) checkServices(documents, "documents");
  const store = conversations === undefined ? undefined : new StoreHandle(conversations);
  const host = new WorkflowHost({ workflows, engine, ...(documents && { documents }) });
  return {
    routes: [
      ...(store === undefined ? [] : conversationRoutes(core, store)),
      ...workflowRoutes(core, host),
      ...monitoringRoutes(core, options.monitoring?.sidecar),
    ],
    close: async () => store?.close(),
  };
}
