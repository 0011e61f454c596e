import { isJsonObject, type JsonObject, type JsonValue } from "../../../src/base/json.js";

/** Names of properties and indexes of items, from the outside in. */
export type JsonPath = readonly (string | number)[];

/** What may stand at a place, and why. */
export interface SchemaHint {
  /** What is to be written, without quotes. */
  word: string;
  /** What it is for. */
  about?: string;
}

/**
 * The schemas that hold at a path of a document: those of its properties and items, of `$ref`, `allOf`, `anyOf` and `oneOf`, and of
 * `if` where the document fits it.
 */
export function schemasAt(root: JsonObject, path: JsonPath, document: JsonValue | undefined): JsonObject[] {
  let schemas = spread(root, root, document);
  let value = document;
  for (const step of path) {
    value = valueIn(value, step);
    schemas = schemas.flatMap((schema) => {
      const inner = typeof step === "number" ? schema.items : propertyOf(schema, step);
      return isJsonObject(inner) ? spread(inner, root, value) : [];
    });
  }
  return schemas;
}

/** The names of properties that an object at a place may have and has not. */
export function propertyHints(schemas: readonly JsonObject[], present: ReadonlySet<string>): SchemaHint[] {
  const hints = new Map<string, SchemaHint>();
  for (const { properties } of schemas) {
    if (!isJsonObject(properties)) continue;
    for (const [word, schema] of Object.entries(properties)) {
      if (present.has(word) || hints.has(word)) continue;
      const about = isJsonObject(schema) && typeof schema.description === "string" ? schema.description : undefined;
      hints.set(word, { word, ...(about !== undefined && { about }) });
    }
  }
  return [...hints.values()];
}

/** The words that a value at a place may be. */
export function valueHints(schemas: readonly JsonObject[]): SchemaHint[] {
  const words = schemas.flatMap((schema) => {
    if (Array.isArray(schema.enum)) return schema.enum.map(String);
    if (schema.const !== undefined) return [String(schema.const)];
    return schema.type === "boolean" ? ["true", "false"] : [];
  });
  return [...new Set(words)].map((word) => ({ word }));
}

/** Deeper than this a schema refers to itself. */
const DEEPEST = 8;

function spread(schema: JsonObject, root: JsonObject, value: JsonValue | undefined, depth = 0): JsonObject[] {
  if (depth > DEEPEST) return [];
  const found = [schema];
  const also = (one: JsonValue | undefined) => {
    if (isJsonObject(one)) found.push(...spread(one, root, value, depth + 1));
  };
  if (typeof schema.$ref === "string") also(referred(root, schema.$ref));
  for (const name of ["allOf", "anyOf", "oneOf"]) {
    const all = schema[name];
    if (Array.isArray(all)) for (const one of all) also(one);
  }
  if (isJsonObject(schema.if)) also(fits(schema.if, value) ? schema.then : schema.else);
  return found;
}

function referred(root: JsonObject, ref: string): JsonValue | undefined {
  if (ref === "#") return root;
  if (!ref.startsWith("#/")) return undefined;
  let at: JsonValue | undefined = root;
  for (const part of ref.slice(2).split("/")) at = isJsonObject(at) ? at[part] : undefined;
  return at;
}

/** Whether an object has what `required`, `const` and `enum` of a condition want. */
function fits({ properties, required }: JsonObject, value: JsonValue | undefined): boolean {
  if (!isJsonObject(value)) return false;
  if (Array.isArray(required) && required.some((name) => typeof name !== "string" || value[name] === undefined))
    return false;
  if (!isJsonObject(properties)) return true;
  return Object.entries(properties).every(([name, schema]) => {
    const own = value[name];
    if (own === undefined || !isJsonObject(schema)) return true;
    if (Array.isArray(schema.enum)) return schema.enum.includes(own);
    return schema.const === undefined || schema.const === own;
  });
}

function propertyOf({ properties, additionalProperties }: JsonObject, name: string): JsonValue | undefined {
  const own = isJsonObject(properties) && Object.hasOwn(properties, name) ? properties[name] : undefined;
  return own ?? additionalProperties;
}

function valueIn(value: JsonValue | undefined, step: string | number): JsonValue | undefined {
  if (typeof step === "number") return Array.isArray(value) ? value[step] : undefined;
  return isJsonObject(value) && Object.hasOwn(value, step) ? value[step] : undefined;
}
