import type { JsonObject } from "../../base/json.js";
import { Utf8Offsets } from "./utf8-offsets.js";

/** What a block is made of. Only `text` is what Google counts offsets in. */
export type BlockKind = "text" | "reasoning" | "other";

/** A span of a block, in UTF-16 code units from the block's start. */
export interface BlockSpan {
  block: number;
  start: number;
  end: number;
}

/**
 * Numbers the blocks of an answer and finds spans in its text. Gemini's stream has parts and no blocks: what goes on with
 * the same kind is one block.
 */
export class AnswerText {
  readonly #offsets = new Utf8Offsets();
  /** Where each block of text begins, in code units of all text. */
  readonly #begins: { block: number; at: number }[] = [];
  #block = -1;
  #kind: BlockKind | undefined;
  /** Whether nothing joins the last block. */
  #closed = false;

  /** The block that a piece belongs to. `apart`: it is one of its own, which nothing joins. */
  place(kind: BlockKind, apart: boolean): number {
    if (apart || this.#closed || kind !== this.#kind) this.#begin(kind);
    this.#closed = apart;
    return this.#block;
  }

  /** The last block, which ends with this; a new one where it is of another kind. */
  close(kind: BlockKind): number {
    if (kind !== this.#kind) this.#begin(kind);
    this.#closed = true;
    return this.#block;
  }

  /** A piece of the answer's text, in the block that was placed last. */
  push(text: string): void {
    this.#offsets.push(text);
  }

  /**
   * Where a `Segment` of Google's stands: its offsets are UTF-8 bytes, from the start of the part it names or, in a
   * stream, of all text. It ends with its block where Google's goes on.
   */
  find({ partIndex, startIndex, endIndex }: JsonObject): BlockSpan | undefined {
    if (typeof endIndex !== "number") return undefined;
    const part = this.#begins.find(({ block }) => block === partIndex);
    const base = this.#offsets.toBytes(part?.at ?? 0) ?? 0;
    const from = this.#offsets.toUnits(base + (typeof startIndex === "number" ? startIndex : 0));
    const to = this.#offsets.toUnits(base + endIndex);
    if (from === undefined || to === undefined || to <= from) return undefined;
    const index = this.#begins.findLastIndex(({ at }) => at <= from);
    const begin = this.#begins[index];
    if (begin === undefined) return undefined;
    const end = this.#begins[index + 1]?.at ?? this.#offsets.units;
    return { block: begin.block, start: from - begin.at, end: Math.min(to, end) - begin.at };
  }

  #begin(kind: BlockKind): void {
    this.#block++;
    this.#kind = kind;
    if (kind === "text") this.#begins.push({ block: this.#block, at: this.#offsets.units });
  }
}
