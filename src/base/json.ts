/** A value that JSON can carry. */
export type JsonValue = string | number | boolean | null | JsonValue[] | JsonObject;

/** A JSON object. */
export interface JsonObject {
  [key: string]: JsonValue;
}

/**
 * Parses JSON that came from outside and drops the keys that could reach a prototype (`__proto__`, and `prototype`
 * inside a `constructor` object), at any depth.
 *
 * The text is searched for the key names first, so that the reviver's cost is paid only where one of them occurs.
 *
 * @throws {SyntaxError} when `text` is not JSON.
 */
export function parseJson(text: string): JsonValue {
  return SUSPICIOUS.test(text) ? JSON.parse(text, dropPrototypeKeys) : JSON.parse(text);
}

// A key may be written with escapes ("\u005f_proto__"), so an escaped letter or underscore is suspicious as well.
const SUSPICIOUS = /__proto__|constructor|\\u00[5-7]/i;

function dropPrototypeKeys(this: unknown, key: string, value: JsonValue): JsonValue | undefined {
  if (key === "__proto__") return undefined;
  if (key === "constructor" && isJsonObject(value) && Object.hasOwn(value, "prototype")) return undefined;
  return value;
}

/** Whether a value is a JSON object (not null, not an array). */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
