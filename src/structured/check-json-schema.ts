import { isJsonObject, type JsonObject, type JsonValue } from "../base/json.js";
import { describe } from "../stream/error.js";
import { formatPath, type JsonPath } from "./json-path.js";
import { resolveReference } from "./resolve-reference.js";

/** What is wrong with a value, and where. */
export interface SchemaIssue {
  /** Names of properties and indexes of items, from the outside in. Empty: the value itself. */
  path: JsonPath;
  /** What is wrong, for people and for the model. */
  message: string;
}

/**
 * Checks a value against a JSON Schema and returns what is wrong with it: nothing where it fits.
 *
 * Knows the assertions of draft-07 and 2020-12, references within the schema included. Not checked, as the
 * specification leaves it open or they need another document: `format`, `contentEncoding` and the like, references that
 * lead out of the schema, `$dynamicRef`, `unevaluatedItems` and `unevaluatedProperties`.
 *
 * https://json-schema.org/draft/2020-12/json-schema-validation
 */
export function checkJsonSchema(schema: JsonObject, value: unknown): SchemaIssue[] {
  const issues: SchemaIssue[] = [];
  new Checker(schema).check(schema, value, { path: [], issues });
  return issues;
}

/** Where the checker stands, and where it says what it finds. */
interface Place {
  path: JsonPath;
  issues: SchemaIssue[];
}

/** A reference that leads back to itself would otherwise go on for ever. */
const DEEPEST = 1_000;

class Checker {
  readonly #root: JsonObject;
  #depth = 0;

  constructor(root: JsonObject) {
    this.#root = root;
  }

  check(schema: JsonValue | undefined, value: unknown, at: Place): void {
    if (schema === false) say(at, `${describe(value)} is not allowed here`);
    if (!isJsonObject(schema)) return;
    if (++this.#depth > DEEPEST) say(at, `the schema goes more than ${DEEPEST} levels deep here`);
    else this.#checkObject(schema, value, at);
    this.#depth--;
  }

  #checkObject(schema: JsonObject, value: unknown, at: Place): void {
    if (typeof schema.$ref === "string") this.check(resolveReference(this.#root, schema.$ref), value, at);
    if (!checkType(schema, value, at)) return;
    checkValue(schema, value, at);
    if (typeof value === "string") checkText(schema, value, at);
    else if (typeof value === "number") checkNumber(schema, value, at);
    else if (Array.isArray(value)) this.#checkItems(schema, value, at);
    else if (isJsonObject(value)) this.#checkProperties(schema, value, at);
    this.#checkCombinations(schema, value, at);
  }

  #checkItems(schema: JsonObject, items: readonly unknown[], at: Place): void {
    checkCount(schema, items.length, "Items", "items", at);
    // Before 2020-12 the list of schemas was called `items` and the schema of the rest `additionalItems`.
    const old = Array.isArray(schema.items);
    const first = old ? schema.items : schema.prefixItems;
    const rest = old ? schema.additionalItems : schema.items;
    for (const [index, item] of items.entries()) {
      const own = Array.isArray(first) && index < first.length ? first[index] : rest;
      if (own !== undefined) this.check(own, item, inside(at, index));
    }
    if (schema.uniqueItems === true) checkUnique(items, at);
    if (schema.contains !== undefined) this.#checkContains(schema, items, at);
  }

  #checkContains(schema: JsonObject, items: readonly unknown[], at: Place): void {
    const found = items.filter((item) => this.#fits(schema.contains, item)).length;
    const least = typeof schema.minContains === "number" ? schema.minContains : 1;
    const most = typeof schema.maxContains === "number" ? schema.maxContains : Number.POSITIVE_INFINITY;
    if (found < least) say(at, `${found} items are of the wanted kind; allowed: at least ${least}`);
    if (found > most) say(at, `${found} items are of the wanted kind; allowed: at most ${most}`);
  }

  #checkProperties(schema: JsonObject, value: JsonObject, at: Place): void {
    const names = Object.keys(value);
    checkCount(schema, names.length, "Properties", "properties", at);
    for (const name of strings(schema.required)) requireProperty(name, value, at);
    const properties = objectOf(schema.properties);
    const patterns = Object.entries(objectOf(schema.patternProperties)).map(
      ([source, own]) => [expression(source), own] as const,
    );
    for (const name of names) {
      const place = inside(at, name);
      let known = false;
      if (Object.hasOwn(properties, name)) {
        known = true;
        this.check(properties[name], value[name], place);
      }
      for (const [pattern, own] of patterns) {
        if (pattern?.test(name) !== true) continue;
        known = true;
        this.check(own, value[name], place);
      }
      if (!known) this.#checkUnknown(schema, name, value[name], at);
      if (schema.propertyNames !== undefined) this.check(schema.propertyNames, name, place);
    }
    this.#checkDependencies(schema, value, at);
  }

