import { isJsonObject, type JsonObject } from "../../base/json.js";
import { SluiceError } from "../../stream/error.js";
import type { StepContext } from "../steps/step-context.js";

/** Names under which the run's credentials have each secret. */
const NAMES: Readonly<Record<string, readonly string[]>> = {
  token: ["TOKEN", "ACCESS_TOKEN", "BEARER_TOKEN", "AUTH_TOKEN"],
  username: ["USERNAME"],
  password: ["PASSWORD"],
  api_key: ["API_KEY"],
};

/** Puts into the headers what `auth_type` asks for, and returns the address without what stood in it. */
export function authorised(context: StepContext, url: URL, headers: Record<string, string>): URL {
  const type = context.field("auth_type");
  const found = context.field("auth_credentials");
  const given = isJsonObject(found) ? found : {};
  const secret = (name: string): string => secretOf(context, given, name, String(type));
  if (type === "bearer") headers.authorization = `Bearer ${secret("token")}`;
  else if (type === "basic") headers.authorization = basic(secret("username"), secret("password"));
  else if (type === "api_key")
    headers[typeof given.header_name === "string" ? given.header_name : "X-API-Key"] = secret("api_key");
  if (url.username === "" && url.password === "") return url;
  const plain = new URL(url);
  plain.username = "";
  plain.password = "";
  if (type === undefined || type === null) {
    headers.authorization = basic(decodeURIComponent(url.username), decodeURIComponent(url.password));
  }
  return plain;
}

function basic(username: string, password: string): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
}

function secretOf({ services }: StepContext, given: JsonObject, name: string, type: string): string {
  const own = given[name];
  if (typeof own === "string" && own !== "") return own;
  for (const known of NAMES[name] ?? []) {
    const value = services.credentials?.[known];
    if (value !== undefined && value !== "") return value;
  }
  const message = `auth_type ${type} needs ${name}: give it as auth_credentials.${name}, or as ${NAMES[name]?.[0]} in the option credentials`;
  throw new SluiceError("missing-key", message, { field: "config.auth_credentials" });
}
