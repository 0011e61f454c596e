import { isJsonObject, type JsonObject, type JsonValue } from "../base/json.js";

/**
 * What providers that hold an answer to a schema strictly take of JSON Schema.
 *
 * https://platform.openai.com/docs/guides/structured-outputs#supported-schemas
 */
const KEYWORDS = new Set([
  ...["$defs", "$ref", "definitions", "type", "title", "description", "enum", "const", "anyOf", "oneOf"],
  ...["properties", "required", "additionalProperties", "items", "minItems", "maxItems"],
  ...["pattern", "format", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"],
]);
const FORMATS = new Set(["date-time", "time", "date", "duration", "email", "hostname", "ipv4", "ipv6", "uuid"]);

/**
 * The schema as a strict provider wants it: no object may have more properties than it names. `undefined` where it cannot
 * be strict: a property may be missing or have any name, or it uses what such providers do not know.
 */
export function strictSchema(schema: JsonObject): JsonObject | undefined {
  // A union at the root is refused, and so is what is too large.
  if (schema.anyOf !== undefined || schema.oneOf !== undefined || isTooLarge(schema)) return undefined;
  const strict = close(schema);
  return isJsonObject(strict) ? strict : undefined;
}

/** The most properties, values of enumerations, and objects inside one another. */
const MOST = { properties: 5_000, values: 1_000, depth: 10 };

function isTooLarge(schema: JsonObject): boolean {
  let properties = 0;
  let values = 0;
  let deepest = 0;
  const visit = (value: JsonValue, depth: number): void => {
    if (Array.isArray(value)) for (const item of value) visit(item, depth);
    if (!isJsonObject(value)) return;
    const inside = value.type === "object" ? depth + 1 : depth;
    deepest = Math.max(deepest, inside);
    if (isJsonObject(value.properties)) properties += Object.keys(value.properties).length;
    if (Array.isArray(value.enum)) values += value.enum.length;
    for (const inner of Object.values(value)) visit(inner, inside);
  };
  visit(schema, 0);
  return properties > MOST.properties || values > MOST.values || deepest > MOST.depth;
}

function close(schema: JsonValue | undefined): JsonValue | undefined {
  if (!isJsonObject(schema) || !isKnown(schema)) return undefined;
  const { oneOf, ...closed }: JsonObject = schema;
  if (schema.type === "object") {
    if (!namesAllProperties(schema)) return undefined;
    closed.additionalProperties = false;
  }
  for (const keyword of ["properties", "$defs", "definitions"]) {
    const inner = closeEach(schema[keyword]);
    if (inner === undefined) return undefined;
    if (inner !== null) closed[keyword] = inner;
  }
  const alternatives = schema.anyOf ?? oneOf;
  if (alternatives !== undefined) {
    const known = closeAlternatives(alternatives);
    if (known === undefined) return undefined;
    closed.anyOf = known;
  }
  if (schema.items !== undefined) {
    const items = close(schema.items);
    if (items === undefined) return undefined;
    closed.items = items;
  }
  return closed;
}

/** That only one of them fits is checked when the answer is complete. */
function closeAlternatives(alternatives: JsonValue): JsonValue[] | undefined {
  if (!Array.isArray(alternatives)) return undefined;
  const known = alternatives.map(close).filter((own) => own !== undefined);
  return known.length < alternatives.length || shareFirstProperty(known) ? undefined : known;
}

/** Whether two objects of a union begin with the same property, and not with a value that tells them apart. */
function shareFirstProperty(alternatives: readonly JsonValue[]): boolean {
  const seen = new Set<string>();
  for (const alternative of alternatives) {
    const properties = isJsonObject(alternative) ? alternative.properties : undefined;
    const [first] = isJsonObject(properties) ? Object.entries(properties) : [];
    if (first === undefined) continue;
    const [name, schema] = first;
    const definition = isJsonObject(schema)
      ? (schema.const ?? (Array.isArray(schema.enum) ? schema.enum : undefined))
      : undefined;
    const key = JSON.stringify([name, definition ?? null]);
    if (seen.has(key)) return true;
    seen.add(key);
  }
  return false;
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

/** Look-around, back references and borders of words, which grammars cannot say. */
const UNKNOWN_PATTERN = /\(\?<?[=!]|\\[1-9bBk]/;

function isKnown({ format, ...schema }: JsonObject): boolean {
  // Every value has a type, and a reference stands alone.
  if (schema.$ref !== undefined && Object.keys(schema).length > 1) return false;
  if (["type", "anyOf", "oneOf", "$ref"].every((keyword) => schema[keyword] === undefined)) return false;
  if (typeof schema.pattern === "string" && UNKNOWN_PATTERN.test(schema.pattern)) return false;
  if (schema.anyOf !== undefined && schema.oneOf !== undefined) return false;
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
