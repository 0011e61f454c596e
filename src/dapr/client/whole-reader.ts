import type { PartReader } from "../../models/parts/part-answer.js";
import type { ChatEvent, Emit } from "../../stream/chat-event.js";

/** Reads an answer that comes in one message. */
export class WholeReader<Message> implements PartReader<Message> {
  finished = false;
  readonly #read: (message: Message) => ChatEvent[];

  constructor(read: (message: Message) => ChatEvent[]) {
    this.#read = read;
  }

  push(message: Message, emit: Emit): void {
    for (const event of this.#read(message)) emit(event);
    this.finished = true;
  }
}
