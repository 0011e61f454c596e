import type { Source } from "../../stream/chat-event.js";

/** Where cited spans stand in a message's one text: those of an answer count from the beginning of their block. */
export class CitedPlaces {
  readonly #begins = new Map<number | undefined, number>();
  /** The block of the last text. */
  #block: number | undefined;
  #length = 0;

  text(text: string, block: number | undefined): void {
    if (!this.#begins.has(block)) this.#begins.set(block, this.#length);
    this.#block = block;
    this.#length += text.length;
  }

  /** A source as the message has it. */
  inMessage(source: Source, block: number | undefined): Source {
    const begin = this.#begins.get(block ?? this.#block) ?? 0;
    const { span } = source;
    return span === undefined || begin === 0
      ? source
      : { ...source, span: { start: begin + span.start, end: begin + span.end } };
  }
}
