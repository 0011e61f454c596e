import type { ChatModel } from "../stream/chat-model.js";
import { isModel } from "../stream/checked-model.js";
import { invalid } from "../stream/error.js";
import { model } from "./named-model.js";

/**
 * The model that somebody means: a model, or its name as `model()` takes it.
 *
 * @param field what the error calls the value. Default `model`.
 * @throws {SluiceError} `invalid-argument` for anything else, an empty name included; as `model()` for a name.
 */
export function modelOf(value: unknown, field = "model"): ChatModel {
  if (isModel(value)) return value;
  if (typeof value === "string" && value !== "") return model(value);
  const made = typeof value === "object" && value !== null && "asModel" in value ? ": what its asModel() returns" : "";
  throw invalid(field, value, `a chat model${made}, or a name such as openai/gpt-5`);
}
