import { defaultEnvironment } from "../models/provider-environment.js";
import { invalid } from "../stream/error.js";
import type { ConversationStore } from "./conversation-store.js";
import { defaultStoreLocation, openStore } from "./open-store.js";
import { MemoryStore } from "./stores/memory-store.js";

/** A store that several users share. */
interface Shared {
  store: Promise<ConversationStore>;
  users: number;
}

/** Stores that are open, by where they are: a file or server is opened once in a process, however many use it. */
const open = new Map<string, Shared>();

/** A store that is opened when it is first needed, and closed when the last of its users lets go of it. */
export class StoreHandle {
  /** What was given: a store of the caller's, which is never closed here, or where to find one. */
  readonly where: ConversationStore | string;
  #shared: Shared | undefined;

  /** @param where default: the file in the folder `SLUICE_DATA`, or else this process's memory. */
  constructor(where?: ConversationStore | string) {
    if (where !== undefined && typeof where !== "string" && typeof where?.append !== "function") {
      throw invalid("store", where, "a store, a path, postgres://… or redis://…");
    }
    this.where = where ?? defaultStoreLocation(defaultEnvironment()) ?? new MemoryStore();
  }

  /** @throws {SluiceError} `store-failed`, `invalid-argument` or `unsupported`, as `openStore`. The next call tries again. */
  async open(): Promise<ConversationStore> {
    if (typeof this.where !== "string") return this.where;
    const shared = this.#shared ?? borrow(this.where);
    this.#shared = shared;
    try {
      return await shared.store;
    } catch (thrown) {
      this.#shared = undefined;
      if (open.get(this.where) === shared) open.delete(this.where);
      throw thrown;
    }
  }

  /** Lets go of the store. */
  async close(): Promise<void> {
    const shared = this.#shared;
    this.#shared = undefined;
    if (shared === undefined || typeof this.where !== "string" || --shared.users > 0) return;
    if (open.get(this.where) === shared) open.delete(this.where);
    const store = await shared.store;
    await store.close();
  }
}

function borrow(where: string): Shared {
  const shared = open.get(where) ?? { store: openStore(where), users: 0 };
  open.set(where, shared);
  shared.users++;
  return shared;
}
