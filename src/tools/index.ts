export type { ApprovalDecision, ApprovalHandler, ApprovalRequest } from "./approval.js";
export { approve, decisionMessage, deny, edit } from "./approval.js";
export { openCalls } from "./history.js";
export type { Tool, ToolContext, ToolInput, ToolOptions, ToolReturn } from "./tool.js";
export { tool } from "./tool.js";
export { ToolOutput } from "./tool-output.js";
export type { ToolSource } from "./toolbox.js";
export type { WithToolsOptions } from "./with-tools.js";
export { withTools } from "./with-tools.js";
