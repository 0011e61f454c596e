import { decodeBase64, encodeBase64 } from "../base/base64.js";
import { isJsonObject } from "../base/json.js";
import { invalid } from "./error.js";
import type { ChatMessage } from "./message.js";

/**
 * A message as JSON can carry it. Only the bytes of files change: they stand as `{ "base64": … }` in the place of `data`.
 * Everything else, the state of providers included, is as it was.
 */
export function withoutBytes(message: ChatMessage): object {
  if (typeof message.content === "string") return message;
  let changed = false;
  const content = message.content.map((part) => {
    if (part.type !== "file" || !(part.data instanceof Uint8Array)) return part;
    changed = true;
    return { ...part, data: { base64: encodeBase64(part.data) } };
  });
  return changed ? { ...message, content } : message;
}

/**
 * A message from its JSON, with the bytes of its files.
 *
 * @throws {SluiceError} `invalid-argument` for bytes that are not base64.
 */
export function withBytes(message: ChatMessage, path: string): ChatMessage {
  if (!isJsonObject(message) || !Array.isArray(message.content)) return message;
  let changed = false;
  const content = message.content.map((part: unknown, index) => {
    if (!isJsonObject(part) || part.type !== "file" || !isJsonObject(part.data)) return part;
    const { base64 } = part.data;
    if (typeof base64 !== "string") return part;
    changed = true;
    return { ...part, data: bytesOf(base64, `${path}.content[${index}].data.base64`) };
  });
  return changed ? ({ ...message, content } as ChatMessage) : message;
}

function bytesOf(base64: string, path: string): Uint8Array {
  try {
    return decodeBase64(base64);
  } catch {
    throw invalid(path, base64, "base64 with padding");
  }
}
