import { isJsonObject, type JsonObject, type JsonValue } from "../base/json.js";
import { describe, SluiceError } from "../stream/error.js";

/** The error for a client's request that is refused: names the field, what was found and what is allowed. */
export function badRequest(field: string, found: unknown, allowed: string): SluiceError {
  return new SluiceError("invalid-request", `${field}: found ${describe(found)}; allowed: ${allowed}`, { field });
}

/** The types of a field, by the names of the methods that read it, and what each is called. */
const TYPES = {
  string: "a string",
  number: "a number",
  boolean: "true or false",
  object: "an object",
  array: "an array",
  texts: "an array of strings",
  objects: "an array of objects",
} as const;

type WireType = keyof typeof TYPES;

/** Types of fields: one for each, several of which one must fit, or those of the fields of an object. */
export interface WireTypes {
  readonly [key: string]: WireType | readonly WireType[] | WireTypes;
}

/**
 * Reads the fields of an object that a client sent, strictly: a field of the wrong type is refused with its path. `null`
 * counts as absent, as it does in the vendors' APIs; fields that are not asked for are tolerated.
 */
export class WireObject {
  readonly value: JsonObject;
  readonly path: string;

  /** @throws {SluiceError} `invalid-request` when the value is not an object. */
  constructor(value: JsonValue | undefined, path: string) {
    if (!isJsonObject(value)) throw badRequest(path || "body", value, "an object");
    this.value = value;
    this.path = path;
  }

  /** The path of one of its fields. */
  field(key: string): string {
    return this.path === "" ? key : `${this.path}.${key}`;
  }

  /** The field as it came; `undefined` for `null` and for what is not there. */
  any(key: string): JsonValue | undefined {
    return Object.hasOwn(this.value, key) ? (this.value[key] ?? undefined) : undefined;
  }

  has(key: string): boolean {
    return this.any(key) !== undefined;
  }

  string(key: string): string | undefined {
    const value = this.any(key);
    if (value !== undefined && typeof value !== "string") throw badRequest(this.field(key), value, "a string");
    return value;
  }

  requiredString(key: string): string {
    const value = this.string(key);
    if (value === undefined) throw badRequest(this.field(key), undefined, "a string");
    return value;
  }

  number(key: string): number | undefined {
    const value = this.any(key);
    if (value !== undefined && typeof value !== "number") throw badRequest(this.field(key), value, "a number");
    return value;
  }

  boolean(key: string): boolean | undefined {
    const value = this.any(key);
    if (value !== undefined && typeof value !== "boolean") throw badRequest(this.field(key), value, "true or false");
    return value;
  }

  object(key: string): WireObject | undefined {
    const value = this.any(key);
    return value === undefined ? undefined : new WireObject(value, this.field(key));
  }

  requiredObject(key: string): WireObject {
    return new WireObject(this.any(key), this.field(key));
  }

  /** The elements of an array of objects. */
  objects(key: string): WireObject[] | undefined {
    return this.array(key)?.map((value, index) => new WireObject(value, `${this.field(key)}[${index}]`));
  }

  array(key: string): JsonValue[] | undefined {
    const value = this.any(key);
    if (value !== undefined && !Array.isArray(value)) throw badRequest(this.field(key), value, "an array");
    return value;
  }

  /** An object whose values are all texts. */
  strings(key: string): Record<string, string> | undefined {
    const object = this.object(key);
    if (object === undefined) return undefined;
    return Object.fromEntries(Object.keys(object.value).map((name) => [name, object.requiredString(name)]));
  }

  /** The elements of an array of texts. */
  texts(key: string): string[] | undefined {
    return this.array(key)?.map((value, index) => {
      if (typeof value !== "string") throw badRequest(`${this.field(key)}[${index}]`, value, TYPES.string);
      return value;
    });
  }

  /** Refuses fields of another type than theirs; those that are not there, and others, are tolerated. */
  check(types: WireTypes): void {
    for (const [key, type] of Object.entries(types)) {
      if (typeof type === "string") this[type](key);
      else if (!isList(type)) this.object(key)?.check(type);
      else {
        const value = this.any(key);
        const kind = Array.isArray(value) ? "array" : typeof value;
        const fitting = type.find((one) => (one === "texts" || one === "objects" ? "array" : one) === kind);
        if (fitting !== undefined) this[fitting](key);
        else if (value !== undefined)
          throw badRequest(this.field(key), value, type.map((one) => TYPES[one]).join(", or "));
      }
    }
  }

  /** Fields that are passed on as they came, each of its type; those that are not there are left out. */
  carried(types: WireTypes): JsonObject {
    this.check(types);
    const fields: JsonObject = {};
    for (const key of Object.keys(types)) {
      const value = this.any(key);
      if (value !== undefined) fields[key] = value;
    }
    return fields;
  }

  /** One of a few words. */
  oneOf<T extends string>(key: string, allowed: readonly T[]): T | undefined {
    const value = this.any(key);
    if (value === undefined) return undefined;
    const found = allowed.find((word) => word === value);
    if (found === undefined) throw badRequest(this.field(key), value, allowed.join(", "));
    return found;
  }
}

function isList(types: readonly WireType[] | WireTypes): types is readonly WireType[] {
  return Array.isArray(types);
}
