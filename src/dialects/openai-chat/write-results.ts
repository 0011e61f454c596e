import { isJsonObject, type JsonObject, type JsonValue } from "../../base/json.js";
import type { Warning } from "../../stream/chat-event.js";
import { resultsOf, type ToolMessage } from "../../stream/message.js";
import type { OpenAiChatQuirks } from "./quirks.js";

/**
 * Results of tools, a message each. These are plain text: images in one (in the form of MCP) are shown in a message of the
 * user behind all of them, where the service takes that.
 */
export function writeResults(
  message: ToolMessage,
  { textParts = true, history }: OpenAiChatQuirks,
  path: string,
  warnings: Warning[],
): JsonObject[] {
  const takesImages = textParts && history?.answerAfterResults === undefined;
  const images: JsonObject[] = [];
  const results = resultsOf(message).map(({ callId, output }): JsonObject => {
    const content = imagesIn(output) === 0 ? plainText(output) : textAround(output, takesImages ? images : undefined);
    return { role: "tool", tool_call_id: callId, content };
  });
  if (images.length > 0) {
    const label = { type: "text", text: "The images of the results above, in their order:" };
    return [...results, { role: "user", content: [label, ...images] }];
  }
  if (resultsOf(message).some(({ output }) => imagesIn(output) > 0)) {
    warnings.push({ field: path, message: "left out: images in results of tools, which this service does not take" });
  }
  return results;
}

function plainText(output: JsonValue): string {
  return typeof output === "string" ? output : JSON.stringify(output);
}

/** How many images are in an output that is a list of content. */
function imagesIn(output: JsonValue): number {
  return Array.isArray(output) ? output.filter(isImage).length : 0;
}

function isImage(part: JsonValue): part is JsonObject & { data: string } {
  return isJsonObject(part) && part.type === "image" && typeof part.data === "string";
}

/** An output without its images, which are added to a list where there is one. */
function textAround(output: JsonValue, images: JsonObject[] | undefined): string {
  const parts = Array.isArray(output) ? output : [];
  return parts
    .map((part) => {
      if (!isImage(part)) return isJsonObject(part) && typeof part.text === "string" ? part.text : plainText(part);
      if (images === undefined) return "(an image, which cannot be shown here)";
      const mediaType = typeof part.mimeType === "string" ? part.mimeType : "image/png";
      images.push({ type: "image_url", image_url: { url: `data:${mediaType};base64,${part.data}` } });
      return `(image ${images.length} below)`;
    })
    .join("\n");
}
