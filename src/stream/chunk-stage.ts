import { TokenBoundaries } from "../base/token-estimate.js";
import type { ChatEvent, Emit, TextDeltaEvent } from "./chat-event.js";
import { type ChunkUnit, checkChunks, UNITS } from "./chunk-unit.js";
import { invalid } from "./error.js";
import type { Stage } from "./stage.js";

/** Cuts text deltas anew, `n` units each. No character is lost; anything but text or usage flushes the buffer. */
export function chunkStage(n: number, unit: ChunkUnit): Stage {
  checkChunks(n, unit);
  return new ChunkStage(n, boundariesOf(unit));
}

/** Says of each code unit whether a new unit begins there. */
interface Boundaries {
  before(code: number): boolean;
  /** Whether a unit is known to be complete before the next one begins. */
  completeAfter?(code: number): boolean;
}

class ChunkStage implements Stage {
  readonly #n: number;
  readonly #boundaries: Boundaries;
  #buffered = "";
  /** Units begun in the buffer. */
  #units = 0;
  #like: TextDeltaEvent | undefined;

  constructor(n: number, boundaries: Boundaries) {
    this.#n = n;
    this.#boundaries = boundaries;
  }

  push(event: ChatEvent, emit: Emit): void {
    switch (event.type) {
      case "text-delta":
        this.#pushText(event, emit);
        return;
      case "usage":
        emit(event);
        return;
      case "retract":
        this.#buffered = "";
        this.#units = 0;
        emit(event);
        return;
      default:
        this.#flush(emit);
        emit(event);
    }
  }

  end(emit: Emit): void {
    this.#flush(emit);
  }

  #pushText(event: TextDeltaEvent, emit: Emit): void {
    const like = this.#like;
    if (like !== undefined && (like.block !== event.block || like.refusal !== event.refusal)) this.#flush(emit);
    this.#like = event;
    const { text } = event;
    let from = 0;
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (this.#boundaries.before(code)) {
        if (this.#units === this.#n) {
          this.#buffered += text.slice(from, i);
          from = i;
          this.#flush(emit);
        }
        this.#units++;
      }
      if (this.#units === this.#n && this.#boundaries.completeAfter?.(code)) {
        this.#buffered += text.slice(from, i + 1);
        from = i + 1;
        this.#flush(emit);
      }
    }
    this.#buffered += text.slice(from);
    if (event.opaque !== undefined) this.#flush(emit, event);
  }

  #flush(emit: Emit, sealed?: TextDeltaEvent): void {
    const text = this.#buffered;
    const like = this.#like;
    this.#buffered = "";
    this.#units = 0;
    if (like === undefined || (text === "" && sealed === undefined)) return;
    const { opaque: _, ...plain } = like;
    emit(sealed === undefined ? { ...plain, text } : { ...sealed, text });
  }
}

function boundariesOf(unit: ChunkUnit): Boundaries {
  switch (unit) {
    case "token":
      return new TokenBoundaries();
    case "word":
      return new WordBoundaries();
    case "char":
      return {
        before: (code) => !isLowSurrogate(code),
        completeAfter: (code) => !isHighSurrogate(code),
      };
    default:
      throw invalid("unit", unit satisfies never, UNITS.join(", "));
  }
}

/** A word takes the white space after it along. */
class WordBoundaries implements Boundaries {
  #inSpace = true;
  #first = true;

  before(code: number): boolean {
    const space = code === 0x20 || (code >= 0x09 && code <= 0x0d) || code === 0xa0 || code === 0x3000;
    const begins = (this.#inSpace && !space) || this.#first;
    this.#inSpace = space;
    this.#first = false;
    return begins;
  }
}

function isHighSurrogate(code: number): boolean {
  return code >= 0xd800 && code <= 0xdbff;
}

function isLowSurrogate(code: number): boolean {
  return code >= 0xdc00 && code <= 0xdfff;
}
