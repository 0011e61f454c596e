import { isJsonObject, type JsonObject, type JsonValue } from "../../base/json.js";
import { camelKeys } from "./camel-keys.js";

/**
 * A chunk as the documentation of the API has it. Gateways name its fields as protocol buffers do (`finish_reason`), and
 * Google's own service behind its coding tools puts the chunk into another object's `response`.
 */
export function plainChunk(chunk: JsonObject): JsonObject {
  const { response } = chunk;
  const inner = isJsonObject(response) && !("candidates" in chunk) && "candidates" in response ? response : chunk;
  const [candidate] = listOf(inner.candidates);
  const { content } = isJsonObject(candidate) ? candidate : {};
  const [part] = isJsonObject(content) ? listOf(content.parts) : [];
  return [inner, candidate, part].some(hasSnakeKey) ? objectIn(camelKeys(inner)) : inner;
}

function hasSnakeKey(value: JsonValue | undefined): boolean {
  return isJsonObject(value) && Object.keys(value).some((key) => /[a-z]_[a-z]/.test(key));
}

function listOf(value: JsonValue | undefined): readonly JsonValue[] {
  return Array.isArray(value) ? value : [];
}

function objectIn(value: JsonValue): JsonObject {
  return isJsonObject(value) ? value : {};
}
