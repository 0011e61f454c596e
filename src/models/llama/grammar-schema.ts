import { isJsonObject, type JsonObject, type JsonValue } from "../../base/json.js";
import type { Warning } from "../../stream/chat-event.js";
import { describe, SluiceError } from "../../stream/error.js";

/** Keywords that say something about a schema and ask nothing of a value. */
const REMARKS = new Set(
  "title description default examples deprecated readOnly writeOnly $schema $id $comment $anchor $defs definitions".split(
    " ",
  ),
);

/** Formats that llama.cpp's grammar of JSON has. */
const FORMATS = new Set(["date-time", "time", "date"]);

/** What the grammar has for each type. */
const HELD = {
  object: ["type", "properties", "required", "additionalProperties", "minProperties", "maxProperties"],
  array: ["type", "items", "prefixItems", "minItems", "maxItems"],
  string: ["minLength", "maxLength"],
};

/** The keywords of JSON Schema that ask something of values of one type only. */
const KEYWORDS: Readonly<Record<string, string[]>> = {
  object: [
    ..."properties required additionalProperties minProperties maxProperties patternProperties".split(" "),
    "propertyNames",
    "dependentRequired",
  ],
  array: "items prefixItems minItems maxItems uniqueItems contains minContains maxContains additionalItems".split(" "),
  string: "minLength maxLength pattern format contentEncoding contentMediaType".split(" "),
  number: "minimum maximum exclusiveMinimum exclusiveMaximum multipleOf".split(" "),
};

/** Any JSON. */
const ANYTHING: JsonObject = {
  oneOf: [
    { type: ["string", "number", "boolean", "null"] },
    { type: "object", additionalProperties: true },
    { type: "array" },
  ],
};

/**
 * A JSON Schema as `createGrammarForJsonSchema` takes it. It constrains the model while it writes; keywords that it
 * does not have are reported as warnings, since an answer may then miss them. Every property is written, in the schema's
 * order, whether it is required or not.
 *
 * Source: https://node-llama-cpp.withcat.ai/guide/grammar#json-schema
 *
 * @throws {SluiceError} `unsupported` for what no grammar of this kind can say: `not`, `allOf` of several, a reference to
 *   anywhere but `$defs`, `false`.
 */
export function grammarSchema(schema: JsonObject, field: string, warnings: Warning[]): JsonObject {
  const defs = { ...objectAt(schema, "definitions"), ...objectAt(schema, "$defs") };
  const written: JsonObject = {};
  for (const [name, def] of Object.entries(defs)) written[name] = write(def, `${field}.$defs.${name}`, warnings);
  const root = write(schema, field, warnings);
  return Object.keys(written).length === 0 ? root : { ...root, $defs: written };
}

/** Where a schema is, and where to say what its grammar lacks. */
interface Place {
  field: string;
  warnings: Warning[];
}

function write(schema: JsonValue, field: string, warnings: Warning[]): JsonObject {
  if (schema === true) return ANYTHING;
  if (!isJsonObject(schema)) throw unsupported(field, describe(schema));
  const written = writeKind(schema, { field, warnings });
  return typeof schema.description === "string" ? { ...written, description: schema.description } : written;
}

function writeKind(schema: JsonObject, place: Place): JsonObject {
  const { field, warnings } = place;
  const { $ref, oneOf, anyOf, allOf, type } = schema;
  for (const keyword of ["not", "if"]) if (keyword in schema) throw unsupported(`${field}.${keyword}`, keyword);
  if ($ref !== undefined) {
    warnOfOthers(schema, ["$ref"], place);
    return { $ref: reference($ref, field) };
  }
  for (const [name, choices] of Object.entries({ oneOf, anyOf })) {
    if (!Array.isArray(choices)) continue;
    warnOfOthers(schema, [name, "type"], place);
    return { oneOf: choices.map((choice, index) => write(choice, `${field}.${name}[${index}]`, warnings)) };
  }
  if (Array.isArray(allOf)) {
    const [only, ...others] = allOf;
    if (only === undefined || others.length > 0) throw unsupported(`${field}.allOf`, `allOf of ${allOf.length}`);
    warnOfOthers(schema, ["allOf", "type"], place);
    return write(only, `${field}.allOf[0]`, warnings);
  }
  const values = "const" in schema ? [schema.const] : schema.enum;
  if (Array.isArray(values)) {
    warnOfOthers(schema, ["const", "enum", "type"], place);
    return { enum: values.map((value) => literal(value, field)) };
  }
  if (Array.isArray(type)) return { oneOf: type.map((one) => write({ ...schema, type: one }, field, warnings)) };
  return writeType(schema, type ?? impliedType(schema), place);
}

