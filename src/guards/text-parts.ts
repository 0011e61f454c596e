import type { Emit, ReasoningDeltaEvent, TextDeltaEvent } from "../stream/chat-event.js";
import type { Opaque } from "../stream/opaque.js";
import type { PlainText } from "../stream/plain-text.js";
import { JsonInTextFilter } from "./json-in-text-filter.js";
import { flushFilter, type MakeFilter, type TextFilter } from "./text-filter.js";

/** A text or reasoning of the answer that may go on. */
interface OpenPart {
  like: TextDeltaEvent | ReasoningDeltaEvent;
  filter: TextFilter;
}

/** The most parts that may go on: an answer has few that arrive in turns. */
const MOST_PARTS = 8;

/** The texts of an answer, each with a filter of its own: text and reasoning by block. They may arrive in turns. */
export class TextParts {
  readonly #make: MakeFilter;
  readonly #guard: string;
  readonly #changedOpaque: "drop" | "keep";
  /** Parts that may go on, by their kind and block, the current one last. */
  readonly #parts = new Map<string, OpenPart>();
  /** The part whose delta came last. */
  #current: OpenPart | undefined;
  /** Blocks whose text is not what came in. */
  readonly #changedBlocks = new Set<number | undefined>();

  /** @param guard is named in the event that the provider's state was dropped. */
  constructor(make: MakeFilter, guard: string, changedOpaque: "drop" | "keep") {
    this.#make = make;
    this.#guard = guard;
    this.#changedOpaque = changedOpaque;
  }

  /** How many characters of the current part are buffered. */
  get buffered(): number {
    return this.#current?.filter.buffered ?? 0;
  }

  /** Whether what is buffered is likely to be part of something that is changed. */
  get undecided(): boolean {
    return this.#current?.filter.undecided === true;
  }

  /** Whether text of a block was changed. */
  isChanged(block: number | undefined): boolean {
    return this.#changedBlocks.has(block);
  }

  /** Whether a delta is the next piece of the current part. */
  goesOn(event: TextDeltaEvent | ReasoningDeltaEvent): boolean {
    return continues(this.#current, event);
  }

  /** Whether a text is the next piece of the current part. */
  goesOnWith({ block }: PlainText): boolean {
    const like = this.#current?.like;
    return like?.type === "text-delta" && like.block === block && like.refusal === undefined;
  }

  /** Takes the next piece of the current part; returns what may go out of it now. */
  pushText(text: string): string {
    const part = this.#current;
    if (part === undefined) return text;
    const out = part.filter.push(text);
    this.#noteChange(part);
    return out;
  }

  /** Takes a delta. */
  push(event: TextDeltaEvent | ReasoningDeltaEvent, emit: Emit): void {
    const part = continues(this.#current, event) ? this.#current : this.#openPart(event, emit);
    part.like = event;
    const text = part.filter.push(event.text);
    this.#noteChange(part);
    if (event.opaque !== undefined) this.#sealPart(part, event, event.opaque, text, emit);
    else if (text === event.text) emit(event);
    else if (text !== "") emit({ ...event, text });
  }

  /**
   * Takes a delta of the current part character by character, until nothing is buffered. Returns how much of it was read. The
   * provider's state is not looked at.
   */
  pushUntilDecided(event: TextDeltaEvent | ReasoningDeltaEvent, emit: Emit): number {
    const part = this.#current;
    if (part === undefined) return 0;
    // What is buffered may be decided by the character that follows it, which then is none of it.
    let out = part.filter.push("", event.text.charAt(0));
    let read = 0;
    if (part.filter.buffered > 0)
      for (const character of event.text) {
        read += character.length;
        out += part.filter.push(character, event.text.charAt(read));
        if (part.filter.buffered === 0) break;
      }
    this.#noteChange(part);
    if (out !== "") emit({ ...withoutOpaque(event), text: out });
    return read;
  }

  /** The answer, or a model call of it, is over: puts out all that is buffered. */
  end(emit: Emit): void {
    for (const key of [...this.#parts.keys()]) this.#endPart(key, emit);
  }

  /** What was buffered is void. */
  forget(): void {
    this.#parts.clear();
    this.#current = undefined;
    this.#changedBlocks.clear();
  }

  /** Goes on with another part. */
  #openPart(event: TextDeltaEvent | ReasoningDeltaEvent, emit: Emit): OpenPart {
    this.flush(emit);
    const key = partKey(event);
    const part = this.#parts.get(key) ?? { like: event, filter: new JsonInTextFilter(this.#make) };
    this.#parts.delete(key);
    this.#parts.set(key, part);
    this.#current = part;
    const [oldest] = this.#parts.keys();
    if (this.#parts.size > MOST_PARTS && oldest !== undefined) this.#endPart(oldest, emit);
    return part;
  }

  /** The provider's state ends the part that it came with. */
  #sealPart(
    part: OpenPart,
    event: TextDeltaEvent | ReasoningDeltaEvent,
    opaque: Opaque,
    before: string,
    emit: Emit,
  ): void {
    const text = before + this.#closePart(partKey(event), part);
    if (event.type === "text-delta" || !part.filter.changed || this.#changedOpaque === "keep") {
      emit({ ...event, text });
      return;
    }
    const { opaque: _, ...plain } = event;
    if (text !== "") emit({ ...plain, text });
    emit({
      type: "data",
      name: "guard/verdict",
      value: {
        guard: this.#guard,
        action: "opaque-dropped",
        dialect: opaque.dialect,
        reason: "the provider's state belongs to reasoning whose text was changed",
      },
    });
  }

  /** Puts out what the current part holds back, although it may go on. */
  flush(emit: Emit): void {
    if (this.#current !== undefined) this.#flushPart(this.#current, emit);
  }

  /** Puts out what a part holds back, although it may go on. */
  #flushPart(part: OpenPart, emit: Emit): void {
    const text = flushFilter(part.filter);
    this.#noteChange(part);
    if (text !== "") emit({ ...withoutOpaque(part.like), text });
  }

  #noteChange({ filter, like }: OpenPart): void {
    if (filter.changed && like.type === "text-delta") this.#changedBlocks.add(like.block);
  }

  #endPart(key: string, emit: Emit): void {
    const part = this.#parts.get(key);
    if (part === undefined) return;
    const text = this.#closePart(key, part);
    if (text !== "") emit({ ...withoutOpaque(part.like), text });
  }

  #closePart(key: string, part: OpenPart): string {
    const text = part.filter.end();
    this.#noteChange(part);
    this.#parts.delete(key);
    if (this.#current === part) this.#current = undefined;
    return text;
  }
}

/** Whether a delta is the next piece of this part. */
function continues(part: OpenPart | undefined, event: TextDeltaEvent | ReasoningDeltaEvent): part is OpenPart {
  if (part === undefined) return false;
  const { like } = part;
  if (like.type !== event.type || like.block !== event.block) return false;
  return like.type === "reasoning-delta" || event.type === "reasoning-delta" || like.refusal === event.refusal;
}

/** Deltas of one key are pieces of one text. */
function partKey(event: TextDeltaEvent | ReasoningDeltaEvent): string {
  const kind = event.type === "text-delta" && event.refusal ? "refusal" : event.type;
  return `${kind} ${event.block ?? ""}`;
}

/** A delta without the state that its provider wants back. */
export function withoutOpaque<Delta extends TextDeltaEvent | ReasoningDeltaEvent>({ opaque: _, ...plain }: Delta) {
  return plain;
}
