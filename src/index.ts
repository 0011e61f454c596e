export type { Generated } from "./chat/generate.js";
export { generate } from "./chat/generate.js";
export type { StreamOptions } from "./chat/stream.js";
export { stream } from "./chat/stream.js";
export * from "./models/index.js";
export * from "./stream/index.js";
export { tool } from "./tools/tool.js";
export { withTools } from "./tools/with-tools.js";
