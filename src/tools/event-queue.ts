import type { Batch } from "../stream/batch-source.js";
import type { ChatEvent } from "../stream/chat-event.js";

/** Reports of one speaker that a slow reader may leave unread; beyond that the oldest gives way. */
const MOST_UNREAD = 100;

interface Entry<Speaker> {
  events: readonly ChatEvent[];
  by: Speaker;
  taken: (() => void) | undefined;
}

/** What tools have emitted and the reader has not taken yet, in order. */
export class EventQueue<Speaker> {
  #entries: Entry<Speaker>[] = [];
  readonly #unread = new Map<Speaker, number>();

  /** @param taken called when the reader takes the events, or will not get them. */
  push(events: readonly ChatEvent[], by: Speaker, taken?: () => void): void {
    this.#entries.push({ events, by, taken });
    if (isReport(events)) this.#count(by);
  }

  /** Everything there is, and none of it stays. */
  take(): Batch {
    const entries = this.#entries;
    if (entries.length === 0) return [];
    this.#entries = [];
    this.#unread.clear();
    for (const { taken } of entries) taken?.();
    const [first] = entries;
    return entries.length === 1 && first !== undefined ? first.events : entries.flatMap(({ events }) => events);
  }

  /** Drops the buffered events of one emitter. */
  forget(by: Speaker): void {
    this.#unread.delete(by);
    for (const entry of this.#entries) if (entry.by === by) entry.taken?.();
    this.#entries = this.#entries.filter((entry) => entry.by !== by);
  }

  #count(by: Speaker): void {
    const unread = (this.#unread.get(by) ?? 0) + 1;
    this.#unread.set(by, Math.min(unread, MOST_UNREAD));
    if (unread <= MOST_UNREAD) return;
    const oldest = this.#entries.findIndex((entry) => entry.by === by && isReport(entry.events));
    for (const { taken } of this.#entries.splice(oldest, 1)) taken?.();
  }
}

function isReport([first]: readonly ChatEvent[]): boolean {
  return first?.type === "tool-result" && first.preliminary === true;
}
