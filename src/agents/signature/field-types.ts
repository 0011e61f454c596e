import type { JsonObject, JsonValue } from "../../base/json.js";
import { nearest } from "../../base/nearest.js";
import { invalid } from "../../stream/error.js";

/** The types that the short form of a signature knows. `x[]` is a list of them, `"a" | "b"` a choice of texts. */
const TYPES: Readonly<Record<string, JsonObject>> = {
  string: { type: "string" },
  number: { type: "number" },
  integer: { type: "integer" },
  boolean: { type: "boolean" },
  json: {},
};

/**
 * The JSON Schema of a type as the short form writes it.
 *
 * @throws {SluiceError} `invalid-argument` for an unknown type.
 */
export function fieldSchema(text: string, field: string): JsonObject {
  const type = text.trim();
  if (type.endsWith("[]")) return { type: "array", items: fieldSchema(type.slice(0, -2), field) };
  if (/^["']/.test(type)) return { type: "string", enum: choices(type, field) };
  const schema = TYPES[type];
  if (schema !== undefined && Object.hasOwn(TYPES, type)) return { ...schema };
  const [near] = nearest(type, Object.keys(TYPES), 1);
  const meant = near === undefined ? "" : ` (did you mean ${near}?)`;
  throw invalid(field, type, `${Object.keys(TYPES).join(", ")}, a list such as string[], or "a" | "b"${meant}`);
}

function choices(type: string, field: string): JsonValue[] {
  return type.split("|").map((choice) => {
    const value = /^\s*(["'])(.*)\1\s*$/.exec(choice)?.[2];
    if (value === undefined) throw invalid(field, choice.trim(), 'a text in quotes, as in "a" | "b"');
    return value;
  });
}

type Trim<S extends string> = S extends ` ${infer Rest}` | `${infer Rest} ` ? Trim<Rest> : S;

/** The values of a type of the short form. */
type FieldValue<T extends string> =
  Trim<T> extends `${infer Item}[]`
    ? FieldValue<Item>[]
    : Trim<T> extends `"${string}`
      ? ChoiceOf<Trim<T>>
      : Trim<T> extends "string"
        ? string
        : Trim<T> extends "number" | "integer"
          ? number
          : Trim<T> extends "boolean"
            ? boolean
            : JsonValue;

type ChoiceOf<T extends string> = T extends `${infer A}|${infer B}`
  ? ChoiceOf<A> | ChoiceOf<B>
  : Trim<T> extends `"${infer V}"`
    ? V
    : string;

type Field<S extends string> =
  Trim<S> extends `${infer Name}:${infer Type}` ? Named<Trim<Name>, FieldValue<Type>> : Named<Trim<S>, string>;

type Named<Name extends string, Value> = Name extends `${infer Plain}?`
  ? { [K in Plain]?: Value }
  : { [K in Name]: Value };

/** The values of a list of fields of the short form. */
export type FieldValues<S extends string> = S extends `${infer First},${infer Rest}`
  ? Field<First> & FieldValues<Rest>
  : Field<S>;
