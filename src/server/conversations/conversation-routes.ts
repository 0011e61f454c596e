import type { JsonObject, JsonValue } from "../../base/json.js";
import { uuid } from "../../base/uuid.js";
import type { Conversation } from "../../chat/conversation.js";
import type { ConversationStore, StoredConversation, StoredMessage } from "../../chat/conversation-store.js";
import { EXPORT_FORMATS, exportConversation } from "../../chat/export-conversation.js";
import { importConversation } from "../../chat/import-json.js";
import { MessageTree } from "../../chat/message-tree.js";
import { storable } from "../../chat/storable.js";
import type { StoreHandle } from "../../chat/store-handle.js";
import { badRequest } from "../../dialects/wire-object.js";
import { anything, exactly, filledString, jsonObject, wholeNumber } from "../../stream/checks.js";
import { describe, SluiceError } from "../../stream/error.js";
import type { ServerCall, ServerReply } from "../call.js";
import { jsonReply } from "../call.js";
import { asRequest, asRequestLater, checkedBody } from "../checked-body.js";
import { endRun } from "../end-run.js";
import { begunReply } from "../entries-reply.js";
import { pageIn } from "../list-cursor.js";
import { nativeRoute } from "../native-route.js";
import { pathPart } from "../path-rest.js";
import type { Route } from "../route.js";
import type { ServerCore } from "../server-core.js";
import { detailsJson, type MessagePage, recordJson } from "./conversation-json.js";
import { findConversations, listConversations } from "./find-conversations.js";
import { missingConversation } from "./missing-conversation.js";
import { OwnedStore } from "./owned-store.js";
import { readMessage, readTurn } from "./read-turn.js";
import { openConversation, refuseWhileRunning, runningTurn, startTurn } from "./start-turn.js";

const BASE = "/v1/conversations";

/** A request about one of the caller's conversations. */
interface Asked {
  core: ServerCore;
  call: ServerCall;
  /** The caller's conversations alone. */
  store: ConversationStore;
  /** The conversation's id. */
  id: string;
}

/** Conversations of callers: each has its own, and knows nothing of those of others. */
export function conversationRoutes(core: ServerCore, shared: StoreHandle): Route[] {
  const route = nativeRoute("Conversations", BASE, async (call): Promise<Asked> => {
    return { core, call, store: new OwnedStore(await shared.open(), call.caller), id: idIn(call) };
  });
  return [
    route("POST", "", "makes one; or stores one that was exported", create),
    route(
      "GET",
      "",
      "the caller's, the last updated first; `?search=` finds a text, `?limit=&after=` turns pages",
      list,
    ),
    route("GET", "/:id", "one with its messages, and the run that it is at", read),
    route("PATCH", "/:id", "its title, its metadata, or the branch that it goes on from", change),
    route("DELETE", "/:id", "forgets it; a turn that goes on is ended", remove),
    route("POST", "/:id/turns", "a turn: says something, edits, or asks again; answers with the run's entries", turn),
    route("POST", "/:id/messages", "adds a message without asking a model", add),
    route("POST", "/:id/heard", "only the beginning of the last answer was heard", heard),
    route("POST", "/:id/fork", "a new one that begins with the current branch, or with a message's", fork),
    route("GET", "/:id/export", "as text: `?format=json`, `markdown` or `text`", exported),
  ];
}

const CREATE = exactly(
  "a conversation",
  { id: filledString, title: filledString, metadata: jsonObject, import: anything },
  "body",
);

async function create({ call, store }: Asked): Promise<ServerReply> {
  const { id, title, metadata = {}, import: document } = await checkedBody(call, CREATE);
  const contextId = newId(id);
  asRequest(() => title !== undefined && storable(title, "title"));
  if (document !== undefined) {
    const text = typeof document === "string" ? document : JSON.stringify(document);
    await asRequestLater(() => importConversation(store, text, { contextId }));
  } else {
    const described = { metadata: metadata as JsonObject, ...(typeof title === "string" && { title }) };
    await begin(store, contextId, described);
  }
  return jsonReply(recordJson(await found(store, contextId)), 201);
}

/** @throws {SluiceError} `conflict`, which trying again does not help. */
async function begin(
  store: ConversationStore,
  id: string,
  described: { metadata: JsonObject; title?: string },
): Promise<void> {
  try {
    await store.append(id, { expectedVersion: 0, messages: [], head: null, ...described });
  } catch (thrown) {
    const error = SluiceError.from(thrown);
    if (error.code !== "conflict") throw error;
    throw new SluiceError("conflict", `id: found ${describe(id)}; allowed: that of no conversation`, { field: "id" });
  }
}

async function list({ call, store }: Asked): Promise<ServerReply> {
  const page = pageIn(call, 50);
  const query = call.query.get("search")?.trim();
  if (!query) return jsonReply(await listConversations(store, page));
  return jsonReply(await findConversations(store, query, page, call.signal));
}

async function read({ core, call, store, id }: Asked): Promise<ServerReply> {
  const stored = await found(store, id);
  return jsonReply(detailsJson(stored, messagePage(call), await runningTurn(core, call, id)));
}

const CHANGE = exactly("a change", { title: filledString, metadata: jsonObject, head: filledString }, "body");

