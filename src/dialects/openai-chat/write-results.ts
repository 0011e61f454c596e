import { isJsonObject, type JsonObject, type JsonValue } from "../../base/json.js";
import { resultsOf, type ToolMessage } from "../../stream/message.js";
import { outputText } from "../../stream/tool-text.js";
import { contentText, plainContent } from "../history/result-content.js";

/**
 * Results of tools, a message each. These are plain text: images in one (in the form of MCP) are shown in a message of the
 * user behind all of them.
 */
export function writeResults(message: ToolMessage): JsonObject[] {
  const images: JsonObject[] = [];
  const results = resultsOf(message).map(({ callId, output }): JsonObject => {
    const shown = Array.isArray(output) && output.some(isImage) ? textAround(output, images) : undefined;
    return { role: "tool", tool_call_id: callId, content: shown ?? plainContent(output) ?? outputText(output) };
  });
  if (images.length === 0) return results;
  const label = { type: "text", text: "The images of the results above, in their order:" };
  return [...results, { role: "user", content: [label, ...images] }];
}

function isImage(part: JsonValue): part is JsonObject & { data: string } {
  return isJsonObject(part) && part.type === "image" && typeof part.data === "string";
}

/** An output without its images, which are added to a list. */
function textAround(parts: readonly JsonValue[], images: JsonObject[]): string {
  return parts
    .map((part) => {
      if (!isImage(part)) return contentText(part) ?? outputText(part);
      const mediaType = typeof part.mimeType === "string" ? part.mimeType : "image/png";
      images.push({ type: "image_url", image_url: { url: `data:${mediaType};base64,${part.data}` } });
      return `(image ${images.length} below)`;
    })
    .join("\n");
}
