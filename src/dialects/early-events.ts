import type { ChatEvent, Emit } from "../stream/chat-event.js";

/** Buffers what a provider sends before its answer begins, such as events of a kind that is not known: `start` comes first. */
export class EarlyEvents {
  #buffered: ChatEvent[] | undefined = [];

  /** Emits an event, or buffers it until the answer has begun. */
  push(event: ChatEvent, emit: Emit): void {
    if (this.#buffered === undefined) emit(event);
    else this.#buffered.push(event);
  }

  /** The answer has begun: emits what was buffered. */
  release(emit: Emit): void {
    const buffered = this.#buffered ?? [];
    this.#buffered = undefined;
    for (const event of buffered) emit(event);
  }
}
