import { encodeBase64 } from "../../base/base64.js";
import { isJsonObject, type JsonObject, type JsonValue } from "../../base/json.js";
import { readBytes } from "./files.js";
import type { AiSdkVersion } from "./language-model.js";
import { toJson } from "./metadata.js";
import type { Part } from "./part.js";

/** A call was declined. */
const DENIED = "execution-denied";

/**
 * What a tool returned, as a prompt's output. A list of content in the form of MCP (`text`, `image` and `audio` with
 * `data` and `mimeType`) becomes content, where it is no error: the AI SDK has errors of text and JSON only.
 */
export function writeToolOutput(output: JsonValue, isError: boolean, version: AiSdkVersion): JsonObject {
  if (typeof output === "string") return { type: isError ? "error-text" : "text", value: output };
  if (isError && isJsonObject(output) && output.type === DENIED && version !== "v2") return output;
  const content = isError ? undefined : writeContent(output, version);
  if (content !== undefined) return { type: "content", value: content };
  return { type: isError ? "error-json" : "json", value: output };
}

/** The output in a prompt of any version. Content comes in the form of MCP, as far as that goes. */
export function readToolOutput(output: unknown): { output: JsonValue; isError?: true } {
  const part: Part = typeof output === "object" && output !== null ? { ...output } : {};
  switch (part.type) {
    case "text":
    case "json":
      return { output: toJson(part.value) };
    case "error-text":
    case "error-json":
      return { output: toJson(part.value), isError: true };
    case "content":
      return { output: Array.isArray(part.value) ? part.value.map(readItem) : toJson(part.value) };
    case DENIED:
      return { output: toJson(output), isError: true };
    default:
      return { output: toJson(output) };
  }
}

function writeContent(output: JsonValue, version: AiSdkVersion): JsonValue[] | undefined {
  if (!Array.isArray(output) || output.length === 0) return undefined;
  const items = output.map((item) => (isJsonObject(item) ? writeItem(item, version) : undefined));
  return items.every((item) => item !== undefined) ? items : undefined;
}

function writeItem(item: JsonObject, version: AiSdkVersion): JsonObject | undefined {
  const { type, text, data, mimeType } = item;
  if (type === "text") return typeof text === "string" ? { type, text } : undefined;
  if ((type !== "image" && type !== "audio") || typeof data !== "string") return undefined;
  const mediaType = typeof mimeType === "string" ? mimeType : type === "image" ? "image/png" : "audio/wav";
  switch (version) {
    case "v2":
      return { type: "media", data, mediaType };
    case "v3":
      return { type: type === "image" ? "image-data" : "file-data", data, mediaType };
    case "v4":
      return { type: "file", data: { type: "data", data }, mediaType };
    default:
      return version satisfies never;
  }
}

function readItem(item: unknown): JsonValue {
  const part: Part = typeof item === "object" && item !== null ? { ...item } : {};
  switch (part.type) {
    case "media":
    case "image-data":
    case "file-data":
    case "file":
      return readFile(part) ?? toJson(item);
    default:
      return toJson(item);
  }
}

/** A picture or a sound; a file that is somewhere else, or of another kind, stays as it came. */
function readFile({ data, mediaType }: Part): JsonObject | undefined {
  if (typeof mediaType !== "string") return undefined;
  const kind = /^(image|audio)(\/|$)/.exec(mediaType)?.[1];
  const inner: unknown = typeof data === "object" && data !== null ? Reflect.get(data, "data") : data;
  if (kind === undefined || inner === undefined) return undefined;
  const base64 = typeof inner === "string" ? inner : encodeBase64(readBytes(inner) ?? new Uint8Array());
  return { type: kind, data: base64, mimeType: mediaType.includes("/") ? mediaType : `${mediaType}/*` };
}
