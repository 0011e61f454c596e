import type { ChatEvent } from "../stream/chat-event.js";
import { TextBuffer } from "../stream/text-buffer.js";

/** The words that a failed model said, as the prefix that another goes on from. */
export class ContinuationPrefix {
  readonly #said = new TextBuffer();
  #textOnly = true;
  #continuing = false;
  /** White space that was said and not sent, since providers refuse a prefix that ends in it. */
  #unsent = "";

  /** Whether another model is going on from this prefix. */
  get continuing(): boolean {
    return this.#continuing;
  }

  /** Whether nothing but text was said: reasoning and tool calls cannot be continued. */
  get textOnly(): boolean {
    return this.#textOnly;
  }

  /** What the next model is told it has said. */
  get sent(): string {
    return this.#said.toString().trimEnd();
  }

  /** From here on, what comes continues the text. */
  begin(): void {
    this.#continuing = true;
    this.#unsent = this.#said.toString().slice(this.sent.length);
  }

  /** Books an event and returns it as it should be said: without white space that was said before. */
  push(event: ChatEvent): ChatEvent | undefined {
    if (event.type !== "text-delta") {
      if (event.type !== "data" && event.type !== "source") this.#textOnly = false;
      return event;
    }
    const text = this.#withoutRepeatedSpace(event.text);
    if (text === "") return undefined;
    this.#said.push(text);
    return text === event.text ? event : { ...event, text };
  }

  #withoutRepeatedSpace(text: string): string {
    let repeated = 0;
    while (repeated < text.length && this.#unsent !== "" && text[repeated] === this.#unsent[0]) {
      this.#unsent = this.#unsent.slice(1);
      repeated++;
    }
    if (repeated < text.length) this.#unsent = "";
    return text.slice(repeated);
  }
}
