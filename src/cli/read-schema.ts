import { readFile } from "node:fs/promises";
import { isJsonObject, type JsonObject, parseJson } from "../base/json.js";
import { messageOf, SluiceError } from "../stream/error.js";

/**
 * The JSON Schema in a file.
 *
 * @throws {SluiceError} `invalid-argument` when the file cannot be read or is no schema.
 */
export async function readSchema(path: string): Promise<JsonObject> {
  let schema: unknown;
  try {
    schema = parseJson(await readFile(path, "utf8"));
  } catch (cause) {
    const why = messageOf(cause);
    throw new SluiceError("invalid-argument", `--schema: ${path}: ${why}`, { field: "schema", cause });
  }
  if (isJsonObject(schema)) return schema;
  throw new SluiceError("invalid-argument", `--schema: ${path}: not a JSON Schema, which is an object`, {
    field: "schema",
  });
}
