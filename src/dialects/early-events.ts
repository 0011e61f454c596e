import type { ChatEvent, Emit } from "../stream/chat-event.js";

/** Holds what a provider says before its answer begins, such as events of a kind that is not known: `start` comes first. */
export class EarlyEvents {
  #buffered: ChatEvent[] | undefined = [];

  /** Says an event, or keeps it until the answer has begun. */
  push(event: ChatEvent, emit: Emit): void {
    if (this.#buffered === undefined) emit(event);
    else this.#buffered.push(event);
  }

  /** The answer has begun: says what was kept. */
  release(emit: Emit): void {
    const buffered = this.#buffered ?? [];
    this.#buffered = undefined;
    for (const event of buffered) emit(event);
  }
}
