export type { JsonObject, JsonValue } from "../base/json.js";
export { isJsonObject, parseJson } from "../base/json.js";
export { estimateTokens, splitTokens } from "../base/token-estimate.js";
export type { Batch, BatchReader, BatchSource } from "./batch-source.js";
export type * from "./chat-event.js";
export type {
  CallOptions,
  Capabilities,
  ChatModel,
  InputKind,
  ModelInfo,
  RetryPolicy,
  SchemaLimits,
  Timeouts,
  WireEvent,
} from "./chat-model.js";
export type * from "./chat-request.js";
export { isProviderTool } from "./chat-request.js";
export type { ChatStreamOptions, ReadTextOptions } from "./chat-stream.js";
export { ChatStream } from "./chat-stream.js";
export type { ChunkUnit } from "./chunk-unit.js";
export type { ErrorCode, ErrorDetails, OutputIssue, PartialAnswer, RejectedOutput } from "./error.js";
export { invalid, SluiceError } from "./error.js";
export type { Frame, FrameReader } from "./framing/frame.js";
export type * from "./message.js";
export { textOf } from "./message.js";
export type { Opaque } from "./opaque.js";
export type { ThoughtTags } from "./part-thoughts.js";
export { partThoughts } from "./part-thoughts.js";
export type { Prompt, PromptOptions } from "./prompt.js";
export type { PacedOptions } from "./sources/paced.js";
export { paced } from "./sources/paced.js";
export type { Pulled, Transform } from "./sources/transform.js";
export { transform } from "./sources/transform.js";
export type * from "./speech-event.js";
export type { SourceStage, Stage } from "./stage.js";
export type { Timing } from "./timing.js";
export { STALL_MS } from "./timing.js";
export type { Usage } from "./usage.js";
export { addUsage, totalTokens } from "./usage.js";
