import { randomBytes } from "node:crypto";
import { closeSync, existsSync, openSync } from "node:fs";
import type { ConversationStore, StoredMessage } from "../chat/conversation-store.js";
import { Conversations } from "../chat/conversations.js";
import { defaultStoreLocation, openStore } from "../chat/open-store.js";
import { invalid, messageOf, SluiceError } from "../stream/error.js";
import { conversationStore, privateFolder } from "./data-folder.js";
import { fileProblem } from "./file-problem.js";
import type { Io } from "./io.js";

/** How people say which conversation is meant, and whether it is kept. */
export interface KeepOptions {
  /** The id of a conversation: it is gone on with, or begins. */
  conversation?: string;
  /** Goes on with the last conversation that was kept. */
  continue?: boolean;
  /** `false`: the conversation is kept nowhere. */
  keep?: boolean;
}

/** Where conversations are kept. */
export interface KeptConversation {
  contextId: string;
  store: ConversationStore;
  /** The model that gave its last answer, where there was one. */
  lastModel?: string;
  /** How many messages there are. */
  messages: number;
}

/** A conversation that is kept, or why it is not. */
export interface Keeping {
  kept?: KeptConversation;
  /** For the person at the terminal. */
  note?: string;
}

/**
 * Opens the conversation that is meant. Without a name, it is kept at a terminal, unless `--no-keep` or `SLUICE_KEEP=0`
 * says otherwise; where it cannot be, the note says why.
 *
 * @param unasked whether to keep what has no name.
 * @throws {SluiceError} `invalid-argument` for options that exclude each other; `not-found` where there is no last
 *   conversation; what opening a store throws, where a conversation was asked for.
 */
export async function keptConversation(options: KeepOptions, unasked: boolean, io: Io): Promise<Keeping> {
  const { conversation, keep = true, continue: last = false } = options;
  if (last && conversation !== undefined)
    throw refused("--continue", "--continue is the last conversation, --conversation that of a name: give one of them");
  const asked = last || conversation !== undefined;
  if (asked && !keep) throw refused("--no-keep", "--no-keep is for a new conversation without a name");
  if (asked) return { kept: await opened(conversation, io) };
  if (!keep || !keepsUnasked(io.env) || !unasked) return {};
  try {
    return await openedUnasked(io);
  } catch (thrown) {
    // Who says where conversations are kept wants them there.
    if (defaultStoreLocation(io.env) !== undefined) throw thrown;
    return { note: `this conversation is not kept: ${messageOf(thrown)}` };
  }
}

function refused(field: string, message: string): SluiceError {
  return new SluiceError("invalid-argument", message, { field });
}

/** An id for a conversation that nobody named: when it began, and some digits. */
export function newConversationId(now = new Date()): string {
  return `${now.toISOString().slice(0, 16).replace(/[-:]/g, "").replace("T", "-")}-${randomBytes(3).toString("hex")}`;
}

/** `SLUICE_KEEP`: whether what has no name is kept. @throws {SluiceError} `invalid-argument` for what is neither 0 nor 1. */
function keepsUnasked({ SLUICE_KEEP: keep }: Io["env"]): boolean {
  if (!keep || keep === "1") return true;
  if (keep === "0") return false;
  throw invalid("SLUICE_KEEP", keep, "0, which keeps only conversations with a name, or 1");
}

async function openedUnasked(io: Io): Promise<Keeping> {
  const where = conversationStore(io.env);
  const isNew = !where.includes("://") && !existsSync(where);
  const store = await openPrivate(where, io);
  const note = `kept in ${shortened(where)}; sluice -c goes on with the last one, --no-keep keeps nothing`;
  return { kept: { contextId: newConversationId(), store, messages: 0 }, ...(isNew && { note }) };
}

async function opened(name: string | undefined, io: Io): Promise<KeptConversation> {
  const store = await openPrivate(conversationStore(io.env), io);
  try {
    const contextId = name ?? (await lastOf(store));
    const head = name === "" ? undefined : await store.load(contextId);
    const path = head === undefined ? [] : pathTo(head.messages, head.head);
    const lastModel = path.findLast(({ model }) => model !== undefined)?.model;
    return { contextId, store, messages: path.length, ...(lastModel !== undefined && { lastModel }) };
  } catch (thrown) {
    await store.close();
    throw thrown;
  }
}

/** Makes the command's own file for its user alone, whoever made the folder. */
async function openPrivate(where: string, { env }: Io): Promise<ConversationStore> {
  if (defaultStoreLocation(env) !== undefined) return openStore(where);
  try {
    privateFolder(where);
    // SQLite gives the files beside it the same rights.
    closeSync(openSync(where, "a", 0o600));
  } catch (cause) {
    throw new SluiceError("store-failed", `${where} cannot be written: ${fileProblem(cause)}`, { cause });
  }
  return openStore(where);
}

/** The last conversation of the person here: those of callers of a server have the caller's name before a colon. */
async function lastOf(store: ConversationStore): Promise<string> {
  for await (const { id } of new Conversations(store).all()) if (!id.includes(":")) return id;
  throw new SluiceError(
    "not-found",
    "there is no conversation to go on with: none was kept yet. Outside of a terminal only those are that have a name (--conversation)",
    {
      field: "--continue",
    },
  );
}

/** The messages from the first to one of them. */
function pathTo(messages: readonly StoredMessage[], head: string | null): StoredMessage[] {
  const byId = new Map(messages.map((message) => [message.id, message]));
  const path: StoredMessage[] = [];
  for (let at = byId.get(head ?? ""); at !== undefined; at = byId.get(at.parentId ?? "")) path.push(at);
  return path.reverse();
}

function shortened(where: string): string {
  return where.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/@]*@/i, "$1…@");
}
