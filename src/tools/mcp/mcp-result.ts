import { isJsonObject, type JsonObject, type JsonValue } from "../../base/json.js";
import { ToolOutput } from "../tool-output.js";

/**
 * What an MCP tool returned (`CallToolResult`), as a tool's output. Nothing is lost:
 * - one text is that text, and structured content that comes with nothing but its own text is that value;
 * - any other content is the list of parts as the server sent them: `text`, `image` and `audio` with `data` in base64 and
 *   `mimeType`, `resource`, `resource_link`. Dialects know such lists and send images as images;
 * - structured content that the parts do not repeat stands beside them: `{ content, structuredContent }`;
 * - what has neither content nor structured content is all that came instead; an error that says nothing says so;
 * - `_meta`, which is not meant for models, is kept as the result's opaque state.
 *
 * https://modelcontextprotocol.io/specification/2025-11-25/server/tools#tool-result
 */
export function readMcpResult(result: JsonObject): ToolOutput {
  const { content, structuredContent: structured, isError, _meta, ...rest } = result;
  // Servers that have none say null.
  const structuredContent = structured ?? undefined;
  const parts = partsOf(content);
  const hasContent = parts.length > 0 || structuredContent !== undefined;
  const value = hasContent || Object.keys(rest).length === 0 ? readValue(parts, structuredContent) : rest;
  const silent = isError === true && Array.isArray(value) && value.length === 0;
  return new ToolOutput(silent ? "the tool failed, and did not say why" : value, {
    ...(isError === true && { isError }),
    ...(_meta !== undefined && { opaque: { dialect: "mcp", data: _meta } }),
  });
}

/** The parts of content; a single one that is not in a list is one all the same. */
function partsOf(content: JsonValue | undefined): JsonValue[] {
  if (Array.isArray(content)) return content;
  if (typeof content === "string") return content === "" ? [] : [{ type: "text", text: content }];
  return content === undefined || content === null ? [] : [content];
}

function readValue(parts: readonly JsonValue[], structured: JsonValue | undefined): JsonValue {
  const [only] = parts;
  const text = parts.length === 1 ? plainText(only) : undefined;
  if (structured === undefined) return text ?? [...parts];
  if (parts.length === 0 || (text !== undefined && says(text, structured))) return structured;
  const repeated = parts.some((part) => {
    const text = plainText(part);
    return text !== undefined && says(text, structured);
  });
  return repeated ? [...parts] : { content: [...parts], structuredContent: structured };
}

/** The text of a part that has nothing else, annotations for one. */
function plainText(part: JsonValue | undefined): string | undefined {
  const plain = isJsonObject(part) && part.type === "text" && Object.keys(part).length === 2;
  return plain && typeof part.text === "string" ? part.text : undefined;
}

/** Whether a text is the same value as JSON, its keys in the same order. */
function says(text: string, value: JsonValue): boolean {
  try {
    return JSON.stringify(JSON.parse(text)) === JSON.stringify(value);
  } catch {
    return false;
  }
}
