import { isJsonObject, type JsonObject, type JsonValue } from "../../base/json.js";

/** Fields of a schema that hold one, or several by name or in a list. */
const ONE = ["items", "additionalProperties"];
const NAMED = ["properties", "$defs"];
const SEVERAL = ["anyOf", "any_of", "prefixItems"];

/** Counts that protocol buffers say as text. */
const COUNTS = ["minItems", "maxItems", "minLength", "maxLength", "minProperties", "maxProperties"];

/**
 * A schema in Google's form (https://ai.google.dev/api/caching#Schema, the one of OpenAPI 3.0) as JSON Schema: types in
 * small letters, `nullable` as a type, counts as numbers, and the properties in the order that they are to be written in.
 */
export function readSchema(schema: JsonValue): JsonValue {
  if (!isJsonObject(schema)) return schema;
  const read: JsonObject = {};
  for (const [key, value] of Object.entries(schema)) {
    if (key === "nullable" || key === "propertyOrdering") continue;
    if (key === "type" && typeof value === "string") read.type = value.toLowerCase();
    else if (ONE.includes(key)) read[key] = readSchema(value);
    else if (NAMED.includes(key) && isJsonObject(value)) read[key] = mapped(value);
    else if (SEVERAL.includes(key) && Array.isArray(value))
      read[key === "any_of" ? "anyOf" : key] = value.map(readSchema);
    else if (COUNTS.includes(key) && typeof value === "string") read[key] = Number(value);
    else read[key] = value;
  }
  if (isJsonObject(read.properties)) read.properties = ordered(read.properties, schema.propertyOrdering);
  if (schema.nullable === true && typeof read.type === "string") read.type = [read.type, "null"];
  return read;
}

function ordered(properties: JsonObject, order: JsonValue | undefined): JsonObject {
  const named = (Array.isArray(order) ? order : []).filter((name): name is string => typeof name === "string");
  const first = named.filter((name) => Object.hasOwn(properties, name)).map((name) => [name, properties[name]]);
  return { ...Object.fromEntries(first), ...properties };
}

function mapped(schemas: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, readSchema(schema)]));
}
