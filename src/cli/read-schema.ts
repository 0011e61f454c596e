import { readFile } from "node:fs/promises";
import { isJsonObject, type JsonObject, type JsonValue, parseJson } from "../base/json.js";
import { messageOf, SluiceError } from "../stream/error.js";
import { checkJsonSchema } from "../structured/check-json-schema.js";
import { resolveReference } from "../structured/resolve-reference.js";
import { describeIssues } from "../structured/schema.js";
import { fileProblem } from "./file-problem.js";
import { JSON_SCHEMA_FORM } from "./json-schema-form.js";

/** Keywords of which a schema that says something has one. */
const SAYING = [
  "type",
  "properties",
  "enum",
  "const",
  "$ref",
  "anyOf",
  "oneOf",
  "allOf",
  "items",
  "required",
  "not",
  "if",
];

/**
 * The JSON Schema in a file.
 *
 * @throws {SluiceError} `invalid-argument` when the file cannot be read or is no schema.
 */
export async function readSchema(path: string): Promise<JsonObject> {
  const text = await readFile(path, "utf8").catch((cause: unknown) => {
    throw refused(path, fileProblem(cause));
  });
  let schema: unknown;
  try {
    schema = parseJson(text);
  } catch (cause) {
    throw refused(path, messageOf(cause));
  }
  if (!isJsonObject(schema)) throw refused(path, "not a JSON Schema, which is an object");
  const issues = checkJsonSchema(JSON_SCHEMA_FORM, schema);
  if (issues.length > 0) throw refused(path, `not a JSON Schema: ${describeIssues(issues.slice(0, 3))}`);
  if (!SAYING.some((keyword) => Object.hasOwn(schema, keyword)))
    throw refused(path, `not a JSON Schema: it has none of ${SAYING.join(", ")}`);
  const wrong = firstProblem(schema, schema);
  if (wrong !== undefined) throw refused(path, wrong);
  return schema;
}

/** A reference that leads nowhere, or an invalid pattern. */
function firstProblem(value: JsonValue, root: JsonObject): string | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  if (isJsonObject(value)) {
    const { $ref, pattern } = value;
    if (typeof $ref === "string" && resolveReference(root, $ref) === undefined)
      return `$ref: ${JSON.stringify($ref)} leads to nothing in this file`;
    if (typeof pattern === "string" && !isExpression(pattern))
      return `pattern: ${JSON.stringify(pattern)} is no regular expression`;
  }
  for (const inner of Object.values(value)) {
    const problem = inner === undefined ? undefined : firstProblem(inner, root);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function isExpression(source: string): boolean {
  try {
    new RegExp(source, "u");
    return true;
  } catch {
    try {
      new RegExp(source);
      return true;
    } catch {
      return false;
    }
  }
}

function refused(path: string, why: string): SluiceError {
  return new SluiceError("invalid-argument", `--schema: ${path}: ${why}`, { field: "schema" });
}
