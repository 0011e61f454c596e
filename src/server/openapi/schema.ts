import type { JsonObject, JsonValue } from "../../base/json.js";

/** A JSON Schema (2020-12), as OpenAPI 3.1 has it. */
export type Schema = JsonObject;

export const text: Schema = { type: "string" };
export const filled: Schema = { type: "string", minLength: 1 };
export const number: Schema = { type: "number" };
export const count: Schema = { type: "integer", minimum: 0 };
export const flag: Schema = { type: "boolean" };
export const anything: Schema = {};
/** Any JSON object. */
export const record: Schema = { type: "object" };

/** The messages of an example. */
export const HELLO = [{ role: "user", content: "Hello" }];

/** A list of one kind. */
export const list = (items: Schema, minItems = 0): Schema => ({
  type: "array",
  items,
  ...(minItems > 0 && { minItems }),
});

/** One of several kinds. */
export const either = (...anyOf: Schema[]): Schema => ({ anyOf });

/** One of some words. */
export const word = (...values: string[]): Schema => ({ type: "string", enum: values });

/** One of a kind, or `null`. */
const nullable = (schema: Schema): Schema => either(schema, { type: "null" });

type Fields = Readonly<Record<string, Schema>>;

/** An object of an answer: fields that are always there, and those that may be. More may stand beside them. */
export function object(required: Fields, optional: Fields = {}): Schema {
  return { type: "object", required: Object.keys(required), properties: { ...required, ...optional } };
}

/** An object of a request in a protocol of others: what is not given may be `null`, and what is not known is passed over. */
export function wire(required: Fields, optional: Fields = {}): Schema {
  const given = Object.entries(optional).map(([name, schema]) => [name, nullable(schema)] as const);
  return object(required, Object.fromEntries(given));
}

/** An object of a request of Sluice's own: an unknown field is refused. */
export function exact(required: Fields, optional: Fields = {}): Schema {
  return { ...object(required, optional), additionalProperties: false };
}

/** What a path is given and answers. */
export interface Operation {
  /** The schema of the request's body; absent if there is no body, or it is not JSON. */
  body?: Schema;
  /** A body that is taken. */
  example?: JsonValue;
  /** What may stand in the query. */
  query?: Fields;
  /** The status of success. Default 200. */
  status?: number;
  /** The answer as one body of JSON. */
  json?: Schema;
  /** How it is streamed, where the request asks for that, or always where there is no `json`. */
  stream?: "sse" | "ndjson";
  /** The answer's media type, where it is neither. */
  media?: string;
}