  #checkUnknown(schema: JsonObject, name: string, value: unknown, at: Place): void {
    const { additionalProperties } = schema;
    if (additionalProperties !== false) this.check(additionalProperties, value, inside(at, name));
    else {
      const known = Object.keys(objectOf(schema.properties)).join(", ") || "none";
      say(inside(at, name), `there is no such property; allowed: ${known}`);
    }
  }

  #checkDependencies(schema: JsonObject, value: JsonObject, at: Place): void {
    for (const [name, needed] of Object.entries(objectOf(schema.dependentRequired))) {
      if (Object.hasOwn(value, name)) for (const other of strings(needed)) requireProperty(other, value, at);
    }
    for (const [name, own] of Object.entries(objectOf(schema.dependentSchemas))) {
      if (Object.hasOwn(value, name)) this.check(own, value, at);
    }
  }

  #checkCombinations(schema: JsonObject, value: unknown, at: Place): void {
    for (const own of list(schema.allOf)) this.check(own, value, at);
    if (Array.isArray(schema.anyOf)) this.#checkAlternatives(schema.anyOf, value, at);
    if (Array.isArray(schema.oneOf)) {
      const fitting = schema.oneOf.filter((own) => this.#fits(own, value)).length;
      if (fitting === 0) this.#checkAlternatives(schema.oneOf, value, at);
      else if (fitting > 1) say(at, `fits ${fitting} of the alternatives; allowed: exactly one`);
    }
    if (schema.not !== undefined && this.#fits(schema.not, value)) say(at, `${describe(value)} is not allowed here`);
    if (schema.if !== undefined) this.check(this.#fits(schema.if, value) ? schema.then : schema.else, value, at);
  }

  #checkAlternatives(alternatives: readonly JsonValue[], value: unknown, at: Place): void {
    const reasons: string[] = [];
    for (const own of alternatives) {
      const issues = this.#issues(own, value);
      const [issue] = issues;
      if (issue === undefined) return;
      reasons.push(issue.path.length === 0 ? issue.message : `${formatPath(issue.path)}: ${issue.message}`);
    }
    say(at, `fits none of the alternatives (${reasons.join("; or ")})`);
  }

  #fits(schema: JsonValue | undefined, value: unknown): boolean {
    return this.#issues(schema, value).length === 0;
  }

  #issues(schema: JsonValue | undefined, value: unknown): SchemaIssue[] {
    const issues: SchemaIssue[] = [];
    this.check(schema, value, { path: [], issues });
    return issues;
  }
}

const ARTICLES: Readonly<Record<string, string>> = {
  string: "a string",
  number: "a number",
  integer: "a whole number",
  boolean: "true or false",
  array: "an array",
  object: "an object",
  null: "null",
};

function checkType({ type }: JsonObject, value: unknown, at: Place): boolean {
  const types = typeof type === "string" ? [type] : strings(type);
  if (types.length === 0 || types.some((one) => isOfType(one, value))) return true;
  say(at, `found ${describe(value)}; allowed: ${types.map((one) => ARTICLES[one] ?? one).join(" or ")}`);
  return false;
}

function isOfType(type: string, value: unknown): boolean {
  if (type === "array") return Array.isArray(value);
  if (type === "object") return isJsonObject(value);
  if (type === "integer") return Number.isInteger(value);
  if (type === "null") return value === null;
  const kind: string = typeof value;
  return kind === type && ["string", "number", "boolean"].includes(kind);
}

