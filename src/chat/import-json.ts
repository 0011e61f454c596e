import { isJsonObject, parseJson } from "../base/json.js";
import {
  type Check,
  checkFields,
  exactly,
  having,
  jsonObject,
  list,
  oneOf,
  pattern,
  string,
  wholeNumber,
} from "../stream/checks.js";
import { invalid, SluiceError } from "../stream/error.js";
import { FINISH_REASONS } from "../stream/finish-reasons.js";
import { message } from "../stream/validate-messages.js";
import type { ConversationStore, StoredConversation, StoredMessage } from "./conversation-store.js";
import { EXPORT_FORMAT, EXPORT_VERSION, type ExportedConversation } from "./export-json.js";
import { messageFromJson } from "./message-json.js";
import { storable } from "./storable.js";

/** Settings of an import. */
export interface ImportOptions {
  /** Default: the id in the export. */
  contextId?: string;
}

const STORE = having("a store of conversations", "append", "load");
const OPTIONS = exactly("importConversation", { contextId: string });

/**
 * Stores an exported conversation, as a whole or not at all. Returns its context id.
 *
 * @param json what `exportJson` gave.
 * @throws {SluiceError} `invalid-argument` with the path of the field, what was found and what is allowed; `conflict` when
 *   the store has a conversation with this id.
 */
export async function importConversation(
  store: ConversationStore,
  json: string,
  options: ImportOptions = {},
): Promise<string> {
  STORE(store, "store");
  OPTIONS(options, "");
  const { contextId } = options;
  const { id: ownId, head, title, metadata, messages } = readExport(json);
  const id = contextId ?? ownId;
  storable(id, "contextId");
  try {
    const described = { metadata, ...(title !== undefined && { title }) };
    await store.append(id, { expectedVersion: 0, messages, head, ...described });
  } catch (thrown) {
    const error = SluiceError.from(thrown, "store-failed");
    if (error.code !== "conflict") throw error;
    const allowed = "an id that the store does not have: delete that conversation, or import under another id";
    throw new SluiceError("conflict", `contextId: found ${JSON.stringify(id)}; allowed: ${allowed}`, {
      field: "contextId",
      cause: error,
    });
  }
  return id;
}

type Imported = Pick<StoredConversation, "id" | "head" | "title" | "metadata" | "messages">;

/**
 * Reads an exported conversation.
 *
 * @throws {SluiceError} `invalid-argument` with the path of the field, what was found and what is allowed.
 */
export function readExport(json: string): Imported {
  const value = parsed(json);
  if (!isJsonObject(value)) throw invalid("export", value, `an object with format ${EXPORT_FORMAT}`);
  if (value.format !== EXPORT_FORMAT) throw invalid("format", value.format, EXPORT_FORMAT);
  if (value.version !== EXPORT_VERSION) {
    throw invalid("version", value.version, `${EXPORT_VERSION}, which this version of Sluice reads`);
  }
  EXPORT(value, "");
  // What was checked above has this shape.
  const exported = value as unknown as ExportedConversation;
  const messages = exported.messages.map(readMessage);
  checkTree(messages, exported.head);
  return { ...exported, messages };
}

const USAGE: Check = (value, path) => {
  jsonObject(value, path);
  const count = wholeNumber(0);
  if (isJsonObject(value)) {
    checkFields(value, path, {
      inputTokens: count,
      outputTokens: count,
      cacheReadTokens: count,
      cacheWriteTokens: count,
      reasoningTokens: count,
    });
  }
};

const nullOrId: Check = (value, path) => {
  if (value !== null) storable(value, path);
};

const dollars: Check = (value, path) => {
  if (typeof value !== "number" || !(value >= 0)) throw invalid(path, value, "USD, a number of at least 0");
};

const MESSAGE = exactly("a stored message", {
  id: { required: storable },
  parentId: { required: nullOrId },
  message: { required: jsonObject },
  createdAt: {
    required: pattern("a time such as 2026-11-21T07:30:00.000Z", /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/),
  },
  status: { required: oneOf("complete", "interrupted") },
  model: string,
  usage: USAGE,
  finishReason: oneOf(...FINISH_REASONS),
  cost: dollars,
  timing: exactly("timing", { ttftMs: wholeNumber(0), durationMs: { required: wholeNumber(0) } }),
  metadata: jsonObject,
  summary: exactly("a summary", {
    text: { required: string },
    messages: list("messages", jsonObject),
    upTo: { required: storable },
  }),
} satisfies Record<keyof StoredMessage, unknown>);

const EXPORT = exactly("an export", {
  format: string,
  version: wholeNumber(1),
  id: { required: storable },
  title: storable,
  head: { required: nullOrId },
  metadata: { required: jsonObject },
  messages: { required: list("an array of stored messages", MESSAGE) },
} satisfies Record<keyof ExportedConversation, unknown>);

function parsed(json: string): unknown {
  try {
    return parseJson(json);
  } catch (cause) {
    throw new SluiceError("invalid-argument", `export: found ${String(cause)}; allowed: JSON`, {
      field: "export",
      cause,
    });
  }
}

function readMessage(value: object, index: number): StoredMessage {
  const path = `messages[${index}].`;
  const read = messageFromJson(value as StoredMessage, path);
  message(read.message, `${path}message`);
  for (const [at, one] of (read.summary?.messages ?? []).entries()) message(one, `${path}summary.messages[${at}]`);
  return read;
}

/** Each message follows one that stands before it, and the head is one of them. */
function checkTree(messages: readonly StoredMessage[], head: string | null): void {
  const ids = new Set<string>();
  for (const [index, { id, parentId }] of messages.entries()) {
    if (ids.has(id)) throw invalid(`messages[${index}].id`, id, "an id that no message before it has");
    if (parentId !== null && !ids.has(parentId)) {
      throw invalid(`messages[${index}].parentId`, parentId, "null, or the id of a message before it");
    }
    ids.add(id);
  }
  if (head !== null && !ids.has(head)) throw invalid("head", head, "null, or the id of a message");
}
