import { randomBytes } from "node:crypto";
import { checkAppend } from "../../chat/check-append.js";
import { checkListOptions } from "../../chat/check-list-options.js";
import type {
  Append,
  ConversationRecord,
  ConversationStore,
  ListOptions,
  StoredConversation,
} from "../../chat/conversation-store.js";
import { messagesFromTexts, messageToText } from "../../chat/message-json.js";
import { conflict } from "../../chat/stores/conflict.js";
import {
  type Check,
  exactly,
  filledString,
  jsonObject,
  pattern,
  record,
  string,
  wholeNumber,
} from "../../stream/checks.js";
import { SluiceError } from "../../stream/error.js";
import { DaprdHttp, type DaprdOptions } from "../daprd/daprd-http.js";
import { type ConversationHead, deletedHead, headAfter, newHead, purgedHead, recordOf } from "./conversation-head.js";
import { ConversationIndex } from "./conversation-index.js";
import { mayHaveLost, StateClient } from "./state-client.js";
import { PLAIN, StateKeys } from "./state-keys.js";
import { type NewTurn, TurnLog } from "./turn-log.js";

/** Settings of a store in Dapr state. */
export interface DaprStateStoreOptions extends DaprdOptions {
  /** Begins all keys: letters, digits, dots, dashes and underscores. Default `sluice`. */
  prefix?: string;
  /** Sent with each call, for the component: Cosmos DB needs a `partitionKey` for transactions. */
  metadata?: Readonly<Record<string, string>>;
}

const OPTIONS = exactly("DaprStateStore", {
  prefix: pattern("letters, digits, dots, dashes and underscores", PLAIN),
  metadata: record("an object of strings", string),
  endpoint: filledString,
  apiToken: string,
  timeoutMs: wholeNumber(1),
  env: jsonObject,
} satisfies Record<keyof DaprStateStoreOptions, Check>);

/** @throws {SluiceError} `invalid-argument` for an unknown option, or one of the wrong type. */
export function checkStoreOptions(options: DaprStateStoreOptions): void {
  OPTIONS(options, "");
}

/** How many records are deleted in one transaction: some stores allow no more than 25. */
const DELETIONS = 20;

interface FoundHead {
  head: ConversationHead;
  etag: string;
}

/**
 * Keeps conversations in a Dapr state store, through the daprd beside this process. The store must have ETags and
 * transactions.
 *
 * Each append makes one record of its messages and replaces the conversation's head, which names it: both in one
 * transaction, for which the head's ETag decides. What no head names does not exist, so that nothing is half-written
 * even in stores that keep the other parts of a transaction whose ETag was old (Redis).
 *
 * An append costs one read and one transaction, whatever the length of the history; the first one of a conversation
 * four calls more. `load` reads the head, and the turns 100 at a time. `list` reads the index and all heads: its cost
 * grows with the number of conversations, not with the page.
 */
export class DaprStateStore implements ConversationStore {
  readonly #state: StateClient;
  readonly #keys: StateKeys;
  readonly #index: ConversationIndex;
  readonly #log: TurnLog;

  /**
   * @param store the name of the component.
   * @throws {SluiceError} `invalid-argument`. Nothing is called until the store is used.
   */
  constructor(store: string, options: DaprStateStoreOptions = {}) {
    filledString(store, "store");
    checkStoreOptions(options);
    const { prefix = "sluice", metadata, ...daprd } = options;
    this.#state = new StateClient(new DaprdHttp(daprd), store, metadata);
    this.#keys = new StateKeys(prefix);
    this.#index = new ConversationIndex(this.#state, this.#keys);
    this.#log = new TurnLog(this.#state, this.#keys);
  }

  async load(id: string): Promise<StoredConversation | undefined> {
    let incomplete: string | undefined;
    for (;;) {
      const found = await this.#head(id);
      if (found === undefined || found.head.version === 0) return undefined;
      const { messages, missing } = await this.#log.read(found.head);
      if (missing === undefined)
        return { ...recordOf(id, found.head), messages: messagesFromTexts(messages, `Dapr state store, ${id}`) };
      // It may have been deleted since its head was read; then that head is gone as well.
      if (incomplete === found.head.run) throw lost(id, missing);
      incomplete = found.head.run;
    }
  }

