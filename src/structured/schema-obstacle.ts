import { isJsonObject, type JsonObject, type JsonValue } from "../base/json.js";
import type { SchemaLimits } from "../stream/chat-model.js";
import { resolveReference } from "./resolve-reference.js";

/** What of a schema providers have limits for. */
interface Features {
  recursive: boolean;
  /** Where properties may have any name, or a value any type: the path in the schema. */
  open: string | undefined;
  /** Properties that may be missing. */
  optional: number;
  /** Values of several types. */
  unions: number;
}

/** Why a provider does not take a schema in full, for people; `undefined` where it does. */
export function schemaObstacle(schema: JsonObject, limits: SchemaLimits = {}): string | undefined {
  const { recursive, open, optional, unions } = featuresOf(schema);
  if (limits.recursion === false && recursive) return "it refers to itself";
  if (limits.open === false && open !== undefined) return `it leaves names or types open at ${open}`;
  if (limits.optional !== undefined && optional > limits.optional) {
    return `${optional} properties may be missing, of at most ${limits.optional}`;
  }
  if (limits.unions !== undefined && unions > limits.unions) {
    return `${unions} values have several types, of at most ${limits.unions}`;
  }
  return undefined;
}

const LISTS = ["anyOf", "oneOf", "allOf", "prefixItems"] as const;
const TYPED = ["type", "enum", "const", "$ref", "anyOf", "oneOf", "allOf"] as const;

function featuresOf(root: JsonObject): Features {
  const features: Features = { recursive: false, open: undefined, optional: 0, unions: 0 };
  const active = new Set<JsonObject>();
  const seen = new Set<JsonObject>();
  const visit = (schema: JsonValue | undefined, path: string): void => {
    if (!isJsonObject(schema)) return;
    if (active.has(schema)) features.recursive = true;
    if (seen.has(schema)) return;
    seen.add(schema);
    active.add(schema);
    count(schema, path, features);
    if (typeof schema.$ref === "string") visit(resolveReference(root, schema.$ref), schema.$ref);
    for (const [name, inner] of Object.entries(propertiesOf(schema))) visit(inner, `${path}/properties/${name}`);
    visit(schema.items, `${path}/items`);
    if (namesAny(schema)) visit(schema.additionalProperties, `${path}/additionalProperties`);
    for (const keyword of LISTS) {
      const list = schema[keyword];
      if (Array.isArray(list)) for (const [index, inner] of list.entries()) visit(inner, `${path}/${keyword}/${index}`);
    }
    active.delete(schema);
  };
  visit(root, "#");
  return features;
}

function count(schema: JsonObject, path: string, features: Features): void {
  const { type, required, anyOf, oneOf } = schema;
  if (isOpen(schema)) features.open ??= path;
  if (Array.isArray(type) || anyOf !== undefined || oneOf !== undefined) features.unions++;
  const needed = Array.isArray(required) ? required : [];
  for (const name of Object.keys(propertiesOf(schema))) if (!needed.includes(name)) features.optional++;
}

/** An object that names properties and lets others stand beside them can be closed without harm. */
function isOpen(schema: JsonObject): boolean {
  if (!TYPED.some((keyword) => schema[keyword] !== undefined) && schema.properties === undefined) return true;
  const { type, properties, patternProperties, additionalProperties } = schema;
  if (type !== "object" && !(Array.isArray(type) && type.includes("object"))) return false;
  if (patternProperties !== undefined) return true;
  if (namesAny(schema)) return true;
  return properties === undefined && additionalProperties !== false;
}

/** Whether properties of any name have a schema that says something. */
function namesAny({ additionalProperties }: JsonObject): boolean {
  return isJsonObject(additionalProperties) && Object.keys(additionalProperties).length > 0;
}

function propertiesOf({ properties }: JsonObject): JsonObject {
  return isJsonObject(properties) ? properties : {};
}
