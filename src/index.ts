export type { JsonObject, JsonValue } from "./base/json.js";
export { Conversation } from "./chat/conversation.js";
export type { ConversationOptions, Reply, TurnOptions } from "./chat/conversation-options.js";
export type { Generated } from "./chat/generate.js";
export { generate } from "./chat/generate.js";
export { object } from "./chat/object.js";
export type { StreamOptions } from "./chat/stream.js";
export { stream } from "./chat/stream.js";
export type { Guard } from "./guards/guard.js";
export { guard } from "./guards/guard.js";
export type { PiiOptions } from "./guards/pii/pii.js";
export { pii } from "./guards/pii/pii.js";
export type { FromAiSdkOptions } from "./models/ai-sdk/from-ai-sdk.js";
export { fromAiSdk } from "./models/ai-sdk/from-ai-sdk.js";
export type { ToAiSdkOptions } from "./models/ai-sdk/to-ai-sdk.js";
export { toAiSdk } from "./models/ai-sdk/to-ai-sdk.js";
export type { ModelContext, ModelDefinition, ModelOutput } from "./models/define-model.js";
export { defineModel } from "./models/define-model.js";
export type { EchoOptions } from "./models/echo.js";
export { echo } from "./models/echo.js";
export type { FallbackOptions, FallbackPolicy } from "./models/fallback.js";
export { fallback } from "./models/fallback.js";
export type { LlamaModel, LlamaOptions } from "./models/llama/llama.js";
export { llama } from "./models/llama/llama.js";
export { model } from "./models/named-model.js";
export type { ModelOptions } from "./models/provider-service.js";
export { record } from "./models/record.js";
export type { ReplayOptions } from "./models/replay.js";
export { replay } from "./models/replay.js";
export type { ScriptedModel, ScriptedOptions, ScriptLine } from "./models/scripted.js";
export { scripted } from "./models/scripted.js";
export type { SimulateOptions } from "./models/simulate.js";
export { simulate } from "./models/simulate.js";
export type * from "./stream/chat-event.js";
export type {
  CallOptions,
  Capabilities,
  ChatModel,
  InputKind,
  ModelInfo,
  RetryPolicy,
  Timeouts,
} from "./stream/chat-model.js";
export type * from "./stream/chat-request.js";
export type { ReadTextOptions } from "./stream/chat-stream.js";
export { ChatStream } from "./stream/chat-stream.js";
export type { ErrorCode, ErrorDetails, PartialAnswer } from "./stream/error.js";
export { SluiceError } from "./stream/error.js";
export type * from "./stream/message.js";
export { textOf } from "./stream/message.js";
export type { Opaque } from "./stream/opaque.js";
export type { Prompt, PromptOptions } from "./stream/prompt.js";
export type { PacedOptions } from "./stream/sources/paced.js";
export { paced } from "./stream/sources/paced.js";
export type * from "./stream/speech-event.js";
export type { Stage } from "./stream/stage.js";
export type { Timing } from "./stream/timing.js";
export type { Usage } from "./stream/usage.js";
export { addUsage, totalTokens } from "./stream/usage.js";
export type { ObjectOptions } from "./structured/object.js";
export type { ObjectStream } from "./structured/object-stream.js";
export type { InferSchema, Schema } from "./structured/schema.js";
export type { Tool, ToolContext, ToolOptions } from "./tools/tool.js";
export { tool } from "./tools/tool.js";
export type { WithToolsOptions } from "./tools/with-tools.js";
export { withTools } from "./tools/with-tools.js";
