import { isJsonObject, type JsonObject, type JsonValue, parseJson } from "../../base/json.js";
import { nearest } from "../../base/nearest.js";

/** Types of fields, as the ancestors name them, in JSON Schema. */
const TYPES = new Map<string, JsonObject>([
  ["string", { type: "string" }],
  ["str", { type: "string" }],
  ["text", { type: "string" }],
  ["float", { type: "number" }],
  ["number", { type: "number" }],
  ["int", { type: "integer" }],
  ["integer", { type: "integer" }],
  ["bool", { type: "boolean" }],
  ["boolean", { type: "boolean" }],
  ["list", { type: "array", items: { type: "string" } }],
  ["array", { type: "array", items: { type: "string" } }],
  ["dict", { type: "object" }],
  ["object", { type: "object" }],
  ["any", {}],
]);

const string: JsonObject = { type: "string" };
const share: JsonObject = { type: "number", minimum: 0, maximum: 1 };
const strings: JsonObject = { type: "array", items: string };

/** Schemas that have names of their own. */
const PREDEFINED: Readonly<Record<string, JsonObject>> = {
  simple_response: objectOf({ response: string, confidence: share }),
  classification: objectOf({ category: string, confidence: share, reasoning: string }),
  extraction: objectOf({ entities: strings, relationships: strings, key_facts: strings }),
  decision: objectOf({ decision: string, reasoning: string, confidence: share }),
  summary: objectOf({ summary: string, key_points: strings, word_count: { type: "integer" } }),
};

/** JSON Schema and name of what `response_schema` says; a text where it says nothing that is known. */
export function structuredSchema(found: JsonValue | undefined): { name: string; schema: JsonObject } | string {
  if (typeof found === "string") {
    const known = PREDEFINED[found];
    if (known !== undefined) return { name: found, schema: known };
    return (
      fromText(found) ??
      `response_schema: there is no schema ${JSON.stringify(found)}; the named ones are ${Object.keys(PREDEFINED).join(", ")}`
    );
  }
  if (!isJsonObject(found)) return "response_schema: a named schema, an object with fields, or a JSON Schema";
  const { name, fields, schema, properties } = found;
  const called = typeof name === "string" && !TYPES.has(name.toLowerCase()) ? name : "answer";
  if (isJsonObject(schema)) return { name: called, schema };
  if (isJsonObject(properties) || "$ref" in found || "anyOf" in found || "oneOf" in found) {
    const { name: _, title, ...own } = found;
    return {
      name: typeof title === "string" ? title : called,
      schema: "type" in own ? own : { type: "object", ...own },
    };
  }
  const listed = isJsonObject(fields) ? fields : withoutName(found);
  const entries: [string, JsonObject][] = [];
  for (const [field, described] of Object.entries(listed)) {
    const one = fieldSchema(described);
    if (typeof one === "string") return `response_schema: field ${field}: ${one}`;
    entries.push([field, one]);
  }
  if (entries.length === 0) return "response_schema: it has no fields";
  return { name: called, schema: objectOf(Object.fromEntries(entries), optionalFields(listed)) };
}

/** The fields of a form that has no `fields`: its name and description do not count, unless they name a type. */
function withoutName(form: JsonObject): JsonObject {
  const isText = (value: JsonValue | undefined) => typeof value === "string" && !TYPES.has(value.toLowerCase());
  return Object.fromEntries(
    Object.entries(form).filter(([key, value]) => !((key === "name" || key === "description") && isText(value))),
  );
}

function fromText(text: string): { name: string; schema: JsonObject } | string | undefined {
  if (!text.trim().startsWith("{")) return undefined;
  try {
    return structuredSchema(parseJson(text));
  } catch {
    return undefined;
  }
}

/** `"string"`, or an object with type, description, default, enum, items. */
function fieldSchema(described: JsonValue): JsonObject | string {
  const {
    type = "string",
    description,
    default: fallback,
    enum: words,
    items,
    ...rest
  } = isJsonObject(described) ? described : { type: described };
  if (Array.isArray(described)) return listLike(described);
  if (isJsonObject(described) && isExample(described)) return exampleSchema(described);
  if (typeof described === "number" || typeof described === "boolean") return { type: typeof described };
  if (typeof type !== "string") return "its type is no text";
  const [, of] = /^(?:list|array)\[(\w+)\]$/i.exec(type) ?? [];
  const known =
    of === undefined ? TYPES.get(type.toLowerCase()) : { type: "array", items: TYPES.get(of.toLowerCase()) ?? {} };
  // A text that is no type says what the field is to hold: "1-10 scale".
  if (known === undefined && typeof described === "string" && nearest(type, [...TYPES.keys()]).length === 0)
    return { type: "string", description: described };
  if (known === undefined)
    return `there is no type ${JSON.stringify(type)}; the types are ${[...TYPES.keys()].join(", ")}`;
  const inner = items === undefined ? undefined : fieldSchema(items);
  if (typeof inner === "string") return inner;
  return {
    ...rest,
    ...known,
    ...(inner !== undefined && { items: inner }),
    ...(typeof description === "string" && { description }),
    ...(Array.isArray(words) && { enum: words }),
    ...(fallback !== undefined && { default: fallback }),
  };
}

/** Words of a field that is described. */
const SCHEMA_WORDS = new Set(
  "type description default enum items properties required minimum maximum pattern format min_length max_length".split(
    " ",
  ),
);

/** Whether an object shows what the answer looks like, in place of saying it: `{ "title": "a title", "score": 1 }`. */
function isExample(described: JsonObject): boolean {
  const { type } = described;
  if (typeof type === "string" && (TYPES.has(type.toLowerCase()) || /^(?:list|array)\[/i.test(type))) return false;
  return Object.keys(described).some((word) => !SCHEMA_WORDS.has(word));
}

function exampleSchema(shown: JsonObject): JsonObject | string {
  const fields: [string, JsonObject][] = [];
  for (const [name, value] of Object.entries(shown)) {
    const one = fieldSchema(value);
    if (typeof one === "string") return `${name}: ${one}`;
    fields.push([name, one]);
  }
  return objectOf(Object.fromEntries(fields));
}

function listLike([first]: readonly JsonValue[]): JsonObject | string {
  const items = first === undefined ? {} : fieldSchema(first);
  return typeof items === "string" ? items : { type: "array", items };
}

function optionalFields(fields: JsonObject): Set<string> {
  return new Set(
    Object.entries(fields).flatMap(([name, field]) =>
      isJsonObject(field) && (field.required === false || field.default !== undefined) ? [name] : [],
    ),
  );
}

function objectOf(properties: { [name: string]: JsonObject }, optional: ReadonlySet<string> = new Set()): JsonObject {
  const required = Object.keys(properties).filter((name) => !optional.has(name));
  return { type: "object", properties, required, additionalProperties: false };
}

/** What a schema's fields have where the answer leaves them out. */
export function withDefaults(value: JsonValue, schema: JsonObject): JsonValue {
  if (!isJsonObject(value) || !isJsonObject(schema.properties)) return value;
  const filled: JsonObject = { ...value };
  for (const [name, field] of Object.entries(schema.properties)) {
    if (!(name in filled) && isJsonObject(field) && field.default !== undefined) filled[name] = field.default;
  }
  return filled;
}
