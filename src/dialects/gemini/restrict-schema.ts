import { isJsonObject, type JsonObject, type JsonValue } from "../../base/json.js";

/**
 * A schema in the words that `responseJsonSchema` knows: a constant is an enumeration of one, nothing stands beside a
 * reference, and a tuple has no rest. What else it does not know is ignored there.
 *
 * https://ai.google.dev/api/generate-content#GenerationConfig
 */
export function restrictSchema(schema: JsonObject): JsonObject {
  if (typeof schema.$ref === "string") {
    return Object.fromEntries(
      Object.entries(schema)
        .filter(([key]) => key.startsWith("$"))
        .map(restrictEntry),
    );
  }
  const { const: constant, items, ...rest } = schema;
  return {
    ...Object.fromEntries(Object.entries(rest).map(restrictEntry)),
    ...(constant !== undefined && (isNamed(constant) ? { enum: [constant] } : { const: constant })),
    ...(items !== undefined && items !== false && { items: isJsonObject(items) ? restrictSchema(items) : items }),
  };
}

function restrictEntry([key, value]: [string, JsonValue]): [string, JsonValue] {
  const within = (inner: JsonValue): JsonValue => (isJsonObject(inner) ? restrictSchema(inner) : inner);
  if (key === "additionalProperties") return [key, within(value)];
  if (["anyOf", "oneOf", "allOf", "prefixItems"].includes(key) && Array.isArray(value)) return [key, value.map(within)];
  if (["properties", "$defs", "definitions"].includes(key) && isJsonObject(value)) {
    return [key, Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, within(inner)]))];
  }
  return [key, value];
}

/** Enumerations are of texts and numbers. */
function isNamed(value: JsonValue): boolean {
  return typeof value === "string" || typeof value === "number";
}
