import { indexInAnyCase } from "../../base/index-in-any-case.js";
import type { ConversationRecord, ConversationStore, StoredMessage } from "../../chat/conversation-store.js";
import { MessageTree } from "../../chat/message-tree.js";
import { foldCase, matches } from "../../chat/search.js";
import { textOf } from "../../stream/message.js";
import { cursorOf, type Page } from "../list-cursor.js";
import { recordJson } from "./conversation-json.js";

/** One page of a list: `next` begins the page after it. */
export interface ConversationPage {
  data: object[];
  next?: string;
}

/** A page of a store's conversations, the last updated first. */
export async function listConversations(store: ConversationStore, { limit, after }: Page): Promise<ConversationPage> {
  const page = await store.list({ limit: limit + 1, ...placed(after) });
  const shown = page.slice(0, limit);
  return pageOf(shown.map(recordJson), page.length > limit ? shown.at(-1) : undefined);
}

/** How many conversations are looked through at a time. */
const LOOK = 50;
/** How many places of a conversation are shown. */
const PLACES = 3;

/**
 * A page of the conversations whose title or current branch has a text, in any case. Reads them one by one, and costs the
 * size of those that it looks through; a client that leaves ends it.
 */
export async function findConversations(
  store: ConversationStore,
  query: string,
  { limit, after }: Page,
  signal: AbortSignal,
): Promise<ConversationPage> {
  const found: object[] = [];
  let last = placed(after).after;
  for (;;) {
    const page: ConversationRecord[] = await store.list({ limit: LOOK, ...(last && { after: last }) });
    for (const record of page) {
      signal.throwIfAborted();
      last = record;
      const hit = await hitIn(store, record, query);
      if (hit !== undefined) found.push(hit);
      if (found.length === limit) return pageOf(found, record);
    }
    if (page.length < LOOK) return { data: found };
  }
}

async function hitIn(store: ConversationStore, record: ConversationRecord, query: string): Promise<object | undefined> {
  const stored = await store.load(record.id);
  if (stored === undefined) return undefined;
  const isHit = matches(query, {});
  const places = new MessageTree(stored.messages).path(stored.head).filter(isHit).slice(0, PLACES);
  const named = foldCase(record.title ?? "").includes(foldCase(query));
  if (!named && places.length === 0) return undefined;
  return { ...recordJson(record), matches: places.map((message) => placeOf(message, query)) };
}

/** Characters around what was found. */
const AROUND = 60;

function placeOf({ id, message }: StoredMessage, query: string): object {
  const text = textOf(message);
  const at = Math.max(0, indexInAnyCase(text, query));
  const start = Math.max(0, at - AROUND);
  const end = at + query.length + AROUND;
  const excerpt = text.slice(start, end).replace(/\s+/g, " ").trim();
  return {
    message: id,
    role: message.role,
    excerpt: `${start > 0 ? "…" : ""}${excerpt}${end < text.length ? "…" : ""}`,
  };
}

function placed(after: Page["after"]) {
  return after === undefined ? {} : { after: { updatedAt: after.time, id: after.id } };
}

function pageOf(data: object[], last: ConversationRecord | undefined): ConversationPage {
  return { data, ...(last && { next: cursorOf({ time: last.updatedAt, id: last.id }) }) };
}
