import { isJsonObject, type JsonObject, type JsonValue } from "../../base/json.js";
import type { ToolResultPart } from "../../stream/message.js";
import { otherFields } from "./opaque.js";

/** What a tool returned, in Gemini's form. */
export interface ToolResponse {
  /** An object: the output itself, or one with `output` or `error`. */
  response: JsonObject;
  /** Images and other files of the output, which `response` refers to by name. */
  parts: JsonObject[];
}

type Output = Pick<ToolResultPart, "output" | "isError">;

/**
 * An output as an object, as https://ai.google.dev/api/caching#FunctionResponse wants it. Files in a list of content in
 * the form of MCP (`image` and `audio` with `data` and `mimeType`) stand apart, with a reference in their place.
 */
export function writeToolResponse({ output, isError }: Output): ToolResponse {
  const parts: JsonObject[] = [];
  const content = Array.isArray(output) ? output.map((item) => fileApart(item, parts)) : output;
  if (isError) return { response: { error: content }, parts };
  const plain = isJsonObject(content) && !Object.hasOwn(content, "output") && !Object.hasOwn(content, "error");
  return { response: plain ? content : { output: content }, parts };
}

/** An output that Gemini's form says; files that nothing refers to stand after the rest. */
export function readToolResponse(response: JsonObject, parts: readonly JsonObject[] = []): Output {
  const keys = Object.keys(response);
  const isError = keys.length === 1 && keys[0] === "error";
  const only = keys.length === 1 ? (response.error ?? response.output) : undefined;
  const content = only ?? (keys.length === 1 && (keys[0] === "output" || isError) ? null : response);
  return { output: withFiles(content, parts), ...(isError && { isError: true }) };
}

function fileApart(item: JsonValue, parts: JsonObject[]): JsonValue {
  if (!isJsonObject(item) || typeof item.data !== "string" || typeof item.mimeType !== "string") return item;
  const { type, data, mimeType } = item;
  if (type !== "image" && type !== "audio") return item;
  const displayName = `${type}-${parts.length + 1}`;
  parts.push({ inlineData: { mimeType, data, displayName } });
  return { $ref: displayName };
}

function withFiles(content: JsonValue, parts: readonly JsonObject[]): JsonValue {
  if (parts.length === 0) return content;
  const files = parts.map(({ inlineData }) => (isJsonObject(inlineData) ? inlineData : {}));
  const used = new Set<JsonObject>();
  const items = Array.isArray(content) ? content : [isJsonObject(content) ? content : textItem(content)];
  const filled = items.map((item) => {
    const name = isJsonObject(item) && Object.keys(item).length === 1 ? item.$ref : undefined;
    const file = name === undefined ? undefined : files.find(({ displayName }) => displayName === name);
    if (file === undefined) return item;
    used.add(file);
    return fileItem(file);
  });
  return [...filled, ...files.filter((file) => !used.has(file)).map(fileItem)];
}

function textItem(content: JsonValue): JsonObject {
  return { type: "text", text: typeof content === "string" ? content : JSON.stringify(content) };
}

function fileItem(file: JsonObject): JsonObject {
  const mimeType = typeof file.mimeType === "string" ? file.mimeType : "application/octet-stream";
  const kinds = ["image", "audio"];
  const kind = kinds.find((type) => mimeType.startsWith(`${type}/`));
  return { type: kind ?? "file", ...otherFields(file, ["displayName"]), mimeType };
}
