import { encodeBase64 } from "../../base/base64.js";
import type { JsonObject, JsonValue } from "../../base/json.js";
import { isJsonObject } from "../../base/json.js";
import { fromDataUrl } from "../data-url.js";
import { contentText } from "../history/result-content.js";

/**
 * What a tool returned, as a function call's output. A list of content in the form of MCP (`text`, `image` with `data` and
 * `mimeType`) becomes a list of parts; anything else becomes text.
 */
export function writeToolOutput(output: JsonValue): JsonValue {
  if (typeof output === "string") return output;
  const parts = Array.isArray(output) && output.length > 0 ? output.map(writePart) : [];
  if (parts.length > 0 && parts.every((part) => part !== undefined)) return parts.flatMap((part) => part ?? []);
  return JSON.stringify(output);
}

/** The output of a function call, with its parts in the form of MCP. */
export function readToolOutput(output: JsonValue | undefined): JsonValue {
  if (!Array.isArray(output)) return output ?? "";
  return output.map((part) => (isJsonObject(part) ? readPart(part) : part));
}

function writePart(part: JsonValue): JsonObject | undefined {
  if (!isJsonObject(part)) return undefined;
  const text = contentText(part);
  if (text !== undefined) return { type: "input_text", text };
  const { type, data, mimeType } = part;
  if (type === "image" && typeof data === "string") {
    const mediaType = typeof mimeType === "string" ? mimeType : "image/png";
    return { type: "input_image", image_url: `data:${mediaType};base64,${data}`, detail: "auto" };
  }
  return typeof type === "string" && type.startsWith("input_") ? part : undefined;
}

function readPart(part: JsonObject): JsonObject {
  if (part.type === "input_text" && typeof part.text === "string") return { type: "text", text: part.text };
  const inline =
    part.type === "input_image" && typeof part.image_url === "string" ? fromDataUrl(part.image_url) : undefined;
  if (inline === undefined) return part;
  return { type: "image", data: encodeBase64(inline.data), mimeType: inline.mediaType };
}
