import type { Emit } from "../../stream/chat-event.js";
import { noteIn, readMetadata } from "./metadata.js";
import { readNotedData } from "./noted-data.js";
import { type Part, unreadable } from "./part.js";
import { readCitation } from "./sources.js";

/** A text or a reasoning that has begun. */
interface Block {
  kind: "text" | "reasoning";
  /** Its place among the blocks that say something; absent until it does. */
  index?: number;
  refusal: boolean;
  /** The newest: later metadata stands in place of earlier, as in the AI SDK itself. */
  metadata: unknown;
}

/** Turns the starts, deltas and ends of texts and of reasoning into deltas. */
export class BlockReader {
  readonly #open = { text: new Map<unknown, Block>(), reasoning: new Map<unknown, Block>() };
  /** How many blocks have content. */
  #count = 0;

  start(kind: Block["kind"], { id, providerMetadata: metadata }: Part): Block {
    const refusal = noteIn(metadata).refusal === true;
    const block: Block = { kind, refusal, metadata };
    this.#open[kind].set(id, block);
    return block;
  }

  delta(kind: Block["kind"], part: Part, emit: Emit): void {
    const { id, delta: text, providerMetadata } = part;
    const known = this.#open[kind].get(id) ?? this.start(kind, part);
    if (providerMetadata !== undefined) known.metadata = providerMetadata;
    if (typeof text !== "string") throw unreadable(part, `a part ${kind}-delta without delta`);
    if (text === "") return;
    const block = this.#indexOf(known);
    if (kind === "reasoning") emit({ type: "reasoning-delta", text, block });
    else if (known.refusal) emit({ type: "text-delta", text, block, refusal: true });
    else emit({ type: "text-delta", text, block });
  }

  end(kind: Block["kind"], { id, providerMetadata, citations }: Part, emit: Emit): void {
    const block = this.#open[kind].get(id);
    if (block === undefined) return;
    this.#open[kind].delete(id);
    if (providerMetadata !== undefined) block.metadata = providerMetadata;
    this.#close(block, emit);
    for (const citation of Array.isArray(citations) ? citations : []) {
      const source = readCitation(citation);
      if (source !== undefined) emit({ type: "source", source, block: this.#indexOf(block) });
    }
  }

  /** The answer is over: emits what the blocks without an end still have. */
  endAll(emit: Emit): void {
    for (const open of Object.values(this.#open)) {
      for (const block of open.values()) this.#close(block, emit);
      open.clear();
    }
  }

  /** State seals a block, so it goes out at its end. */
  #close(closed: Block, emit: Emit): void {
    const { kind, refusal, metadata } = closed;
    if (metadata === undefined) return;
    const data = readNotedData(metadata);
    const opaque = readMetadata(metadata);
    if (data !== undefined) emit(data);
    if (data !== undefined || opaque === undefined) return;
    const block = this.#indexOf(closed);
    if (kind === "reasoning") emit({ type: "reasoning-delta", text: "", block, opaque });
    else emit({ type: "text-delta", text: "", block, ...(refusal && { refusal: true }), opaque });
  }

  #indexOf(block: Block): number {
    block.index ??= this.#count++;
    return block.index;
  }
}
