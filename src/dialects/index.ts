export type { Frame, FrameReader } from "../stream/framing/frame.js";
export { NdjsonReader } from "../stream/framing/ndjson-reader.js";
export { SseReader } from "../stream/framing/sse-reader.js";
export { agUi } from "./ag-ui/ag-ui.js";
export { aiSdkUi } from "./ai-sdk-ui/ai-sdk-ui.js";
export { anthropic } from "./anthropic/anthropic.js";
export type {
  Answer,
  CallingDialect,
  CallTarget,
  Dialect,
  ErrorResponse,
  Loss,
  PathParams,
  ReadingDialect,
  ServedRequest,
  WireReader,
  WireRequest,
  WireWriter,
  WriteFrame,
  WriterContext,
} from "./dialect.js";
export { gemini } from "./gemini/gemini.js";
export { googleInteractions } from "./google-interactions/google-interactions.js";
export { native } from "./native/native.js";
export { ollama, ollamaGenerate } from "./ollama/ollama.js";
export { openAiChat, openAiChatDialect } from "./openai-chat/openai-chat.js";
export type { OpenAiChatQuirks } from "./openai-chat/quirks.js";
export { openAiResponses } from "./openai-responses/openai-responses.js";
export type { RecognisedWire } from "./recognise-wire.js";
export { recogniseWire } from "./recognise-wire.js";
export type { RespondOptions } from "./respond.js";
export { respond, respondError } from "./respond.js";
