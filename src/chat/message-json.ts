import { withBytes, withoutBytes } from "../stream/message-json.js";
import type { StoredMessage } from "./conversation-store.js";

/**
 * A stored message as JSON can carry it. Only the bytes of files change: they stand as `{ "base64": … }` in the place of
 * `data`. Everything else, the state of providers included, is as it was.
 */
export function messageToJson(stored: StoredMessage): object {
  const message = withoutBytes(stored.message);
  return message === stored.message ? stored : { ...stored, message };
}

/** What `messageToJson` gave, as text. */
export function messageToText(stored: StoredMessage): string {
  return JSON.stringify(messageToJson(stored));
}

/** The stored message that `messageToText` wrote. */
export function messageFromText(text: string): StoredMessage {
  const stored: StoredMessage = JSON.parse(text);
  stored.message = withBytes(stored.message, "message");
  return stored;
}
