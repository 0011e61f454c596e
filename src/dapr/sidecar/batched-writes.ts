import { BodyWriter } from "../../listeners/body-writer.js";
import type { ChatEvent, TextDeltaEvent } from "../../stream/chat-event.js";
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
  const out = new BodyWriter(response);
  const batches = stream.batches();
  for (let batch = await batches.next(); batch !== undefined; batch = await batches.next()) {
    let text = "";
    const write = (chunk: Chunk) => {
      text += encode(chunk);
    };
    for (const event of joined(batch)) writer.push(event, write);
    if (text === "" || out.destroyed) continue;
    if (!out.write(text)) await out.drained();
  }
}

/** Pieces of text that follow each other as one: the reader has them at the same moment either way. */
export function joined(batch: readonly ChatEvent[]): readonly ChatEvent[] {
  if (batch.length === 1) return batch;
  const events: ChatEvent[] = [];
  let run: TextDeltaEvent | undefined;
  let text = "";
  const close = () => {
    if (run !== undefined) events.push(text === run.text ? run : { ...run, text });
    run = undefined;
  };
  for (const event of batch) {
    if (event.type === "text-delta" && run !== undefined && continues(run, event)) {
      text += event.text;
      continue;
    }
    close();
    if (event.type === "text-delta") {
      run = event;
      text = event.text;
    } else events.push(event);
  }
  close();
  return events;
}

function continues(run: TextDeltaEvent, event: TextDeltaEvent): boolean {
  return (
    run.block === event.block && run.refusal === event.refusal && run.opaque === undefined && event.opaque === undefined
  );
}
