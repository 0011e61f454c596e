export type { ListenAt, SluiceServer } from "./create-server.js";
export { createServer } from "./create-server.js";
export type { RequestLog } from "./request-log.js";
export type { Aliases, ServedKind } from "./served-models.js";
export type { ModelOrName, Served, ServerLimits, ServerOptions } from "./server-options.js";
