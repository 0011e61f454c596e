import { isJsonObject, type JsonObject, type JsonValue } from "../../base/json.js";
import { SluiceError } from "../../stream/error.js";

/** The error for a resource whose YAML is not what its kind allows, in the words of daprd's decoder. */
export function resourceError(message: string): SluiceError {
  return new SluiceError("invalid-argument", message);
}

/** A field by its name; if there is none of that name, one that differs only in case, as Go decodes JSON. */
export function field(object: JsonObject, name: string): JsonValue | undefined {
  if (Object.hasOwn(object, name)) return object[name];
  const lower = name.toLowerCase();
  for (const key of Object.keys(object)) if (key.toLowerCase() === lower) return object[key];
  return undefined;
}

/** A field that is text; numbers and booleans become their text, nothing becomes "". */
export function textField(object: JsonObject, name: string, path: string): string {
  const value = field(object, name);
  if (value === undefined || value === null) return "";
  if (typeof value === "object") throw wrongType(`${path}.${name}`, value, "string");
  return String(value);
}

/** A field that is true or false; nothing becomes false. */
export function booleanField(object: JsonObject, name: string, path: string): boolean {
  const value = field(object, name);
  if (value === undefined || value === null) return false;
  if (typeof value !== "boolean") throw wrongType(`${path}.${name}`, value, "bool");
  return value;
}

/** A field that is an object; nothing becomes an empty one. */
export function objectField(object: JsonObject, name: string, path: string): JsonObject {
  const value = field(object, name);
  if (value === undefined || value === null) return {};
  if (!isJsonObject(value)) throw wrongType(`${path}.${name}`, value, "object");
  return value;
}

/** A field that is a list; nothing becomes an empty one. */
export function listField(object: JsonObject, name: string, path: string): readonly JsonValue[] {
  const value = field(object, name);
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw wrongType(`${path}.${name}`, value, "array");
  return value;
}

/** A value of the wrong type. */
export function wrongType(path: string, found: JsonValue, wanted: string): SluiceError {
  const kind = Array.isArray(found) ? "array" : found === null ? "null" : typeof found;
  return resourceError(`json: cannot unmarshal ${kind} into field ${path.replace(/^\./, "")} of type ${wanted}`);
}
