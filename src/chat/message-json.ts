import { isJsonObject } from "../base/json.js";
import { SluiceError } from "../stream/error.js";
import type { ChatMessage } from "../stream/message.js";
import { withBytes, withoutBytes } from "../stream/message-json.js";
import type { StoredMessage } from "./conversation-store.js";

const ROLES: Readonly<Record<ChatMessage["role"], true>> = { system: true, user: true, assistant: true, tool: true };

/**
 * A stored message as JSON can carry it. Only the bytes of files change: they stand as `{ "base64": … }` in the place of
 * `data`. Everything else, the state of providers included, is as it was.
 */
export function messageToJson(stored: StoredMessage): object {
  const message = withoutBytes(stored.message);
  const { summary } = stored;
  const messages = summary?.messages?.map(withoutBytes);
  if (messages !== undefined) return { ...stored, message, summary: { ...summary, messages } };
  return message === stored.message ? stored : { ...stored, message };
}

/**
 * What `messageToJson` gave, with the bytes of files.
 *
 * @param path of the stored message, for the error.
 * @throws {SluiceError} `invalid-argument` for bytes that are not base64.
 */
export function messageFromJson(stored: StoredMessage, path: string): StoredMessage {
  const message = withBytes(stored.message, `${path}message`);
  const { summary } = stored;
  if (summary?.messages === undefined) return { ...stored, message };
  const messages = summary.messages.map((one, index) => withBytes(one, `${path}summary.messages[${index}]`));
  return { ...stored, message, summary: { ...summary, messages } };
}

/** What `messageToJson` gave, as text. */
export function messageToText(stored: StoredMessage): string {
  return JSON.stringify(messageToJson(stored));
}

/**
 * The stored messages that `messageToText` wrote.
 *
 * @param where names the store and the conversation, for the error.
 * @throws {SluiceError} `store-failed` for anything else: what a model would be sent is not guessed.
 */
export function messagesFromTexts(texts: readonly string[], where: string): StoredMessage[] {
  return texts.map((text) => {
    const found = parsed(text);
    if (!isStoredMessage(found)) {
      throw new SluiceError("store-failed", `${where}: a stored message is damaged: ${text.slice(0, QUOTED)}`);
    }
    return messageFromJson(found, "");
  });
}

/** How much of a damaged message is quoted. */
const QUOTED = 100;

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isStoredMessage(found: unknown): found is StoredMessage {
  if (!isJsonObject(found) || typeof found.id !== "string" || !isJsonObject(found.message)) return false;
  const { role, content } = found.message;
  return (
    typeof role === "string" && Object.hasOwn(ROLES, role) && (typeof content === "string" || Array.isArray(content))
  );
}
