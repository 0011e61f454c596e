import { TextBuffer } from "../base/text-buffer.js";
import type { ChatEvent } from "../stream/chat-event.js";

/** The text that a failed model emitted, as the prefix that another goes on from. */
export class ContinuationPrefix {
  #emitted = new TextBuffer();
  /** Events beside text that may stay where they are. */
  #beside: ChatEvent[] = [];
  #textOnly = true;
  #continuing = false;
  /** The text that was there when the current model began. */
  #before: { text: string; beside: readonly ChatEvent[] } = { text: "", beside: [] };
  /** The block that was emitted last, and how far the text of the current model is behind it in there. */
  #block: number | undefined;
  #blockLength = 0;
  #shift = { block: undefined as number | undefined, by: 0 };
  /** White space that was emitted and not sent, since providers refuse a prefix that ends in it. */
  #unsent = "";

  /** Whether another model is going on from this prefix. */
  get continuing(): boolean {
    return this.#continuing;
  }

  /** Whether nothing but text was emitted: reasoning and tool calls cannot be continued. */
  get textOnly(): boolean {
    return this.#textOnly;
  }

  /** The prefix for the next model; empty where there is nothing to go on from. */
  get sent(): string {
    return this.#emitted.toString().trimEnd();
  }

  /** From here on, what comes continues the text. */
  begin(): void {
    this.#continuing = true;
    this.#before = { text: this.#emitted.toString(), beside: this.#beside.slice() };
    this.#unsent = this.#before.text.slice(this.sent.length);
    this.#shift = { block: this.#block, by: this.#blockLength };
  }

  /**
   * The current model retracted its output, and with it the reader drops the whole answer.
   *
   * @returns what must be repeated: all that was there before this model began.
   */
  retract(): ChatEvent[] {
    const { text, beside } = this.#before;
    this.#emitted = new TextBuffer();
    this.#emitted.push(text);
    this.#beside = beside.slice();
    this.#textOnly = true;
    this.#unsent = text.slice(this.sent.length);
    // It is repeated in one piece.
    this.#block = undefined;
    this.#blockLength = text.length;
    this.#shift = { block: undefined, by: text.length };
    return text === "" ? [...beside] : [{ type: "text-delta", text }, ...beside];
  }

  /** Books an event and returns it as it should be emitted: without white space that was emitted already. */
  push(event: ChatEvent): ChatEvent | undefined {
    switch (event.type) {
      case "text-delta":
        return this.#pushText(event);
      case "source": {
        const placed = this.#placed(event);
        this.#beside.push(placed);
        return placed;
      }
      case "data":
        this.#beside.push(event);
        return event;
      case "start":
      case "usage":
      case "context":
        return event;
      default:
        this.#textOnly = false;
        return event;
    }
  }

  #pushText(event: Extract<ChatEvent, { type: "text-delta" }>): ChatEvent | undefined {
    const text = this.#withoutRepeatedSpace(event.text);
    this.#shift.by -= event.text.length - text.length;
    this.#blockLength = (this.#block === event.block ? this.#blockLength : 0) + text.length;
    this.#block = event.block;
    if (text === "" && event.opaque === undefined) return undefined;
    if (text !== "") this.#emitted.push(text);
    return text === event.text ? event : { ...event, text };
  }

  /** A source's span counts from the start of its block, which another model may have begun. */
  #placed(event: Extract<ChatEvent, { type: "source" }>): ChatEvent {
    const { span } = event.source;
    const { block, by } = this.#shift;
    if (span === undefined || !this.#continuing || event.block !== block) return event;
    return { ...event, source: { ...event.source, span: { start: span.start + by, end: span.end + by } } };
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
