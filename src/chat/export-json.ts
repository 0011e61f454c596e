import type { JsonObject } from "../base/json.js";
import type { StoredConversation } from "./conversation-store.js";
import { messageToJson } from "./message-json.js";

/** What the JSON of an export says it is. */
export const EXPORT_FORMAT = "sluice-conversation";
/** The version of the JSON of exports: raised when older readers would misread it. */
export const EXPORT_VERSION = 1;

/** An exported conversation. Messages are those that stores keep, but for the bytes of files: `{ "base64": … }`. */
export interface ExportedConversation {
  /** Tells an export from other JSON. */
  format: typeof EXPORT_FORMAT;
  /** The version of the format. */
  version: typeof EXPORT_VERSION;
  /** The context id. */
  id: string;
  /** What it is called in a list; absent where it has no name. */
  title?: string;
  /** The message that the conversation goes on from. */
  head: string | null;
  /** The application's own. */
  metadata: JsonObject;
  /** The messages of all branches, each after the one that it follows. */
  messages: object[];
}

/** A conversation as JSON, with all of its branches, the state of providers and the bytes of files: nothing is lost. */
export function exportJson({ id, title, head, metadata, messages }: StoredConversation): string {
  const exported: ExportedConversation = {
    format: EXPORT_FORMAT,
    version: EXPORT_VERSION,
    id,
    ...(title !== undefined && { title }),
    head,
    metadata,
    messages: messages.map(messageToJson),
  };
  return `${JSON.stringify(exported, undefined, 2)}\n`;
}
