import { isJsonObject, type JsonObject, type JsonValue } from "../../base/json.js";
import { contentText } from "../history/result-content.js";

/** The kinds of blocks that a `tool_result` may hold. */
const BLOCKS = ["text", "image", "document", "search_result", "tool_reference", "browser_state"];

/**
 * What a tool returned, as the content of a `tool_result`. A list of content in the form of MCP (`text`, `image` with
 * `data` and `mimeType`) or in Anthropic's own becomes blocks; anything else becomes text.
 */
export function writeToolOutput(output: JsonValue): JsonValue {
  if (typeof output === "string") return output;
  const blocks = Array.isArray(output) && output.length > 0 ? output.map(writeBlock) : [];
  if (blocks.length > 0 && blocks.every((block) => block !== undefined))
    return blocks.filter((block) => !isEmpty(block));
  return JSON.stringify(output);
}

/** The content of a `tool_result`, with images in the form of MCP, which other dialects know as well. */
export function readToolOutput(content: JsonValue | undefined): JsonValue {
  if (content === undefined || content === null) return "";
  return Array.isArray(content) ? content.map((block) => (isJsonObject(block) ? readBlock(block) : block)) : content;
}

function writeBlock(item: JsonValue): JsonObject | undefined {
  if (!isJsonObject(item) || typeof item.type !== "string" || !BLOCKS.includes(item.type)) return undefined;
  if (item.type === "text") return textBlock(item);
  if (item.type !== "image" || typeof item.data !== "string") return item;
  const { data, mimeType } = item;
  return { type: "image", source: { type: "base64", media_type: mimeType ?? "image/png", data } };
}

/** The API refuses fields that it does not know: what MCP has beside a text is for whoever calls the tool. */
function textBlock(item: JsonObject): JsonObject | undefined {
  const text = contentText(item);
  if (text === undefined) return undefined;
  const { cache_control: cache, citations } = item;
  return { type: "text", text, ...(cache !== undefined && { cache_control: cache }), ...(citations && { citations }) };
}

function readBlock(block: JsonObject): JsonObject {
  const { type, source, ...settings } = block;
  const inline = type === "image" && isJsonObject(source) && source.type === "base64";
  if (!inline || Object.keys(settings).length > 0) return block;
  return { type: "image", data: source.data ?? "", mimeType: source.media_type ?? "image/png" };
}

/** The API refuses empty texts. */
function isEmpty(block: JsonObject | undefined): boolean {
  return block?.type === "text" && block.text === "";
}
