import type { Batch } from "../stream/batch-source.js";
import type { ChatEvent } from "../stream/chat-event.js";
import { type PlainText, plainBatch, plainText } from "../stream/plain-text.js";
import { inTurn, stageTransform } from "../stream/sources/stage-transform.js";
import type { Transform } from "../stream/sources/transform.js";
import type { FilterStage } from "./filter-stage.js";

/**
 * What one or two filter stages make of batches. Text that arrived together, as most of an answer does, goes through them as one
 * piece and not event by event: a filter looks at the text and not at where it was cut.
 *
 * @param second takes what the first emits.
 */
export function filterTransform(first: FilterStage, second?: FilterStage): Transform {
  const through = stageTransform(second === undefined ? first : inTurn(first, second));
  return {
    ...through,
    push(batch) {
      const plain = plainText(batch);
      if (plain === undefined) return through.push(batch);
      if (!first.goesOnWith(plain) || second?.goesOnWith(plain) === false) {
        return through.push(batch.length === 1 ? batch : asDelta(plain.text, plain));
      }
      const filtered = first.pushText(plain.text);
      const text = second === undefined ? filtered : second.pushText(filtered);
      if (text === plain.text) return batch;
      if (text === "") return NOTHING;
      // A filter may cut a character in two.
      return text.isWellFormed() ? plainBatch({ text, block: plain.block }) : asDelta(text, plain);
    },
  };
}

const NOTHING: Batch = [];

function asDelta(text: string, { block }: PlainText): Batch {
  const delta: ChatEvent = { type: "text-delta", text };
  if (block !== undefined) delta.block = block;
  return [delta];
}
