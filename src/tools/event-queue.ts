import type { Batch } from "../stream/batch-source.js";
import type { ChatEvent } from "../stream/chat-event.js";

/** Reports of one speaker that a slow reader may leave unread; beyond that the oldest gives way. */
const MOST_UNREAD = 100;

interface Line<Speaker> {
  event: ChatEvent;
  by: Speaker;
  taken: () => void;
}

/** What tools have said and the reader has not taken yet, in order. */
export class EventQueue<Speaker> {
  #lines: Line<Speaker>[] = [];
  readonly #unread = new Map<Speaker, number>();

  /** Resolves when the reader takes the event, or will not get it. */
  say(event: ChatEvent, by: Speaker): Promise<void> {
    return new Promise((resolve) => {
      this.#lines.push({ event, by, taken: resolve });
      if (isReport(event)) this.#count(by);
    });
  }

  /** Everything there is, and none of it stays. */
  take(): Batch {
    const lines = this.#lines;
    if (lines.length === 0) return [];
    this.#lines = [];
    this.#unread.clear();
    for (const { taken } of lines) taken();
    return lines.map(({ event }) => event);
  }

  /** Forgets what somebody has said. */
  forget(by: Speaker): void {
    this.#unread.delete(by);
    for (const line of this.#lines) if (line.by === by) line.taken();
    this.#lines = this.#lines.filter((line) => line.by !== by);
  }

  #count(by: Speaker): void {
    const unread = (this.#unread.get(by) ?? 0) + 1;
    this.#unread.set(by, Math.min(unread, MOST_UNREAD));
    if (unread <= MOST_UNREAD) return;
    const oldest = this.#lines.findIndex((line) => line.by === by && isReport(line.event));
    for (const { taken } of this.#lines.splice(oldest, 1)) taken();
  }
}

function isReport(event: ChatEvent): boolean {
  return event.type === "tool-result" && event.preliminary === true;
}
