import { isJsonObject, type JsonObject } from "../base/json.js";

/** How the frames and the errors of a protocol are distinguished from those of others. */
export interface WireMark {
  /** The dialect's name. */
  dialect: string;
  /** For people. */
  protocol: string;
  /** Whether an object is a frame or a body of an answer that no other protocol has. */
  answer: (body: JsonObject) => boolean;
  /** Whether an object is an error as only this protocol says one; absent where it has no form of its own. */
  error?: (body: JsonObject) => boolean;
}

/** What a UI message stream may begin with. */
const UI_START = ["messageId", "messageMetadata"];

/** The marks of all protocols that are read. Any frame that one accepts decides. */
export const WIRE_MARKS: readonly WireMark[] = [
  {
    dialect: "openai-chat",
    protocol: "OpenAI's chat completions",
    answer: (body) => Array.isArray(body.choices),
    error: ({ error }) => isJsonObject(error) && "param" in error && "type" in error,
  },
  {
    dialect: "openai-responses",
    protocol: "OpenAI's Responses",
    answer: ({ type, object, output }) =>
      (typeof type === "string" && type.startsWith("response.")) || (object === "response" && Array.isArray(output)),
  },
  {
    dialect: "anthropic",
    protocol: "Anthropic's messages",
    answer: ({ type, content }) =>
      type === "message_start" || type === "content_block_delta" || (type === "message" && Array.isArray(content)),
    error: ({ type, error }) => type === "error" && isJsonObject(error) && typeof error.type === "string",
  },
  {
    dialect: "gemini",
    protocol: "Gemini's",
    answer: ({ candidates, promptFeedback }) => Array.isArray(candidates) || isJsonObject(promptFeedback),
    error: ({ error }) =>
      isJsonObject(error) && typeof error.code === "number" && /^[A-Z_]+$/.test(String(error.status)),
  },
  {
    dialect: "ollama",
    protocol: "Ollama's chat",
    answer: ({ done, message }) => typeof done === "boolean" && isJsonObject(message),
    error: ({ error, ...others }) => typeof error === "string" && Object.keys(others).length === 0,
  },
  {
    dialect: "ollama-generate",
    protocol: "Ollama's generate",
    answer: ({ done, response }) => typeof done === "boolean" && typeof response === "string",
  },
  {
    dialect: "google-interactions",
    protocol: "Google's interactions",
    answer: ({ event_type: type }) => /^interaction\./.test(String(type)),
  },
  {
    dialect: "ai-sdk-ui",
    protocol: "the AI SDK's UI message stream",
    answer: ({ type, id, chunks, ...others }) =>
      Array.isArray(chunks) ||
      (typeof id === "string" && /^(?:text|reasoning)-(?:start|delta)$/.test(String(type))) ||
      (type === "start" && Object.keys(others).every((name) => UI_START.includes(name))),
  },
  {
    dialect: "ag-ui",
    protocol: "AG-UI's",
    answer: ({ type, events }) =>
      /^(?:RUN_STARTED|TEXT_MESSAGE_[A-Z]+)$/.test(String(type)) ||
      (Array.isArray(events) && isJsonObject(events[0]) && events[0].type === "RUN_STARTED"),
  },
  {
    dialect: "native",
    protocol: "Sluice's own",
    answer: ({ run, seq, message, reason, usage }) =>
      (typeof run === "string" && typeof seq === "number") ||
      (isJsonObject(message) && Array.isArray(message.content) && typeof reason === "string" && isJsonObject(usage)),
  },
];

/** The protocol other than `dialect` that an object is an answer of; `undefined` where it is of none. */
export function otherProtocol(body: JsonObject, dialect: string): string | undefined {
  return WIRE_MARKS.find((mark) => mark.dialect !== dialect && mark.answer(body))?.protocol;
}

/** The same of an error, where it is not one that `dialect` has as well. */
export function otherProtocolsError(body: JsonObject, dialect: string): string | undefined {
  if (WIRE_MARKS.find((mark) => mark.dialect === dialect)?.error?.(body)) return undefined;
  return WIRE_MARKS.find((mark) => mark.dialect !== dialect && mark.error?.(body))?.protocol;
}
