import type { ChatEvent } from "../../stream/chat-event.js";
import type { SluiceError } from "../../stream/error.js";
import { stringifyEvent } from "../../stream/event-json.js";
import { writeStreamMessage } from "./stream-message.js";

/** A message that is ready to be sent. */
export interface WrittenMessage {
  sequence: number;
  /** JSON. */
  text: string;
}

/** Puts a stream's events into messages, in order. */
export class StreamMessageWriter {
  readonly #stream: string;
  readonly #maxBytes: number;
  #sequence = 0;
  /** Of the message that is being filled, as JSON. */
  #events: string[] = [];
  #bytes = 0;
  #ready: WrittenMessage[] = [];

  /** @param maxBytes of a message's events, in UTF-8; an event that is larger has a message of its own. */
  constructor(stream: string, maxBytes: number) {
    this.#stream = stream;
    this.#maxBytes = maxBytes;
  }

  /** How many messages were written. */
  get count(): number {
    return this.#sequence;
  }

  /** Puts an event into the current message. The finish closes the last one. */
  add(event: ChatEvent): void {
    const text = stringifyEvent(event);
    const bytes = Buffer.byteLength(text) + 1;
    if (this.#bytes + bytes > this.#maxBytes) this.cut();
    this.#events.push(text);
    this.#bytes += bytes;
    if (event.type === "finish") this.#write(true);
  }

  /** Closes the current message, if there is anything in it. */
  cut(): void {
    if (this.#events.length > 0) this.#write(false);
  }

  /** Closes the last message of a stream that had no finish. */
  fail(error: SluiceError): void {
    this.#write(true, error);
  }

  /** The messages that were closed since the last call. */
  take(): WrittenMessage[] {
    const ready = this.#ready;
    this.#ready = [];
    return ready;
  }

  #write(last: boolean, error?: SluiceError): void {
    const sequence = this.#sequence++;
    const message = { stream: this.#stream, sequence, last, ...(error !== undefined && { error }) };
    this.#ready.push({ sequence, text: writeStreamMessage(message, this.#events) });
    this.#events = [];
    this.#bytes = 0;
  }
}
