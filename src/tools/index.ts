export type { AsToolOptions } from "./as-tool.js";
export { asTool } from "./as-tool.js";
export { openCalls, openRequests } from "./history.js";
export type { InputHandler, InputRequest } from "./input-response.js";
export { answer, approve, decline, deny, edit, responseMessage } from "./input-response.js";
export type { LoopState, StopCondition } from "./loop-settings.js";
export type { McpClientFeatures, McpRoot } from "./mcp/mcp-client-features.js";
export type { McpElicitation, McpElicitationAnswer, McpElicitationHandler } from "./mcp/mcp-elicitation.js";
export type { McpSampling, McpSamplingRequest } from "./mcp/mcp-sampling.js";
export type { HttpServer, McpServer, StdioServer } from "./mcp/mcp-server.js";
export type { McpTools } from "./mcp/mcp-tools.js";
export { mcpTools } from "./mcp/mcp-tools.js";
export type { McpToolInfo, McpToolsOptions } from "./mcp/mcp-tools-options.js";
export type { BrokenArguments, RepairArguments } from "./read-arguments.js";
export type {
  Tool,
  ToolApproval,
  ToolCallContext,
  ToolContext,
  ToolInput,
  ToolOptions,
  ToolQuestion,
  ToolReturn,
  ToolStream,
} from "./tool.js";
export { tool } from "./tool.js";
export { ToolOutput } from "./tool-output.js";
export type { ToolSource } from "./toolbox.js";
export type { WithToolsOptions } from "./with-tools.js";
export { withTools } from "./with-tools.js";
