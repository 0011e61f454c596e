import { encodeBase64 } from "../../base/base64.js";
import { isJsonObject, type JsonObject } from "../../base/json.js";
import { PER_REQUEST } from "./per-request-names.js";

/** An argument of a tool that is mirrored into a header. */
export interface MirroredArgument {
  /** Where it stands in the arguments. */
  path: readonly string[];
  /** The header's name. */
  header: string;
}

/** The property that names it in a tool's schema (MCP 2026-07-28, Streamable HTTP, Custom Headers). */
const MARK = "x-mcp-header";
const TOKEN = /^[!#$%&'*+.^_`|~\dA-Za-z-]+$/;
const PRIMITIVE = ["string", "integer", "boolean"];

/** The arguments of a tool that are mirrored into headers; `undefined` where its schema marks what it must not. */
export function mirroredArguments(inputSchema: unknown): MirroredArgument[] | undefined {
  const found: MirroredArgument[] = [];
  const marks = markCount(inputSchema);
  if (marks > 0) reach(inputSchema, [], found);
  const names = new Set(found.map(({ header }) => header.toLowerCase()));
  return found.length === marks && names.size === marks ? found : undefined;
}

/** Those that are reached by properties alone, and are what they must be. */
function reach(schema: unknown, path: readonly string[], found: MirroredArgument[]): void {
  const { properties } = isJsonObject(schema) ? schema : {};
  if (!isJsonObject(properties)) return;
  for (const [name, property] of Object.entries(properties)) {
    if (!isJsonObject(property)) continue;
    const { [MARK]: mark, type } = property;
    const isFit = typeof mark === "string" && TOKEN.test(mark) && PRIMITIVE.includes(String(type));
    if (isFit) found.push({ path: [...path, name], header: `mcp-param-${mark}` });
    reach(property, [...path, name], found);
  }
}

function markCount(schema: unknown): number {
  if (Array.isArray(schema)) return schema.reduce<number>((sum, one) => sum + markCount(one), 0);
  if (!isJsonObject(schema)) return 0;
  const { [MARK]: mark, ...rest } = schema;
  // A property may have that name.
  const own = mark === undefined || isJsonObject(mark) ? 0 : 1;
  return own + Object.values(isJsonObject(mark) ? schema : rest).reduce<number>((sum, one) => sum + markCount(one), 0);
}

/** What a request says of itself in headers, where others read it without its body. */
export function perRequestHeaders(
  { method, params }: { method: string; params: JsonObject },
  mirrored: readonly MirroredArgument[] = [],
): Record<string, string> {
  const name = method === "tools/call" ? params.name : undefined;
  const headers: Record<string, string> = {
    "mcp-protocol-version": PER_REQUEST,
    "mcp-method": method,
    ...(typeof name === "string" && { "mcp-name": encoded(name) }),
  };
  for (const { path, header } of mirrored) {
    const value = path.reduce<unknown>(
      (inner, key) => (isJsonObject(inner) ? inner[key] : undefined),
      params.arguments,
    );
    if (["string", "number", "boolean"].includes(typeof value)) headers[header] = encoded(String(value));
  }
  return headers;
}

/** As it is where a header can have it, else in base64. */
function encoded(value: string): string {
  const isPlain = /^[\x21-\x7e](?:[\t\x20-\x7e]*[\x21-\x7e])?$/.test(value) && !/^=\?base64\?.*\?=$/.test(value);
  return isPlain || value === "" ? value : `=?base64?${encodeBase64(new TextEncoder().encode(value))}?=`;
}
