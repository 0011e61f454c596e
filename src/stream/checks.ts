import { isJsonObject } from "../base/json.js";
import { invalid, unknownField } from "./error.js";

/**
 * Looks at one value of input.
 *
 * @throws {SluiceError} `invalid-argument` with the path of what is wrong, what was found there and what is allowed.
 */
export type Check = (value: unknown, path: string) => void;

/** What an object's fields may hold. A field that is absent or `undefined` is checked only where it is required. */
export type Fields = Readonly<Record<string, Check | { required: Check }>>;

/** Checks the fields that are named; leaves others alone. */
export function checkFields(value: object, path: string, fields: Fields): void {
  for (const name in fields) {
    const field = fields[name];
    if (field === undefined) continue;
    const found: unknown = Reflect.get(value, name);
    if (typeof field !== "function") field.required(found, join(path, name));
    else if (found !== undefined) field(found, join(path, name));
  }
}

/** An object with these fields and no others; an unknown one is refused with the nearest of them. */
/* @__NO_SIDE_EFFECTS__ */
export function exactly(what: string, fields: Fields, root = "options"): Check {
  const names = Object.keys(fields);
  return (value, path) => {
    const object = checkedObject(value, path, what, root);
    for (const name of Object.keys(object)) {
      if (!Object.hasOwn(fields, name)) {
        throw unknownField(join(path, name), Reflect.get(object, name), name, names, what);
      }
    }
    checkFields(object, path, fields);
  };
}

/** An object with these fields; others in it are left alone. */
/* @__NO_SIDE_EFFECTS__ */
export function withFields(what: string, fields: Fields): Check {
  return (value, path) => checkFields(checkedObject(value, path, what), path, fields);
}

/** The value as an object. @param root what the error calls the value where the path is empty. */
export function checkedObject(value: unknown, path: string, what: string, root = "request"): object {
  if (isJsonObject(value)) return value;
  throw invalid(path === "" ? root : path, value, what);
}

/** A list of at least `least` items, each checked. */
/* @__NO_SIDE_EFFECTS__ */
export function list(what: string, item: Check, least = 0): Check {
  return (value, path) => {
    if (!Array.isArray(value) || value.length < least) throw invalid(path, value, what);
    for (let i = 0; i < value.length; i++) item(value[i], `${path}[${i}]`);
  };
}

export const string: Check = (value, path) => {
  if (typeof value !== "string") throw invalid(path, value, "a string");
};

export const filledString: Check = (value, path) => {
  if (typeof value !== "string" || value === "") throw invalid(path, value, "a string that is not empty");
};

export const boolean: Check = (value, path) => {
  if (typeof value !== "boolean") throw invalid(path, value, "true or false");
};

/** A flag that is there or not. */
export const flag: Check = (value, path) => {
  if (value !== true) throw invalid(path, value, "true, or no such field");
};

export const jsonObject: Check = (value, path) => {
  if (!isJsonObject(value)) throw invalid(path, value, "an object");
};

/** A value that JSON can carry; what is inside it is not looked at. */
export const jsonValue: Check = (value, path) => {
  const kind = typeof value;
  const carried = kind === "string" || kind === "boolean" || kind === "object" || Number.isFinite(value);
  if (!carried) throw invalid(path, value, "a JSON value");
};

/* @__NO_SIDE_EFFECTS__ */
export function pattern(what: string, expression: RegExp): Check {
  return (value, path) => {
    if (typeof value !== "string" || !expression.test(value)) throw invalid(path, value, what);
  };
}

/* @__NO_SIDE_EFFECTS__ */
export function oneOf(...allowed: readonly string[]): Check {
  return (value, path) => {
    if (typeof value !== "string" || !allowed.includes(value)) throw invalid(path, value, allowed.join(", "));
  };
}

/** A number between two bounds, both allowed. */
/* @__NO_SIDE_EFFECTS__ */
export function between(least: number, most: number): Check {
  return (value, path) => {
    const inside = typeof value === "number" && value >= least && value <= most;
    if (!inside) throw invalid(path, value, `a number from ${least} to ${most}`);
  };
}

/* @__NO_SIDE_EFFECTS__ */
export function wholeNumber(least = Number.NEGATIVE_INFINITY): Check {
  const what = least === Number.NEGATIVE_INFINITY ? "a whole number" : `a whole number of at least ${least}`;
  return (value, path) => {
    if (!Number.isSafeInteger(value) || Number(value) < least) throw invalid(path, value, what);
  };
}

export const callable: Check = (value, path) => {
  if (typeof value !== "function") throw invalid(path, value, "a function");
};

/** A limit: a whole number of at least 1, or `Infinity` for none. */
export const limit: Check = (value, path) => {
  const fits = value === Number.POSITIVE_INFINITY || (Number.isSafeInteger(value) && Number(value) >= 1);
  if (!fits) throw invalid(path, value, "a whole number of at least 1, or Infinity");
};

/** A time limit in ms, or `Infinity` for none. */
export const milliseconds: Check = (value, path) => {
  if (typeof value !== "number" || !(value > 0)) throw invalid(path, value, "ms above 0, or Infinity");
};

/** A value that is checked where it is used. */
export const anything: Check = () => {};

/** An object whose values are all checked alike. */
/* @__NO_SIDE_EFFECTS__ */
export function record(what: string, item: Check): Check {
  return (value, path) => {
    const object = checkedObject(value, path, what);
    for (const [name, found] of Object.entries(object)) item(found, join(path, name));
  };
}

function join(path: string, name: string): string {
  return path === "" ? name : `${path}.${name}`;
}

/** An object that has a method: a clock, a store, a counter. */
/* @__NO_SIDE_EFFECTS__ */
export function having(what: string, ...methods: readonly string[]): Check {
  return (value, path) => {
    const has = (method: string) => typeof Reflect.get(value as object, method) === "function";
    const isObject = typeof value === "object" && value !== null;
    if (!isObject || !methods.every(has)) throw invalid(path, value, what);
  };
}

export const signal: Check = having("an AbortSignal", "addEventListener", "removeEventListener");

export const clock: Check = having("a clock: an object with now and after", "now", "after");

const openedTransport = having("a transport, or a promise of one", "open");

export const transport: Check = (value, path) => {
  if (!(value instanceof Promise)) openedTransport(value, path);
};

/** A wait in ms, of at least 0. */
export const waitMs: Check = (value, path) => {
  if (typeof value !== "number" || !(value >= 0)) throw invalid(path, value, "ms of at least 0");
};

/** A number above 0. */
export const positive: Check = (value, path) => {
  if (typeof value !== "number" || !(value > 0)) throw invalid(path, value, "a number above 0");
};

export const stringRecord: Check = record("an object of strings", string);

/** One of several checks that need not all be of objects: the first that passes. */
/* @__NO_SIDE_EFFECTS__ */
export function either(what: string, ...checks: readonly Check[]): Check {
  return (value, path) => {
    for (const check of checks) {
      try {
        check(value, path);
        return;
      } catch {
        // Another may take it.
      }
    }
    throw invalid(path, value, what);
  };
}
