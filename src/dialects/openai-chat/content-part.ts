import { isJsonObject, type JsonValue } from "../../base/json.js";
import type { Emit } from "../../stream/chat-event.js";
import { providerData } from "../../stream/data-name.js";
import { fromDataUrl } from "../data-url.js";
import { filledString } from "../filled-string.js";

/** A piece of text that is nothing else. */
export function textPiece(text: string, emit: Emit): void {
  if (text !== "") emit({ type: "text-delta", text });
}

/** Mistral's content is a list once it thinks. */
export function contentPart(part: JsonValue, emit: Emit): void {
  if (typeof part === "string") textPiece(part, emit);
  else if (!isJsonObject(part)) return;
  else if (typeof part.text === "string") textPiece(part.text, emit);
  else if (part.type === "thinking" && Array.isArray(part.thinking)) thoughts(part.thinking, emit);
  else emit({ type: "data", name: providerData(filledString(part.type) ?? "content"), value: part });
}

function thoughts(parts: readonly JsonValue[], emit: Emit): void {
  for (const part of parts) {
    const text = isJsonObject(part) ? part.text : part;
    if (typeof text !== "string") contentPart(part, emit);
    else if (text !== "") emit({ type: "reasoning-delta", text });
  }
}

/** OpenRouter gives images that a model made as data URLs. */
export function imagePart(image: JsonValue, emit: Emit): void {
  const address = isJsonObject(image) && isJsonObject(image.image_url) ? image.image_url.url : undefined;
  const file = typeof address === "string" ? fromDataUrl(address) : undefined;
  if (file !== undefined) emit({ type: "file", ...file });
  else emit({ type: "data", name: "provider/image", value: image });
}
