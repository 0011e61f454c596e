import { flatText } from "../base/flat-text.js";
import type { Batch } from "./batch-source.js";
import type { ChatEvent, TextDeltaEvent } from "./chat-event.js";

/** The text of a batch of nothing but deltas of one text. */
export interface PlainText {
  readonly text: string;
  /** The content block that it belongs to. */
  readonly block: number | undefined;
}

// What was found of the batch that was looked at last: each layer that a batch passes asks.
let last: Batch | undefined;
let lastLength = 0;
let lastFirst: ChatEvent | undefined;
let lastEnd: ChatEvent | undefined;
let lastPlain: PlainText | undefined;

/**
 * The text of a batch in which each event is a delta of the same text, well-formed and without anything beside it;
 * `undefined` for any other batch. Nearly all batches are such: what books or follows a stream can take them as one.
 */
export function plainText(batch: Batch): PlainText | undefined {
  const { length } = batch;
  const first = batch[0];
  const end = batch[length - 1];
  // A source may use its array again, but not its events.
  if (last === batch && lastLength === length && lastFirst === first && lastEnd === end) return lastPlain;
  return remember(batch, find(batch));
}

/** A batch of one delta, which `plainText` need not look at any more. @param text well-formed, and not empty. */
export function plainBatch({ text, block }: PlainText): Batch {
  const delta: TextDeltaEvent = { type: "text-delta", text };
  if (block !== undefined) delta.block = block;
  const batch = [delta];
  remember(batch, { text: flatText(text), block });
  return batch;
}

function remember(batch: Batch, plain: PlainText | undefined): PlainText | undefined {
  last = batch;
  lastLength = batch.length;
  lastFirst = batch[0];
  lastEnd = batch[batch.length - 1];
  lastPlain = plain;
  return plain;
}

function find(batch: Batch): PlainText | undefined {
  const first = batch[0];
  if (first?.type !== "text-delta") return undefined;
  const { block } = first;
  let text = "";
  for (let i = 0; i < batch.length; i++) {
    const event = batch[i];
    if (event?.type !== "text-delta" || event.block !== block) return undefined;
    if (event.refusal !== undefined || event.opaque !== undefined || beginsHalf(event.text)) return undefined;
    text += event.text;
  }
  return text.isWellFormed() ? { text: flatText(text), block } : undefined;
}

/** Whether a text begins with the second half of a character: with the one before it, it might be well-formed. */
function beginsHalf(text: string): boolean {
  const code = text.charCodeAt(0);
  return code >= 0xdc00 && code <= 0xdfff;
}
