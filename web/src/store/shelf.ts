import { type DBSchema, type IDBPDatabase, openDB } from "idb";
import { isAhead, progressOf } from "./answer-progress.js";
import type { AnswerTurn, ConversationRecord, TurnRecord } from "./records.js";
import { tellTabs } from "./tabs.js";

interface Schema extends DBSchema {
  conversations: { key: string; value: ConversationRecord; indexes: { updatedAt: number } };
  turns: { key: string; value: TurnRecord; indexes: { conversation: string } };
}

/** How many turns are searched in one go. */
const SEARCHED = 100;

/** The conversations of this browser, in its database. All tabs write it: what is changed is read first, within one transaction. */
class Shelf {
  #opened: Promise<IDBPDatabase<Schema>> | undefined;

  /** Every conversation, the newest first. */
  async list(): Promise<ConversationRecord[]> {
    const all = await (await this.#open()).getAllFromIndex("conversations", "updatedAt");
    return all.toReversed();
  }

  async find(id: string): Promise<ConversationRecord | undefined> {
    return (await this.#open()).get("conversations", id);
  }

  /** Keeps one that is new. */
  async add(record: ConversationRecord): Promise<void> {
    await this.#put("conversations", record);
    tellTabs({ kind: "conversation", conversation: record.id });
  }

  /**
   * Changes a conversation as it is now, whichever tab wrote it last.
   *
   * @returns it; `undefined` where it was deleted, and stays so.
   */
  async change(
    id: string,
    change: (record: ConversationRecord) => ConversationRecord,
  ): Promise<ConversationRecord | undefined> {
    const transaction = (await this.#open()).transaction("conversations", "readwrite");
    const before = await transaction.store.get(id);
    const record = before && change(before);
    await Promise.all([record && transaction.store.put(record), transaction.done]);
    if (record !== undefined) tellTabs({ kind: "conversation", conversation: id });
    return record;
  }

  async turns(conversation: string): Promise<TurnRecord[]> {
    return (await this.#open()).getAllFromIndex("turns", "conversation", conversation);
  }

  async turn(id: string): Promise<TurnRecord | undefined> {
    return (await this.#open()).get("turns", id);
  }

  /** Keeps a turn that is new. */
  async addTurn(turn: TurnRecord): Promise<void> {
    await this.#put("turns", turn);
    tellTabs({ kind: "turn", conversation: turn.conversation, turn: turn.id });
  }

  /**
   * Keeps an answer as far as it has come, unless another tab has more of it.
   *
   * @param begun whether its run is known to the server.
   * @returns what is kept: the turn itself, or the other tab's; `undefined` where the conversation was deleted.
   */
  async keepAnswer(turn: AnswerTurn, begun: boolean): Promise<AnswerTurn | undefined> {
    const transaction = (await this.#open()).transaction(["conversations", "turns"], "readwrite");
    const turns = transaction.objectStore("turns");
    const [conversation, before] = await Promise.all([
      transaction.objectStore("conversations").getKey(turn.conversation),
      turns.get(turn.id),
    ]);
    const other = before?.kind === "answer" && isAhead(progressOf(before), progressOf(turn)) ? before : undefined;
    const kept = conversation === undefined ? undefined : (other ?? turn);
    await Promise.all([kept === turn && turns.put(turn), transaction.done]);
    if (kept === turn) this.#tellAnswer(turn, begun);
    return kept;
  }

  /** Keeps an answer without asking what is kept: the page is being left, and would not hear it. */
  async keepAnswerNow(turn: AnswerTurn): Promise<void> {
    const kept = this.#put("turns", turn);
    this.#tellAnswer(turn, true);
    await kept;
  }

  /** Deletes a conversation with all of its turns. */
  async delete(id: string): Promise<void> {
    const transaction = (await this.#open()).transaction(["conversations", "turns"], "readwrite");
    const turns = transaction.objectStore("turns");
    for (const key of await turns.index("conversation").getAllKeys(id)) await turns.delete(key);
    await transaction.objectStore("conversations").delete(id);
    await transaction.done;
    tellTabs({ kind: "conversation", conversation: id });
  }

  /** The conversations in which somebody says something that contains a text; those found so far where it is stopped. */
  async search(text: string, stopped: AbortSignal): Promise<Set<string>> {
    const wanted = text.toLowerCase();
    const found = new Set<string>();
    const database = await this.#open();
    let after: IDBKeyRange | undefined;
    for (;;) {
      const turns = await database.getAll("turns", after, SEARCHED);
      for (const turn of turns) {
        if (!found.has(turn.conversation) && textOfTurn(turn).toLowerCase().includes(wanted))
          found.add(turn.conversation);
      }
      const last = turns.at(-1);
      if (last === undefined || turns.length < SEARCHED || stopped.aborted) return found;
      after = IDBKeyRange.lowerBound(last.id, true);
    }
  }

  /** Commits at once, not after an answer to this page: the page may be reloaded before that. */
  async #put<Store extends "conversations" | "turns">(store: Store, value: Schema[Store]["value"]): Promise<void> {
    const transaction = (await this.#open()).transaction(store, "readwrite");
    const stored = transaction.store.put(value);
    transaction.commit();
    await Promise.all([stored, transaction.done]);
  }

  #tellAnswer(turn: AnswerTurn, begun: boolean): void {
    const { conversation, id } = turn;
    tellTabs({ kind: "answer", conversation, turn: id, progress: progressOf(turn), begun });
  }

  #open(): Promise<IDBPDatabase<Schema>> {
    this.#opened ??= openDB<Schema>("sluice", 1, {
      upgrade(database) {
        database.createObjectStore("conversations", { keyPath: "id" }).createIndex("updatedAt", "updatedAt");
        database.createObjectStore("turns", { keyPath: "id" }).createIndex("conversation", "conversation");
      },
      terminated: () => {
        this.#opened = undefined;
      },
    });
    return this.#opened;
  }
}

/** The text of a turn. */
export function textOfTurn(turn: TurnRecord): string {
  if (turn.kind === "user") return turn.text;
  return turn.legs
    .flatMap(({ events }) => events.map((event) => (event.type === "text-delta" ? event.text : "")))
    .join("");
}

/** The one shelf of this page. */
export const shelf = new Shelf();
