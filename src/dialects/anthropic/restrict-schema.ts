import { isJsonObject, type JsonObject, type JsonValue } from "../../stream/json.js";

/** Keywords whose value is a schema, a list of schemas, or schemas by name. */
const ONE = ["items", "not", "if", "then", "else", "contains", "additionalItems"];
const MANY = ["anyOf", "allOf", "oneOf", "prefixItems"];
const NAMED = ["properties", "$defs", "definitions"];

/** Keywords that structured outputs refuse: https://platform.claude.com/docs/en/build-with-claude/structured-outputs. */
const REFUSED = [
  "minimum",
  "maximum",
  "exclusiveMinimum",
  "exclusiveMaximum",
  "multipleOf",
  "minLength",
  "maxLength",
  "maxItems",
  "uniqueItems",
  "minProperties",
  "maxProperties",
];

/** A schema with what structured outputs want: closed objects, and no limits on numbers, lengths and counts. */
export function restrictSchema(schema: JsonObject, left: Set<string>): JsonObject {
  const restricted: JsonObject = {};
  for (const [key, value] of Object.entries(schema)) {
    if (REFUSED.includes(key) || (key === "minItems" && value !== 0 && value !== 1)) left.add(key);
    else restricted[key] = restrictKeyword(key, value, left);
  }
  if (isObjectType(schema) && restricted.additionalProperties !== false) {
    if (schema.additionalProperties !== undefined) left.add("additionalProperties");
    restricted.additionalProperties = false;
  }
  return restricted;
}

function restrictKeyword(key: string, value: JsonValue, left: Set<string>): JsonValue {
  const within = (inner: JsonValue): JsonValue => (isJsonObject(inner) ? restrictSchema(inner, left) : inner);
  if (ONE.includes(key)) return within(value);
  if (MANY.includes(key) && Array.isArray(value)) return value.map(within);
  if (NAMED.includes(key) && isJsonObject(value)) {
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, within(inner)]));
  }
  return value;
}

function isObjectType({ type, properties }: JsonObject): boolean {
  return type === "object" || (Array.isArray(type) && type.includes("object")) || properties !== undefined;
}
