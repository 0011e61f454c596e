import { isJsonObject, type JsonObject, type JsonValue } from "../stream/json.js";

/**
 * What providers that hold an answer to a schema strictly take of JSON Schema.
 *
 * https://platform.openai.com/docs/guides/structured-outputs#supported-schemas
 */
const KEYWORDS = new Set([
  ...["$defs", "$ref", "definitions", "type", "title", "description", "enum", "const", "anyOf"],
  ...["properties", "required", "additionalProperties", "items", "minItems", "maxItems"],
  ...["pattern", "format", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"],
]);
const FORMATS = new Set(["date-time", "time", "date", "duration", "email", "hostname", "ipv4", "ipv6", "uuid"]);

/**
 * The schema as a strict provider wants it: no object may have more properties than it names. `undefined` where it cannot
 * be strict: a property may be missing or have any name, or it uses what such providers do not know.
 */
export function strictSchema(schema: JsonObject): JsonObject | undefined {
  const strict = close(schema);
  return isJsonObject(strict) ? strict : undefined;
}

function close(schema: JsonValue | undefined): JsonValue | undefined {
  if (!isJsonObject(schema) || !isKnown(schema)) return undefined;
  const closed: JsonObject = { ...schema };
  if (schema.type === "object") {
    if (!namesAllProperties(schema)) return undefined;
    closed.additionalProperties = false;
  }
  for (const keyword of ["properties", "$defs", "definitions"]) {
    const inner = closeEach(schema[keyword]);
    if (inner === undefined) return undefined;
    if (inner !== null) closed[keyword] = inner;
  }
  if (schema.anyOf !== undefined) {
    const alternatives = Array.isArray(schema.anyOf) ? schema.anyOf.map(close) : [undefined];
    const known = alternatives.filter((own) => own !== undefined);
    if (known.length < alternatives.length) return undefined;
    closed.anyOf = known;
  }
  if (schema.items !== undefined) {
    const items = close(schema.items);
    if (items === undefined) return undefined;
    closed.items = items;
  }
  return closed;
}

/** A table of schemas, each closed; `null` where there is no table, `undefined` where one cannot be closed. */
function closeEach(table: JsonValue | undefined): JsonValue | undefined {
  if (table === undefined) return null;
  if (!isJsonObject(table)) return undefined;
  const closed: JsonObject = {};
  for (const [name, schema] of Object.entries(table)) {
    const own = close(schema);
    if (own === undefined) return undefined;
    closed[name] = own;
  }
  return closed;
}

function isKnown({ format, ...schema }: JsonObject): boolean {
  if (format !== undefined && !(typeof format === "string" && FORMATS.has(format))) return false;
  // Several types at once are known only as "or null".
  const { type } = schema;
  if (Array.isArray(type) && (type.includes("object") || type.includes("array"))) return false;
  return Object.keys(schema).every((keyword) => KEYWORDS.has(keyword));
}

function namesAllProperties({ properties, required, additionalProperties }: JsonObject): boolean {
  if (additionalProperties !== undefined && additionalProperties !== false) return false;
  if (!isJsonObject(properties)) return false;
  return Object.keys(properties).every((name) => Array.isArray(required) && required.includes(name));
}
