import { isJsonObject, type JsonObject, type JsonValue } from "../base/json.js";

/** The property that holds a value which is no object. */
export const WRAPPER_KEY = "value";

/** A schema as providers take it: of an object. */
export interface ObjectRoot {
  schema: JsonObject;
  /** Whether the value stands in an object of its own, under `WRAPPER_KEY`. */
  wrapped: boolean;
}

/** Puts a schema of anything but one kind of object into a schema of an object; providers take no others. */
export function objectRoot({ $schema: _, ...schema }: JsonObject): ObjectRoot {
  if (schema.type === "object") return { schema, wrapped: false };
  const { $defs, definitions, ...value } = schema;
  const wrapper: JsonObject = {
    type: "object",
    properties: { [WRAPPER_KEY]: moveReferences(value) },
    required: [WRAPPER_KEY],
    additionalProperties: false,
  };
  // References name these from the root.
  if ($defs !== undefined) wrapper.$defs = moveReferences($defs);
  if (definitions !== undefined) wrapper.definitions = moveReferences(definitions);
  return { schema: wrapper, wrapped: true };
}

const DEFINITION = /^#\/(?:\$defs|definitions)\//;

/** References to the root and into it lead to where it stands now. */
function moveReferences<T extends JsonValue>(value: T): T;
function moveReferences(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map((item) => moveReferences(item));
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, own]) => {
      const moves = key === "$ref" && typeof own === "string" && own.startsWith("#") && !DEFINITION.test(own);
      return [key, moves ? `#/properties/${WRAPPER_KEY}${own.slice(1)}` : moveReferences(own)];
    }),
  );
}
