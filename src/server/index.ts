export type { ListenAt, SluiceServer } from "./create-server.js";
export { createServer } from "./create-server.js";
export type { ApiKey } from "./protect/api-key.js";
export { createApiKey, hashOf } from "./protect/api-key.js";
export type { RealtimeOptions } from "./realtime/realtime-options.js";
export type { RequestLog, RunLogEntry } from "./request-log.js";
export type { ProviderLimit, ServedRoute, ServedTarget } from "./routing/routed-models.js";
export type { Aliases, ServedKind } from "./served-models.js";
export type { ModelOrName, Served, ServerLimits, ServerOptions } from "./server-options.js";
