import { isJsonObject, type JsonObject, type JsonValue } from "../../base/json.js";

/**
 * Keywords of structured outputs; others are refused. `minItems` may be 0 or 1.
 *
 * https://platform.claude.com/docs/en/build-with-claude/structured-outputs, "JSON Schema limitations".
 */
const TAKEN = new Set([
  ...["type", "title", "description", "default", "enum", "const", "anyOf", "allOf", "$ref", "$defs", "definitions"],
  ...["properties", "required", "additionalProperties", "items", "minItems", "format", "pattern"],
]);
const FORMATS = "date-time time date duration email hostname uri ipv4 ipv6 uuid".split(" ");

/** Look-around, back references and borders of words, which its patterns cannot have. */
const REFUSED_PATTERN = /\(\?<?[=!]|\\[1-9bBk]/;

/** Says nothing that an answer could break: the dialect of the document, and what people read. */
const SILENT = ["$schema", "$id", "$comment", "examples", "deprecated", "readOnly", "writeOnly"];

/** A schema with what structured outputs want: closed objects, and no limits on numbers, lengths and counts. */
export function restrictSchema(schema: JsonObject, left: Set<string>): JsonObject {
  const restricted: JsonObject = {};
  for (const [key, value] of Object.entries(withAlternatives(schema, left))) {
    if (isTaken(key, value, schema)) restricted[key] = restrictKeyword(key, value, left);
    else if (!isSilent(key, schema)) left.add(key);
  }
  if (isObjectType(schema) && restricted.additionalProperties !== false) {
    if (schema.additionalProperties !== undefined) left.add("additionalProperties");
    restricted.additionalProperties = false;
  }
  return restricted;
}

/** Says `oneOf` as `anyOf`, and the places of a tuple as what any of its elements may be. */
function withAlternatives({ oneOf, prefixItems, ...schema }: JsonObject, left: Set<string>): JsonObject {
  if (Array.isArray(oneOf)) {
    if (schema.anyOf === undefined) schema.anyOf = oneOf;
    else left.add("oneOf");
  }
  if (Array.isArray(prefixItems)) {
    left.add("prefixItems");
    const rest = isJsonObject(schema.items) ? [schema.items] : [];
    const different = new Map([...prefixItems, ...rest].map((item) => [JSON.stringify(item), item]));
    schema.items = different.size === 1 ? (prefixItems[0] ?? {}) : { anyOf: [...different.values()] };
  }
  return schema;
}

function isTaken(key: string, value: JsonValue, { format }: JsonObject): boolean {
  if (key === "minItems") return value === 0 || value === 1;
  if (key === "format") return isKnown(value);
  if (key === "pattern") return typeof value === "string" && !REFUSED_PATTERN.test(value) && !isKnown(format);
  return TAKEN.has(key);
}

/** Where there is a format, libraries say the same again as a long pattern. */
function isSilent(key: string, { format }: JsonObject): boolean {
  return SILENT.includes(key) || (key === "pattern" && isKnown(format));
}

function isKnown(format: JsonValue | undefined): boolean {
  return typeof format === "string" && FORMATS.includes(format);
}

function restrictKeyword(key: string, value: JsonValue, left: Set<string>): JsonValue {
  const within = (inner: JsonValue): JsonValue => (isJsonObject(inner) ? restrictSchema(inner, left) : inner);
  if (key === "items") return within(value);
  if ((key === "anyOf" || key === "allOf") && Array.isArray(value)) return value.map(within);
  if (["properties", "$defs", "definitions"].includes(key) && isJsonObject(value)) {
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, within(inner)]));
  }
  return value;
}

function isObjectType({ type, properties }: JsonObject): boolean {
  return type === "object" || (Array.isArray(type) && type.includes("object")) || properties !== undefined;
}
