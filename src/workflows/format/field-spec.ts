import type { JsonObject, JsonValue } from "../../base/json.js";

/** What one field of a step is for and what it may hold. */
export interface FieldSpec {
  /** JSON Schema of a value that is written down; a reference or a template may stand in its place. */
  readonly schema: JsonObject;
  /** The field must be there. */
  readonly required?: true;
  /** Taken as it is written: no references or templates are looked for in it (code, schemas, nested steps). */
  readonly raw?: true;
  /** Other names that are read as this one. */
  readonly aliases?: readonly string[];
}

/** The fields of a step's `config` or `inputs`. */
export type FieldSpecs = Readonly<Record<string, FieldSpec>>;

interface Extras {
  aliases?: readonly string[];
  raw?: true;
  default?: JsonValue;
}

function spec(schema: JsonObject, about: string, { aliases, raw, default: fallback }: Extras = {}): FieldSpec {
  return {
    schema: { ...schema, description: about, ...(fallback !== undefined && { default: fallback }) },
    ...(aliases && { aliases }),
    ...(raw && { raw }),
  };
}

/** A string. */
export const text = (about: string, extras?: Extras): FieldSpec => spec({ type: "string" }, about, extras);
/** A number between bounds, both allowed. */
export const number = (
  about: string,
  bounds: { minimum?: number; maximum?: number } = {},
  extras?: Extras,
): FieldSpec => spec({ type: "number", ...bounds }, about, extras);
/** A whole number of at least `minimum`. */
export const whole = (about: string, minimum = 0, extras?: Extras): FieldSpec =>
  spec({ type: "integer", minimum }, about, extras);
/** True or false. */
export const flag = (about: string, extras?: Extras): FieldSpec => spec({ type: "boolean" }, about, extras);
/** One of several words. */
export const choice = (about: string, words: readonly string[], extras?: Extras): FieldSpec =>
  spec({ enum: [...words] }, about, extras);
/** A list. */
export const list = (about: string, extras?: Extras): FieldSpec => spec({ type: "array" }, about, extras);
/** An object. */
export const object = (about: string, extras?: Extras): FieldSpec => spec({ type: "object" }, about, extras);
/** Any value. */
export const anything = (about: string, extras?: Extras): FieldSpec => spec({}, about, extras);
/** The same field, which must be there. */
export const required = (field: FieldSpec): FieldSpec => ({ ...field, required: true });