function writeType(schema: JsonObject, type: JsonValue | undefined, place: Place): JsonObject {
  switch (type) {
    case undefined:
      warnOfOthers(schema, [], place);
      return ANYTHING;
    case "object":
      warnOfOthers(schema, [...foreign("object"), ...HELD.object], place);
      return writeObject(schema, place.field, place.warnings);
    case "array":
      warnOfOthers(schema, [...foreign("array"), ...HELD.array], place);
      return writeArray(schema, place.field, place.warnings);
    case "string": {
      const { format } = schema;
      const known = typeof format === "string" && FORMATS.has(format);
      warnOfOthers(schema, [...foreign("string"), "type", ...(known ? ["format"] : HELD.string)], place);
      return known ? { type, format } : { type, ...pick(schema, ...HELD.string) };
    }
    case "number":
    case "integer":
      warnOfOthers(schema, [...foreign("number"), "type"], place);
      return { type };
    case "boolean":
    case "null":
      warnOfOthers(schema, [...foreign(type), "type"], place);
      return { type };
    default:
      throw unsupported(`${place.field}.type`, describe(type));
  }
}

/** Keywords that say nothing of a value of this type. */
function foreign(type: string): string[] {
  return Object.entries(KEYWORDS).flatMap(([of, keywords]) => (of === type ? [] : keywords));
}

/** Warns of the keywords that ask something of a value and are not among those that are heeded. */
function warnOfOthers(schema: JsonObject, heeded: readonly string[], { field, warnings }: Place): void {
  const others = Object.keys(schema).filter((keyword) => !REMARKS.has(keyword) && !heeded.includes(keyword));
  if (others.length === 0) return;
  warnings.push({
    field,
    message: `the model is not constrained to ${others.join(", ")}: its grammar has no such thing`,
  });
}

function writeObject(schema: JsonObject, field: string, warnings: Warning[]): JsonObject {
  const properties: JsonObject = {};
  for (const [name, property] of Object.entries(objectAt(schema, "properties"))) {
    properties[name] = write(property, `${field}.properties.${name}`, warnings);
  }
  const required = Array.isArray(schema.required) ? schema.required : [];
  for (const name of required) if (typeof name === "string") properties[name] ??= ANYTHING;
  const more = schema.additionalProperties;
  const described = Object.keys(properties).length > 0;
  return {
    type: "object",
    ...(described && { properties }),
    // A schema that names no property means any object; one that names some means those.
    additionalProperties:
      typeof more === "object" ? write(more, `${field}.additionalProperties`, warnings) : (more ?? !described),
    ...pick(schema, "minProperties", "maxProperties"),
  };
}

function writeArray(schema: JsonObject, field: string, warnings: Warning[]): JsonObject {
  const { items, prefixItems } = schema;
  return {
    type: "array",
    ...(items !== undefined && { items: write(items, `${field}.items`, warnings) }),
    ...(Array.isArray(prefixItems) && {
      prefixItems: prefixItems.map((item, index) => write(item, `${field}.prefixItems[${index}]`, warnings)),
    }),
    ...pick(schema, "minItems", "maxItems"),
  };
}

function impliedType(schema: JsonObject): string | undefined {
  if ("properties" in schema || "additionalProperties" in schema) return "object";
  return "items" in schema || "prefixItems" in schema ? "array" : undefined;
}

function reference(ref: JsonValue, field: string): string {
  const [, name] = (typeof ref === "string" && /^#\/(?:\$defs|definitions)\/([^/]+)$/.exec(ref)) || [];
  if (name === undefined) throw unsupported(`${field}.$ref`, describe(ref));
  return `#/$defs/${name}`;
}

function literal(value: JsonValue | undefined, field: string): JsonValue {
  if (value === undefined || typeof value === "object") {
    if (value !== null) throw unsupported(field, describe(value));
  }
  return value;
}

function pick(schema: JsonObject, ...names: string[]): JsonObject {
  const picked: JsonObject = {};
  for (const name of names) if (typeof schema[name] === "number") picked[name] = schema[name];
  return picked;
}

function objectAt(schema: JsonObject, name: string): JsonObject {
  const value = schema[name];
  return isJsonObject(value) ? value : {};
}

function unsupported(field: string, found: string): SluiceError {
  return new SluiceError("unsupported", `${field}: found ${found}; llama.cpp's grammar of JSON cannot say that`, {
    field,
  });
}
