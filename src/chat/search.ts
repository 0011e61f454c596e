import { exactly, having, oneOf, string } from "../stream/checks.js";
import { type ChatMessage, textOf } from "../stream/message.js";
import type { ConversationRecord, ConversationStore, StoredMessage } from "./conversation-store.js";

/** What to look for beside the text. */
export interface SearchOptions {
  /** Only messages of this role. */
  role?: ChatMessage["role"];
  /** `all` finds messages that were edited or answered again, too. Default `current`. */
  branches?: "current" | "all";
}

/** A message that was found, and in which conversation. */
export interface SearchHit {
  /** The message that it is in. */
  conversation: ConversationRecord;
  /** What contains the text. */
  message: StoredMessage;
}

const SEARCH = exactly("a search", {
  role: oneOf("system", "user", "assistant", "tool"),
  branches: oneOf("current", "all"),
});

/** @throws {SluiceError} `invalid-argument` for a query that is no text, and for unknown options. */
export function checkSearch(query: string, options: SearchOptions): void {
  string(query, "query");
  SEARCH(options, "");
}

/** Whether a message contains the query, in any case and however its accents were typed. An empty query is in all of them. */
export function matches(query: string, options: SearchOptions): (message: StoredMessage) => boolean {
  const { role } = options;
  const wanted = foldCase(query);
  return ({ message }) => (role === undefined || message.role === role) && foldCase(textOf(message)).includes(wanted);
}

/**
 * A text in which case no longer tells: upper case, which is the same for `ß` and `SS`, `σ` and `ς`, and composed, so that
 * an accent is found however it was typed.
 */
export function foldCase(text: string): string {
  return text.normalize("NFC").toUpperCase().normalize("NFC");
}

/** How many records are asked for at a time. */
const PAGE = 100;

/** All conversations of a store, the last updated first, page by page. */
export async function* eachConversation(store: ConversationStore): AsyncGenerator<ConversationRecord> {
  let after: ConversationRecord | undefined;
  do {
    const page: ConversationRecord[] = await store.list({ limit: PAGE, ...(after && { after }) });
    yield* page;
    after = page.at(-1);
  } while (after !== undefined);
}

/**
 * The messages of all conversations in a store that contain `query`, in any case, the last updated conversation first.
 * Reads the conversations one by one, so that it costs the size of the store and holds one conversation at a time; a
 * reader that has seen enough leaves.
 *
 * @throws {SluiceError} `invalid-argument`.
 */
export function searchConversations(
  store: ConversationStore,
  query: string,
  options: SearchOptions = {},
): AsyncGenerator<SearchHit> {
  having("a store of conversations", "list", "load")(store, "store");
  checkSearch(query, options);
  return hits(store, matches(query, options), options.branches === "all");
}

async function* hits(
  store: ConversationStore,
  found: (message: StoredMessage) => boolean,
  inAll: boolean,
): AsyncGenerator<SearchHit> {
  for await (const conversation of eachConversation(store)) {
    const stored = await store.load(conversation.id);
    if (stored === undefined) continue;
    const { messages, ...record } = stored;
    const searched = inAll ? messages : currentBranch(messages, stored.head);
    for (const message of searched) if (found(message)) yield { conversation: record, message };
  }
}

function currentBranch(messages: readonly StoredMessage[], head: string | null): StoredMessage[] {
  const byId = new Map(messages.map((message) => [message.id, message]));
  const branch: StoredMessage[] = [];
  for (let message = byId.get(head ?? ""); message !== undefined; message = byId.get(message.parentId ?? "")) {
    branch.push(message);
  }
  return branch.reverse();
}
