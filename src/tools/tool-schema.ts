import { isJsonObject, type JsonObject, type JsonValue } from "../base/json.js";
import { invalid } from "../stream/error.js";
import { resolveReference } from "../structured/resolve-reference.js";

/** How many levels of objects and lists a schema may have: whoever reads it calls itself once a level. */
const DEEPEST_SCHEMA = 500;
const MOST_PARTS = 100_000;
/** How deep references and unions at the top are followed. */
const DEEPEST = 8;
/** What stands at the top of a schema of arguments and is no part of them. */
const UNIONS = ["anyOf", "oneOf", "allOf"] as const;

/**
 * A schema of a tool's arguments as providers take it: of one object that names its properties. OpenAI refuses an object
 * without `properties`, OpenAI and Anthropic one with a union or a `$ref` at the top. A union becomes the object with the
 * properties of all its members, of which those are required that every member requires; the tool still holds the arguments
 * to its own schema.
 *
 * @throws {SluiceError} `invalid-argument` for a schema of more than 500 levels.
 */
export function toolSchema({ $schema: _, ...given }: JsonObject): JsonObject {
  if (isDeeper(given, DEEPEST_SCHEMA)) throw invalid("input", given, `a schema of at most ${DEEPEST_SCHEMA} levels`);
  const root = withRequiredLists(given) as JsonObject;
  if (root.type === "object" && isJsonObject(root.properties) && !isComposed(root)) return root;
  const merged = mergedObject(root, root, 0);
  const { $defs, definitions, description, title } = root;
  return {
    ...merged,
    ...(title !== undefined && { title }),
    ...(description !== undefined && { description }),
    ...($defs !== undefined && { $defs }),
    ...(definitions !== undefined && { definitions }),
  };
}

/** Whether a value has more levels than so many; it is looked at level by level. */
function isDeeper(value: JsonValue, most: number): boolean {
  let level: JsonValue[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    // What refers to itself twice doubles with each level.
    if (depth > most || level.length > MOST_PARTS) return true;
    level = level.flatMap((one) =>
      typeof one === "object" && one !== null
        ? Object.values(one).filter((inner): inner is JsonObject => typeof inner === "object" && inner !== null)
        : [],
    );
  }
  return false;
}

/** Keywords whose value is data or names, not a schema. */
const DATA: ReadonlySet<string> = new Set(["const", "default", "enum", "example", "examples"]);
/** Keywords whose value has schemas by names of the author's. */
const NAMED: ReadonlySet<string> = new Set([
  "properties",
  "patternProperties",
  "$defs",
  "definitions",
  "dependentSchemas",
]);

/**
 * A schema in which `required` is a list of names wherever it stands: providers refuse the `required: true` of draft 3 and a
 * single name. What is right is the same object as before.
 */
function withRequiredLists(schema: JsonValue): JsonValue {
  if (Array.isArray(schema)) return mapped(schema, withRequiredLists);
  if (!isJsonObject(schema)) return schema;
  const walked = Object.entries(schema).map(([key, value]): [string, JsonValue | undefined] => {
    if (key === "required" && !isNames(value)) return [key, typeof value === "string" ? [value] : undefined];
    if (value === undefined || DATA.has(key) || typeof value !== "object") return [key, value];
    if (!NAMED.has(key) || !isJsonObject(value)) return [key, withRequiredLists(value)];
    const named = Object.entries(value).map(([name, one]): [string, JsonValue | undefined] => [
      name,
      one === undefined ? one : withRequiredLists(one),
    ]);
    return [key, named.every(([name, one]) => one === value[name]) ? value : jsonObject(named)];
  });
  if (walked.every(([key, value]) => value === schema[key])) return schema;
  return jsonObject(walked.filter(([, value]) => value !== undefined));
}

function jsonObject(entries: [string, JsonValue | undefined][]): JsonObject {
  return Object.fromEntries(entries) as JsonObject;
}

function isNames(value: JsonValue | undefined): boolean {
  return Array.isArray(value) && value.every((name) => typeof name === "string");
}

function mapped(items: JsonValue[], map: (item: JsonValue) => JsonValue): JsonValue[] {
  const all = items.map(map);
  return all.every((item, index) => item === items[index]) ? items : all;
}

function isComposed(schema: JsonObject): boolean {
  return schema.$ref !== undefined || UNIONS.some((keyword) => schema[keyword] !== undefined);
}

/** One object out of what a schema says of an object. */
function mergedObject(schema: JsonValue | undefined, root: JsonObject, depth: number): JsonObject {
  if (!isJsonObject(schema) || depth > DEEPEST) return { type: "object", properties: {} };
  const { $ref, anyOf, oneOf, allOf, $defs: _, definitions: __, ...own } = schema;
  const referred = typeof $ref === "string" ? mergedObject(resolveReference(root, $ref), root, depth + 1) : {};
  const parts = [
    referred,
    ...listOf(allOf).map((one) => mergedObject(one, root, depth + 1)),
    ...[anyOf, oneOf].flatMap((union) => oneOfAll(listOf(union).map((one) => mergedObject(one, root, depth + 1)))),
  ];
  const all = [...parts, own];
  const properties: JsonObject = {};
  for (const { properties: named } of all) {
    if (isJsonObject(named)) for (const [name, value] of Object.entries(named)) addProperty(properties, name, value);
  }
  const required = [...new Set(all.flatMap((part) => listOf(part.required)))];
  return { ...referred, ...own, type: "object", properties, ...(required.length > 0 && { required }) };
}

/** The members of a union as one: what one of them has may be there, what all require must be. */
function oneOfAll(members: readonly JsonObject[]): JsonObject[] {
  if (members.length === 0) return [];
  const properties: JsonObject = {};
  for (const { properties: named } of members) {
    if (isJsonObject(named)) for (const [name, value] of Object.entries(named)) addProperty(properties, name, value);
  }
  const [first, ...others] = members.map(({ required }) => listOf(required));
  const required = (first ?? []).filter((name) => others.every((other) => other.includes(name)));
  return [{ properties, required }];
}

/** Adds a property; one that is there already may be either. */
function addProperty(properties: JsonObject, name: string, value: JsonValue): void {
  const known = Object.hasOwn(properties, name) ? properties[name] : undefined;
  if (known === undefined) {
    Object.defineProperty(properties, name, { value, enumerable: true, configurable: true, writable: true });
    return;
  }
  if (JSON.stringify(known) === JSON.stringify(value)) return;
  const choices = isJsonObject(known) && Array.isArray(known.anyOf) ? known.anyOf : [known];
  if (choices.some((choice) => JSON.stringify(choice) === JSON.stringify(value))) return;
  properties[name] = { anyOf: [...choices, value] };
}

function listOf(value: JsonValue | undefined): JsonValue[] {
  return Array.isArray(value) ? value : [];
}
