import { decodeBase64, encodeBase64 } from "../../stream/base64.js";
import { isJsonObject, type JsonValue } from "../../stream/json.js";
import type { StoredMessage } from "../conversation-store.js";

/** The key under which bytes stand in JSON. */
const BYTES = "$base64";

/** A stored message as text. Everything survives: bytes as base64, provider state untouched. */
export function messageToText(message: StoredMessage): string {
  return JSON.stringify(message, (_key, value: unknown) =>
    value instanceof Uint8Array ? { [BYTES]: encodeBase64(value) } : value,
  );
}

/** The message that `messageToText` wrote. */
export function messageFromText(text: string): StoredMessage {
  return JSON.parse(text, (_key, value: JsonValue) => {
    const bytes = isJsonObject(value) ? value[BYTES] : undefined;
    return typeof bytes === "string" ? decodeBase64(bytes) : value;
  });
}
