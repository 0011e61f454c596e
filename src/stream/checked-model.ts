import type { ChatModel } from "./chat-model.js";
import { invalid } from "./error.js";

/**
 * The value as a chat model, where a name cannot be looked up.
 *
 * @throws {SluiceError} `invalid-argument` for anything else.
 */
export function checkedModel(value: unknown, field = "model"): ChatModel {
  if (isModel(value)) return value;
  throw invalid(field, value, "a chat model; model(name) makes one of a name such as openai/gpt-5");
}

/** Whether a value can be asked as a chat model. */
export function isModel(value: unknown): value is ChatModel {
  if (typeof value !== "object" || value === null) return false;
  const { id, stream } = value as { id?: unknown; stream?: unknown };
  return typeof id === "string" && typeof stream === "function";
}