  async append(id: string, change: Append): Promise<number> {
    checkAppend(id, change);
    const found = await this.#head(id);
    const version = found?.head.version ?? 0;
    if (version !== change.expectedVersion) throw conflict(id, change.expectedVersion, version);
    const { head, etag } = found !== undefined && version > 0 ? found : await this.#begin(id, found);
    const turn = this.#log.next(head, change.messages.map(messageToText));
    const next = headAfter(head, change, turn.tree);
    try {
      await this.#state.transact([...turn.changes, { type: "upsert", key: this.#keys.head(id), value: next, etag }]);
    } catch (thrown) {
      if (!mayHaveLost(thrown) || !(await this.#wasStored(id, head, turn))) throw thrown;
    }
    return next.version;
  }

  async list(options: ListOptions = {}): Promise<ConversationRecord[]> {
    checkListOptions(options);
    const { limit = 100, after, prefix = "" } = options;
    if (limit < 1) return [];
    const ids = (await this.#index.ids()).filter((id) => id.startsWith(prefix));
    const heads = (await this.#state.getMany(ids.map((id) => this.#keys.head(id)))) as Map<string, ConversationHead>;
    const records = ids.flatMap((id) => {
      const head = heads.get(this.#keys.head(id));
      return head === undefined || head.version === 0 ? [] : [recordOf(id, head)];
    });
    return records
      .filter((record) => after === undefined || byTime(record, after) > 0)
      .sort(byTime)
      .slice(0, limit);
  }

  async delete(id: string): Promise<boolean> {
    for (;;) {
      const found = await this.#head(id);
      if (found === undefined || found.head.version === 0) {
        // One whose deletion did not come to its end.
        if (found?.head.deleted === "in part") await this.#purge(id, found);
        return false;
      }
      // From here on it is not there for anybody; its head still knows what is to be deleted.
      if (!(await this.#replace(id, deletedHead(found.head), found.etag))) continue;
      const marked = await this.#head(id);
      if (marked?.head.deleted === "in part") await this.#purge(id, marked);
      return true;
    }
  }

  /** Frees nothing: no call leaves anything open. */
  async close(): Promise<void> {}

  /**
   * The head of a conversation that is about to have its first turn. It is written and indexed before that turn is: of
   * several that begin it all but one must fail, and in a transaction not every store minds that a record exists.
   */
  async #begin(id: string, known: FoundHead | undefined): Promise<FoundHead> {
    for (let found = known; ; found = await this.#head(id)) {
      if (found === undefined || found.head.deleted === "wholly") {
        await this.#replace(id, newHead(randomBytes(9).toString("base64url")), found?.etag);
      } else if (found.head.deleted === "in part") await this.#purge(id, found);
      else if (found.head.version > 0) throw conflict(id, 0, found.head.version);
      else {
        await this.#index.add(id);
        return found;
      }
    }
  }

  /** Whether a turn was stored whose transaction failed; where another writer was first, says so. */
  async #wasStored(id: string, head: ConversationHead, turn: NewTurn): Promise<boolean> {
    const found = await this.#head(id);
    if (found?.head.run === head.run) {
      if (found.head.version === head.version) return false;
      // The answer may be lost and the turn not; others may have gone on from it since.
      if ((await this.#log.names(found.head)).turns.includes(turn.token)) return true;
    }
    // Its head can no longer be written: what else was stored will never be named, and does no harm where it stays.
    await this.#state.transact(turn.changes.map(({ key }) => ({ type: "delete", key }))).catch(() => {});
    throw conflict(id, head.version, found?.head.version ?? 0);
  }

  /** Writes a head; `false` where another writer was first. */
  async #replace(id: string, head: ConversationHead, etag: string | undefined): Promise<boolean> {
    try {
      await this.#state.save(this.#keys.head(id), head, etag);
      return true;
    } catch (thrown) {
      if (!mayHaveLost(thrown)) throw thrown;
      const found = await this.#head(id);
      if (found?.etag === etag) throw thrown;
      return thrown.status !== 409 && found?.head.run === head.run && found.head.deleted === head.deleted;
    }
  }

  /**
   * Deletes what a conversation that is marked as deleted was made of. A small head stays for good: Redis takes a write
   * with an old ETag where there is no record, and counts ETags from 1 again where there is a new one.
   */
  async #purge(id: string, { head, etag }: FoundHead): Promise<void> {
    const { turns, nodes } = await this.#log.names(head);
    const keys = [...turns, ...nodes].map((token) => this.#keys.turn(head.run, token));
    for (let at = 0; at < keys.length; at += DELETIONS) {
      await this.#state.transact(keys.slice(at, at + DELETIONS).map((key) => ({ type: "delete", key })));
    }
    await this.#index.remove(id, async () => (await this.#head(id))?.head.deleted !== undefined);
    await this.#replace(id, purgedHead(head), etag);
  }

  async #head(id: string): Promise<FoundHead | undefined> {
    const found = await this.#state.get(this.#keys.head(id));
    return found && { head: found.value as ConversationHead, etag: found.etag };
  }
}

/** The last updated first, then by id. */
function byTime(a: Pick<ConversationRecord, "updatedAt" | "id">, b: typeof a): number {
  if (a.updatedAt !== b.updatedAt) return a.updatedAt < b.updatedAt ? 1 : -1;
  return a.id === b.id ? 0 : a.id < b.id ? 1 : -1;
}

function lost(id: string, key: string): SluiceError {
  const message = `Dapr state store: the record ${key} of the conversation ${JSON.stringify(id)} is missing`;
  return new SluiceError("store-failed", message);
}
