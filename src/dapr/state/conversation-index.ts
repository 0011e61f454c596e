import type { SluiceError } from "../../stream/error.js";
import { mayHaveLost, type StateClient } from "./state-client.js";
import type { StateKeys } from "./state-keys.js";

/** How many records the index has. Fixed: an id must be found where it was put. */
const SHARDS = 64;

/**
 * The ids of all conversations of a state store, which cannot list its keys. An id stands in one of 64 records, by its
 * hash, so that few writers meet. Only making and deleting a conversation writes one; each write carries the 64th part
 * of all ids.
 */
export class ConversationIndex {
  readonly #state: StateClient;
  readonly #keys: StateKeys;

  constructor(state: StateClient, keys: StateKeys) {
    this.#state = state;
    this.#keys = keys;
  }

  /** Puts an id in. It is written even if it is there: one who is just removing it must notice. */
  async add(id: string): Promise<void> {
    await this.#change(id, (ids) => (ids.includes(id) ? ids : [...ids, id]));
  }

  /**
   * Takes an id out.
   *
   * @param isGone whether there still is no such conversation; asked after the shard was read, so that one who makes it
   *   anew, and adds it after that, is never overwritten.
   */
  async remove(id: string, isGone: () => Promise<boolean>): Promise<void> {
    await this.#change(id, async (ids) =>
      ids.includes(id) && (await isGone()) ? ids.filter((other) => other !== id) : undefined,
    );
  }

  /** All ids, in no particular order. */
  async ids(): Promise<string[]> {
    const shards = await this.#state.getMany(Array.from({ length: SHARDS }, (_, number) => this.#keys.shard(number)));
    return [...shards.values()].flatMap((ids) => ids as string[]);
  }

  /** Replaces a shard by what `change` makes of it; `undefined` leaves it as it is. */
  async #change(id: string, change: (ids: string[]) => string[] | undefined | Promise<string[] | undefined>) {
    const key = this.#keys.shard(hash(id) % SHARDS);
    let failed: { etag: string | undefined; error: SluiceError } | undefined;
    for (;;) {
      const found = await this.#state.get(key);
      // Nobody else wrote it: then the failure was no lost race.
      if (failed !== undefined && failed.etag === found?.etag) throw failed.error;
      const ids = await change((found?.value ?? []) as string[]);
      if (ids === undefined) return;
      try {
        return await this.#state.save(key, ids, found?.etag);
      } catch (thrown) {
        if (!mayHaveLost(thrown)) throw thrown;
        failed = { etag: found?.etag, error: thrown };
      }
    }
  }
}

/** FNV-1a over UTF-16 code units, 32 bits (http://www.isthe.com/chongo/tech/comp/fnv/). */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  return value >>> 0;
}