function checkValue(schema: JsonObject, value: unknown, at: Place): void {
  const { enum: allowed, const: only } = schema;
  if (Array.isArray(allowed) && !allowed.some((one) => sameJson(one, value))) {
    say(at, `found ${describe(value)}; allowed: ${allowed.map((one) => JSON.stringify(one)).join(", ")}`);
  }
  if (only !== undefined && !sameJson(only, value)) {
    say(at, `found ${describe(value)}; allowed: ${JSON.stringify(only)}`);
  }
}

function checkText(schema: JsonObject, value: string, at: Place): void {
  if (schema.minLength !== undefined || schema.maxLength !== undefined) {
    let length = 0;
    for (const _ of value) length++;
    checkCount(schema, length, "Length", "characters", at);
  }
  const { pattern } = schema;
  if (typeof pattern === "string" && expression(pattern)?.test(value) === false) {
    say(at, `found ${describe(value)}; allowed: text that matches ${pattern}`);
  }
}

function checkNumber(schema: JsonObject, value: number, at: Place): void {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf } = schema;
  if (typeof minimum === "number" && value < minimum) say(at, `found ${value}; allowed: at least ${minimum}`);
  if (typeof maximum === "number" && value > maximum) say(at, `found ${value}; allowed: at most ${maximum}`);
  if (typeof exclusiveMinimum === "number" && value <= exclusiveMinimum) {
    say(at, `found ${value}; allowed: more than ${exclusiveMinimum}`);
  }
  if (typeof exclusiveMaximum === "number" && value >= exclusiveMaximum) {
    say(at, `found ${value}; allowed: less than ${exclusiveMaximum}`);
  }
  if (typeof multipleOf === "number" && !isMultiple(value, multipleOf)) {
    say(at, `found ${value}; allowed: a multiple of ${multipleOf}`);
  }
}

/** Decimal fractions are not exact in binary: 0.3 is a multiple of 0.1. */
function isMultiple(value: number, of: number): boolean {
  const times = value / of;
  return Math.abs(times - Math.round(times)) <= 1e-9 * Math.max(1, Math.abs(times));
}

function checkCount(schema: JsonObject, count: number, keyword: string, of: string, at: Place): void {
  const least = schema[`min${keyword}`];
  const most = schema[`max${keyword}`];
  if (typeof least === "number" && count < least) say(at, `found ${count} ${of}; allowed: at least ${least}`);
  if (typeof most === "number" && count > most) say(at, `found ${count} ${of}; allowed: at most ${most}`);
}

function checkUnique(items: readonly unknown[], at: Place): void {
  const seen = new Map<string, number>();
  for (const [index, item] of items.entries()) {
    const key = canonical(item);
    const before = seen.get(key);
    if (before !== undefined) say(inside(at, index), `is the same as item ${before}; allowed: different items`);
    else seen.set(key, index);
  }
}

function requireProperty(name: string, value: JsonObject, at: Place): void {
  if (!Object.hasOwn(value, name)) say(inside(at, name), "is missing");
}

function sameJson(a: JsonValue, b: unknown): boolean {
  return a === b || (typeof a === "object" && a !== null && canonical(a) === canonical(b));
}

/** The same text for the same JSON value, whatever the order of its keys. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (!isJsonObject(value)) return JSON.stringify(value) ?? "undefined";
  const keys = Object.keys(value).sort();
  return `{${keys.map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`).join(",")}}`;
}

/** A schema's regular expression; `undefined` where JavaScript has no such expression. */
function expression(source: string): RegExp | undefined {
  for (const flags of ["u", ""]) {
    try {
      return new RegExp(source, flags);
    } catch {
      // Schemas written for other languages escape more than the flag `u` allows.
    }
  }
  return undefined;
}

function inside({ path, issues }: Place, key: string | number): Place {
  return { path: [...path, key], issues };
}

function say({ path, issues }: Place, message: string): void {
  issues.push({ path, message });
}

function list(value: JsonValue | undefined): readonly JsonValue[] {
  return Array.isArray(value) ? value : [];
}

function strings(value: JsonValue | undefined): string[] {
  return list(value).filter((one): one is string => typeof one === "string");
}

function objectOf(value: JsonValue | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}
