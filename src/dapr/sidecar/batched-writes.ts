import { once } from "node:events";
import type { ChatEvent } from "../../stream/chat-event.js";
import type { ChatStream } from "../../stream/chat-stream.js";
import type { ChunkWriter } from "../converse/chunk-writer.js";
import type { HttpResponse } from "./http-exchange.js";

/**
 * Writes a stream as the messages of a streaming call, one write for each read of the provider's. Waits while the client
 * does not take what was written: the provider is read no faster.
 *
 * @param encode one message as it stands on the wire.
 */
export async function writeStream<Chunk>(
  stream: ChatStream,
  writer: ChunkWriter<Chunk>,
  encode: (chunk: Chunk) => string,
  response: HttpResponse,
): Promise<void> {
  const batches = stream.batches();
  for (let batch = await batches.next(); batch !== undefined; batch = await batches.next()) {
    let text = "";
    const write = (chunk: Chunk) => {
      text += encode(chunk);
    };
    for (const event of joined(batch)) writer.push(event, write);
    if (text === "" || response.destroyed) continue;
    const taken = response.write(text);
    if (!taken) await Promise.race([once(response, "drain"), once(response, "close")]);
  }
}

/** Pieces of text that follow each other as one: the reader has them at the same moment either way. */
export function joined(batch: readonly ChatEvent[]): readonly ChatEvent[] {
  const events: ChatEvent[] = [];
  for (const event of batch) {
    const last = events.at(-1);
    if (event.type === "text-delta" && last?.type === "text-delta" && isPlain(event) && isPlain(last)) {
      if (event.block === last.block) {
        events[events.length - 1] = { ...last, text: last.text + event.text };
        continue;
      }
    }
    events.push(event);
  }
  return events;
}

function isPlain(event: ChatEvent & { type: "text-delta" }): boolean {
  return event.opaque === undefined && event.refusal === undefined;
}
