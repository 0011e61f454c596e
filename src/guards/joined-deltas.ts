import type { Batch } from "../stream/batch-source.js";
import type { ChatEvent } from "../stream/chat-event.js";
import { type PlainText, plainText } from "../stream/plain-text.js";
import type { Transform } from "../stream/sources/transform.js";

/**
 * The same transform, given deltas of one text that arrived together as one delta: a filter looks at the text and not at where it
 * was cut, and then at one event a read in place of one a token.
 */
export function joinedDeltas(through: Transform): Transform {
  return {
    ...through,
    push(batch) {
      const plain = batch.length > 1 ? plainText(batch) : undefined;
      return through.push(plain === undefined ? batch : asDelta(plain));
    },
  };
}

function asDelta({ text, block }: PlainText): Batch {
  const delta: ChatEvent = { type: "text-delta", text };
  if (block !== undefined) delta.block = block;
  return [delta];
}
