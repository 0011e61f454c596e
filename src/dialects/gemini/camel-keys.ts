import { isJsonObject, type JsonObject, type JsonValue } from "../../base/json.js";

/** Fields whose content is the caller's own, with names of its own. */
const FREE = [
  "args",
  "response",
  "parameters",
  "parametersJsonSchema",
  "responseSchema",
  "responseJsonSchema",
  "labels",
  "partMetadata",
  "customMetadata",
];

/**
 * A request with its fields named as the documentation of the API does. Google reads the names of its protocol buffers
 * as well (`inline_data`), and its examples for `curl` have them (https://protobuf.dev/programming-guides/json).
 */
export function camelKeys(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(camelKeys);
  if (!isJsonObject(value)) return value;
  const named: JsonObject = {};
  for (const [key, inner] of Object.entries(value)) {
    const name = key.replace(/_([a-z\d])/g, (_, letter: string) => letter.toUpperCase());
    named[name] = FREE.includes(name) ? inner : camelKeys(inner);
  }
  return named;
}
