import { readFileSync, statSync } from "node:fs";
import { isJsonObject, type JsonObject, type JsonValue, parseJson } from "../../../base/json.js";
import { findProperty, type Properties } from "../properties.js";
import type { SecretStore } from "./secret-store.js";

type Secrets = ReadonlyMap<string, string | Readonly<Record<string, string>>>;

/**
 * The store `secretstores.local.file`: a JSON file, named by the key `secretsFile` (a path that is not absolute is taken
 * from the working directory, as daprd takes it). Nested objects and lists are flattened, their names joined with
 * `nestedSeparator` (":" by default); with `multiValued` the first level names secrets of several keys.
 *
 * @throws {Error} when there is no such file or it holds no JSON object.
 */
export function localFileStore(properties: Properties): SecretStore {
  const file = findProperty(properties, "secretsFile") ?? "";
  if (file === "") throw new Error("missing local secrets file in metadata");
  const separator = findProperty(properties, "nestedSeparator") || ":";
  const secrets = readSecrets(readObject(file), separator, isTruthy(findProperty(properties, "multiValued")));
  return {
    get(name) {
      const secret = secrets.get(name);
      if (secret === undefined) throw new Error(`secret ${name} not found`);
      return typeof secret === "string" ? { [name]: secret } : secret;
    },
  };
}

function readObject(file: string): JsonObject {
  let text: string;
  try {
    // A pipe would be waited for, and nothing else done.
    if (!statSync(file).isFile()) throw new Error("not a file");
    text = readFileSync(file, "utf8");
  } catch (cause) {
    const missing = (cause as NodeJS.ErrnoException).code === "ENOENT";
    throw new Error(`open ${file}: ${missing ? "no such file or directory" : String(cause)}`, { cause });
  }
  const json = parseJson(text);
  if (!isJsonObject(json)) throw new Error(`${file}: found no JSON object`);
  return json;
}

function readSecrets(json: JsonObject, separator: string, multiValued: boolean): Secrets {
  if (!multiValued) return new Map(Object.entries(flatten(json, separator)));
  const secrets = new Map<string, string | Record<string, string>>();
  for (const [name, value] of Object.entries(json)) {
    if (typeof value === "string") secrets.set(name, value);
    else if (isJsonObject(value)) secrets.set(name, flatten(value, separator));
  }
  return secrets;
}

function flatten(json: JsonObject, separator: string): Record<string, string> {
  const flat: Record<string, string> = {};
  const visit = (value: JsonValue, path: string): void => {
    if (typeof value === "object" && value !== null) {
      for (const [key, item] of Object.entries(value)) visit(item, path === "" ? key : path + separator + key);
    } else flat[path] = goText(value);
  };
  visit(json, "");
  return flat;
}

/** What Go's `%s` makes of a JSON value: anything but text is marked as a mistake, and daprd passes that on. */
function goText(value: string | number | boolean | null): string {
  switch (typeof value) {
    case "string":
      return value;
    case "number":
      return `%!s(float64=${value})`;
    case "boolean":
      return `%!s(bool=${value})`;
    default:
      return "%!s(<nil>)";
  }
}

/** What Dapr's metadata takes for true. */
function isTruthy(value: string | undefined): boolean {
  return ["y", "yes", "true", "t", "on", "1"].includes(value?.trim().toLowerCase() ?? "");
}
