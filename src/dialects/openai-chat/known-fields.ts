import { THOUGHT_FIELDS, THOUGHT_STATES } from "./thoughts.js";

/** Fields of a chunk that have events of their own, or say only how the answer was made. */
export const CHUNK_FIELDS: readonly string[] = [
  "id",
  "object",
  "created",
  "model",
  "choices",
  "usage",
  "error",
  "service_tier",
  "system_fingerprint",
  "obfuscation",
  "p",
  "citations",
  "search_results",
  "x_groq",
];
/** The same of a choice. */
export const CHOICE_FIELDS: readonly string[] = [
  "index",
  "delta",
  "message",
  "text",
  "finish_reason",
  "logprobs",
  "usage",
  "error",
  "tool_calls",
];
/** The same of a delta or a message. */
export const DELTA_FIELDS: readonly string[] = [
  "role",
  "content",
  ...THOUGHT_FIELDS,
  ...THOUGHT_STATES,
  "refusal",
  "audio",
  "images",
  "tool_calls",
  "function_call",
  "annotations",
];
