import type { StandardJSONSchemaV1, StandardSchemaV1 } from "@standard-schema/spec";
import { isJsonObject, type JsonObject, type JsonValue } from "../base/json.js";
import { invalid, messageOf, SluiceError } from "../stream/error.js";
import { checkJsonSchema, type SchemaIssue } from "./check-json-schema.js";
import { formatPath } from "./json-path.js";

/**
 * A schema of any library that implements Standard Schema (zod, valibot, arktype …), or a JSON Schema as it is.
 *
 * https://standardschema.dev
 */
export type Schema = StandardSchemaV1 | JsonObject;

/** The type of the values that fit a schema. Plain JSON Schema says no type: any JSON value. */
export type InferSchema<S extends Schema> = S extends StandardSchemaV1 ? StandardSchemaV1.InferOutput<S> : JsonValue;

/** The type of the values that a schema takes, before its defaults and conversions. */
export type InferSchemaInput<S extends Schema> = S extends StandardSchemaV1
  ? StandardSchemaV1.InferInput<S>
  : JsonValue;

/** A value that fits its schema, as the schema leaves it (defaults and conversions applied), or what is wrong with it. */
export type Validation<T> = { value: T; issues?: undefined } | { issues: readonly SchemaIssue[] };

/** @throws {SluiceError} `invalid-argument` for what is no schema at all. */
export function checkSchema(value: unknown, path: string): asserts value is Schema {
  if (isStandardSchema(value) || isJsonObject(value)) return;
  throw invalid(path, value, "a schema of a library that implements Standard Schema, or a JSON Schema");
}

/**
 * The JSON Schema of what a schema takes. Asks the library for it (`~standard.jsonSchema` of Standard Schema 1.1), in
 * draft 2020-12 or else draft-07.
 *
 * @param given is taken in its place, for libraries that cannot say it.
 * @param advice what to do when there is no JSON Schema, for the error.
 * @throws {SluiceError} `unsupported` when the library, or this schema of it, has no JSON Schema; `invalid-argument` when
 *   it is no schema at all.
 */
export function jsonSchemaOf(schema: Schema, field: string, advice: string, given?: JsonObject): JsonObject {
  checkSchema(schema, field);
  if (given !== undefined) return given;
  if (!isStandardSchema(schema)) return schema;
  const standard: StandardSchemaV1.Props & Partial<StandardJSONSchemaV1.Props> = schema["~standard"];
  const { vendor, jsonSchema } = standard;
  if (jsonSchema === undefined) {
    throw new SluiceError("unsupported", `${field}: ${vendor} does not say its schemas as JSON Schema: ${advice}`, {
      field,
    });
  }
  const { $schema: _, ...own } = convert(jsonSchema, field, vendor, advice);
  return own;
}

/**
 * Checks a value against a schema.
 *
 * Returns a promise only where the schema checks something asynchronously.
 */
export function validate<S extends Schema>(
  schema: S,
  value: unknown,
): Validation<InferSchema<S>> | Promise<Validation<InferSchema<S>>>;
export function validate(schema: Schema, value: unknown): Validation<unknown> | Promise<Validation<unknown>> {
  if (!isStandardSchema(schema)) {
    const issues = checkJsonSchema(schema, value);
    return issues.length === 0 ? { value } : { issues };
  }
  const result = schema["~standard"].validate(value);
  return result instanceof Promise ? result.then(read) : read(result);
}

/** What is wrong, for people and models: `days[0].name: is missing; count: found 0; allowed: at least 1`. */
export function describeIssues(issues: readonly SchemaIssue[]): string {
  return issues
    .map(({ path, message }) => (path.length === 0 ? message : `${formatPath(path)}: ${message}`))
    .join("; ");
}

/** Tells a schema of a library from a JSON Schema. Some libraries make functions of their schemas. */
export function isStandardSchema(schema: unknown): schema is StandardSchemaV1 {
  const known = (typeof schema === "object" && schema !== null) || typeof schema === "function";
  return known && "~standard" in schema && isJsonObject(schema["~standard"]);
}

function convert(converter: StandardJSONSchemaV1.Converter, field: string, vendor: string, advice: string): JsonObject {
  let reason: unknown;
  for (const target of ["draft-2020-12", "draft-07"] as const) {
    try {
      return converter.input({ target }) as JsonObject;
    } catch (thrown) {
      reason ??= thrown;
    }
  }
  const message = messageOf(reason);
  throw new SluiceError("unsupported", `${field}: ${vendor} has no JSON Schema for it (${message}): ${advice}`, {
    field,
    cause: reason,
  });
}

function read(result: StandardSchemaV1.Result<unknown>): Validation<unknown> {
  if (result.issues === undefined) return { value: result.value };
  return { issues: result.issues.map(({ path = [], message }) => ({ path: Array.from(path, readKey), message })) };
}

function readKey(step: PropertyKey | StandardSchemaV1.PathSegment): string | number {
  const key = typeof step === "object" ? step.key : step;
  return typeof key === "number" ? key : String(key);
}
