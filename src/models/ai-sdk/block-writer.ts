import type { ReasoningDeltaEvent, TextDeltaEvent } from "../../stream/chat-event.js";
import type { PartV4, ProviderMetadata } from "./language-model.js";
import { annotation, writeMetadata } from "./metadata.js";

/** Takes one part of an answer. */
export type WritePart = (part: PartV4) => void;

interface OpenBlock {
  kind: "text" | "reasoning";
  id: string;
  block: number | undefined;
  refusal: boolean;
}

/**
 * Writes deltas as texts and reasoning with starts and ends. A block ends where the message of the same events has a new
 * part: with another block, with anything else that the message holds, and with the state that seals it.
 */
export class BlockWriter {
  #open: OpenBlock | undefined;
  #opened = 0;

  push(event: TextDeltaEvent | ReasoningDeltaEvent, write: WritePart): void {
    const { text, block, opaque } = event;
    const kind = event.type === "text-delta" ? "text" : "reasoning";
    const refusal = event.type === "text-delta" && event.refusal === true;
    let open = this.#open;
    if (open === undefined || open.kind !== kind || open.block !== block || open.refusal !== refusal) {
      if (text === "" && opaque === undefined) return;
      this.end(write);
      open = this.#begin({ kind, id: String(this.#opened++), block, refusal }, write);
    }
    if (text !== "") write({ type: `${kind}-delta`, id: open.id, delta: text });
    if (opaque !== undefined) this.#end(open, writeMetadata(opaque, noteOf(open)), write);
  }

  /** Ends the block that is open, if any. */
  end(write: WritePart): void {
    if (this.#open !== undefined) this.#end(this.#open, undefined, write);
  }

  #begin(open: OpenBlock, write: WritePart): OpenBlock {
    this.#open = open;
    write({ type: `${open.kind}-start`, id: open.id, ...annotation(writeMetadata(undefined, noteOf(open))) });
    return open;
  }

  #end({ kind, id }: OpenBlock, metadata: ProviderMetadata | undefined, write: WritePart): void {
    this.#open = undefined;
    write({ type: `${kind}-end`, id, ...annotation(metadata) });
  }
}

function noteOf({ refusal }: OpenBlock): { refusal?: true } {
  return refusal ? { refusal } : {};
}
