import { isJsonObject, type JsonObject, type JsonValue } from "../../../src/base/json.js";

/** How a browser takes a text. */
type TextType = "email" | "url" | "date" | "datetime-local" | "time";

/** One value of a form. */
export interface FormField {
  /** Its name in the object; `""` where the answer is the value itself. */
  readonly name: string;
  readonly label: string;
  readonly help?: string;
  readonly required: boolean;
  readonly kind: "text" | "long-text" | "number" | "integer" | "boolean" | "choice" | "choices" | "json";
  readonly choices?: readonly { value: JsonValue; label: string }[];
  readonly initial?: JsonValue;
  /** What a browser checks as well. */
  readonly limits: {
    min?: number;
    max?: number;
    minLength?: number;
    maxLength?: number;
    pattern?: string;
    type?: TextType;
  };
}

/** A text that may be longer is written in several lines, in characters. */
const ONE_LINE = 200;

/** Text types of the web for the formats of JSON Schema. */
const TYPES: Readonly<Record<string, TextType>> = {
  email: "email",
  uri: "url",
  date: "date",
  "date-time": "datetime-local",
  time: "time",
};

/** The fields of a form for what fits a schema: those of an object, or the one of a value. */
export function fieldsOf(schema: JsonObject): FormField[] {
  if (!isJsonObject(schema.properties)) return [fieldOf("", schema, true)];
  const required = Array.isArray(schema.required) ? schema.required : [];
  return Object.entries(schema.properties).map(([name, property]) =>
    fieldOf(name, isJsonObject(property) ? property : {}, required.includes(name)),
  );
}

function fieldOf(name: string, schema: JsonObject, required: boolean): FormField {
  const help = textIn(schema, "description");
  const initial = schema.default;
  const choices = choicesOf(schema);
  return {
    name,
    label: textIn(schema, "title") ?? (name === "" ? "Answer" : readable(name)),
    required,
    kind: kindOf(schema, choices),
    ...(help !== undefined && { help }),
    ...(choices !== undefined && { choices }),
    ...(initial !== undefined && { initial }),
    limits: limitsOf(schema),
  };
}

function kindOf(schema: JsonObject, choices: FormField["choices"]): FormField["kind"] {
  if (choices !== undefined) return schema.type === "array" ? "choices" : "choice";
  switch (schema.type) {
    case "boolean":
      return "boolean";
    case "integer":
      return "integer";
    case "number":
      return "number";
    case "string":
      return typeof schema.maxLength === "number" && schema.maxLength > ONE_LINE ? "long-text" : "text";
    default:
      return "json";
  }
}

/** `enum`, `oneOf` with `const` and `title`, and either within an array. */
function choicesOf(schema: JsonObject): FormField["choices"] {
  if (schema.type === "array") return isJsonObject(schema.items) ? choicesOf(schema.items) : undefined;
  if (Array.isArray(schema.enum)) {
    const names = Array.isArray(schema.enumNames) ? schema.enumNames : [];
    return schema.enum.map((value, index) => ({ value, label: String(names[index] ?? value) }));
  }
  const options = Array.isArray(schema.oneOf) ? schema.oneOf : Array.isArray(schema.anyOf) ? schema.anyOf : [];
  const named = options.flatMap((option) =>
    isJsonObject(option) && option.const !== undefined
      ? [{ value: option.const, label: textIn(option, "title") ?? String(option.const) }]
      : [],
  );
  return named.length > 0 && named.length === options.length ? named : undefined;
}

function limitsOf(schema: JsonObject): FormField["limits"] {
  const { minimum, maximum, minLength, maxLength, pattern, format } = schema;
  return {
    ...(typeof minimum === "number" && { min: minimum }),
    ...(typeof maximum === "number" && { max: maximum }),
    ...(typeof minLength === "number" && { minLength }),
    ...(typeof maxLength === "number" && { maxLength }),
    ...(typeof pattern === "string" && { pattern: `.*(?:${pattern}).*` }),
    ...(typeof format === "string" && TYPES[format] !== undefined && { type: TYPES[format] }),
  };
}

/** `arrivalDate` and `arrival_date` as "Arrival date". */
function readable(name: string): string {
  const words = name
    .replace(/[_-]+/g, " ")
    .replace(/([a-z\d])([A-Z])/g, "$1 $2")
    .toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function textIn(schema: JsonObject, field: string): string | undefined {
  const found = schema[field];
  return typeof found === "string" && found !== "" ? found : undefined;
}

/** What was given in a form, as the schema has it. @throws {SyntaxError} for a field of JSON that is none. */
export function givenValue(fields: readonly FormField[], data: FormData): JsonValue {
  const entries = fields.flatMap((field): [string, JsonValue][] => {
    const value = valueIn(field, data);
    return value === undefined ? [] : [[field.name, value]];
  });
  const [only] = fields;
  if (fields.length === 1 && only?.name === "") return entries[0]?.[1] ?? null;
  return Object.fromEntries(entries);
}

function valueIn({ name, kind, choices, required }: FormField, data: FormData): JsonValue | undefined {
  const field = fieldName(name);
  const text = String(data.get(field) ?? "");
  switch (kind) {
    case "boolean":
      return data.has(field);
    case "choice":
      return choices?.[Number(text)]?.value;
    case "choices":
      return data.getAll(field).flatMap((index) => {
        const choice = choices?.[Number(index)];
        return choice === undefined ? [] : [choice.value];
      });
    case "number":
    case "integer":
      return text === "" ? undefined : Number(text);
    case "json":
      return text.trim() === "" ? undefined : JSON.parse(text);
    default:
      return text === "" && !required ? undefined : text;
  }
}

/** The name of a field in the form: one of a schema may be any text. */
export function fieldName(name: string): string {
  return `field:${name}`;
}