async function change({ core, call, store, id }: Asked): Promise<ServerReply> {
  const { title, metadata, head } = await checkedBody(call, CHANGE);
  const conversation = await opened(core, call, store, id);
  if (typeof head === "string") {
    await refuseWhileRunning(core, call, id);
    await asRequestLater(() => conversation.checkout(head));
  }
  if (typeof title === "string") await asRequestLater(() => conversation.setTitle(title));
  if (metadata !== undefined) await conversation.setMetadata(metadata as JsonObject);
  return jsonReply(recordJson(await found(store, id)));
}

async function remove({ core, call, store, id }: Asked): Promise<ServerReply> {
  const run = await runningTurn(core, call, id);
  if (run !== undefined) await endRun(core.log, run, "the conversation was deleted");
  if (!(await store.delete(id))) throw missingConversation(id);
  return jsonReply({ id, deleted: true });
}

async function turn({ core, call, store, id }: Asked): Promise<ServerReply> {
  const asked = await readTurn(call);
  return begunReply(call, await startTurn(core, call, store, id, asked), asked.background);
}

const ADD = exactly("a message", { message: { required: jsonObject }, metadata: jsonObject }, "body");

async function add({ core, call, store, id }: Asked): Promise<ServerReply> {
  const { message, metadata } = await checkedBody(call, ADD);
  await refuseWhileRunning(core, call, id);
  const conversation = await opened(core, call, store, id);
  const given = readMessage(message, "message");
  const stored = await asRequestLater(() => conversation.add(given, metadata as JsonObject | undefined));
  return jsonReply({ id: stored.id }, 201);
}

const HEARD = exactly(
  "what was heard",
  { message: { required: filledString }, chars: { required: wholeNumber(0) } },
  "body",
);

async function heard({ core, call, store, id }: Asked): Promise<ServerReply> {
  const { message, chars } = await checkedBody(call, HEARD);
  await refuseWhileRunning(core, call, id);
  const conversation = await opened(core, call, store, id);
  const kept = await asRequestLater(() => conversation.heard(String(message), Number(chars)));
  return jsonReply({ message: kept?.id ?? null });
}

const FORK = exactly("a fork", { id: filledString, title: filledString, message: filledString }, "body");

async function fork({ call, store, id }: Asked): Promise<ServerReply> {
  const { id: given, title, message } = await checkedBody(call, FORK);
  const stored = await found(store, id);
  const contextId = newId(given);
  asRequest(() => title !== undefined && storable(title, "title"));
  const head = typeof message === "string" ? message : stored.head;
  const messages = branchTo(stored, head);
  const named = typeof title === "string" ? title : stored.title;
  const { metadata } = stored;
  await store.append(contextId, {
    expectedVersion: 0,
    messages,
    head,
    metadata,
    ...(named !== undefined && { title: named }),
  });
  return jsonReply(recordJson(await found(store, contextId)), 201);
}

const TYPES = { json: "application/json", markdown: "text/markdown", text: "text/plain" } as const;
const ENDINGS = { json: "json", markdown: "md", text: "txt" } as const;

async function exported({ call, store, id }: Asked): Promise<ServerReply> {
  const given = call.query.get("format") ?? "json";
  const format = EXPORT_FORMATS.find((one) => one === given);
  if (format === undefined) throw badRequest("format", given, EXPORT_FORMATS.join(", "));
  const stored = await found(store, id);
  return {
    status: 200,
    headers: {
      "content-type": `${TYPES[format]}; charset=utf-8`,
      "content-disposition": `attachment; filename="${fileName(stored)}.${ENDINGS[format]}"`,
    },
    body: exportConversation(stored, format),
  };
}

/** The title in letters that every system takes in a file's name. */
function fileName({ title = "" }: StoredConversation): string {
  const plain = title
    .normalize("NFKD")
    .replace(/[^\w -]/g, "")
    .trim()
    .replace(/\s+/g, "-");
  return plain.slice(0, 60) || "conversation";
}

async function found(store: ConversationStore, id: string): Promise<StoredConversation> {
  const stored = await store.load(id);
  if (stored === undefined) throw missingConversation(id);
  return stored;
}

/** For changes that ask no model: any one will do. */
function opened(core: ServerCore, call: ServerCall, store: ConversationStore, id: string): Promise<Conversation> {
  return openConversation(store, id, core.models.find(undefined, call.caller).model);
}

/** The messages from the first to one. @throws {SluiceError} `invalid-request` for an unknown one. */
function branchTo({ messages }: StoredConversation, head: string | null): StoredMessage[] {
  return asRequest(() => new MessageTree(messages).path(head));
}

/** The newest that are asked for without more. */
const NEWEST = 50;

function messagePage(call: ServerCall): MessagePage {
  const branches = call.query.get("branches") ?? "current";
  if (branches !== "current" && branches !== "all") throw badRequest("branches", branches, "current, all");
  const { limit } = pageIn(
    { query: new URLSearchParams({ limit: call.query.get("limit") ?? String(NEWEST) }) },
    NEWEST,
  );
  const before = call.query.get("before");
  return { branches, limit, ...(before !== null && { before }) };
}

/** The id of a new conversation: the client's own, where it gives one. */
function newId(given: JsonValue | undefined): string {
  if (given === undefined) return uuid();
  asRequest(() => storable(given, "id"));
  // No address can name them: they are steps of a path (WHATWG URL, 4.4).
  if (given === "." || given === "..") throw badRequest("id", given, "another name");
  return String(given);
}

function idIn(call: ServerCall): string {
  return pathPart(call, `${BASE}/`);
}
