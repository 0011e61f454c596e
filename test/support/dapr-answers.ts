import { expect } from "vitest";
import { Alpha2ChunkReader } from "../../src/dapr/converse/alpha2-chunk-reader.js";
import { Alpha2ChunkWriter } from "../../src/dapr/converse/alpha2-chunk-writer.js";
import type { AnswerContext } from "../../src/dapr/converse/answer-context.js";
import type { ConverseCall } from "../../src/dapr/converse/converse-call.js";
import type { ConversationStreamResponseAlpha2 } from "../../src/dapr/proto/generated/dapr/proto/runtime/v1/converse_stream_pb.js";
import type { ChatEvent } from "../../src/stream/chat-event.js";

export const call: ConverseCall = {
  api: "alpha2",
  component: "llm",
  inputs: [],
  settings: {},
  scrubOutput: false,
  parameters: {},
  warnings: [],
};
export const context: AnswerContext = { call, model: "model-1", zeroUsage: true };

/** The chunks of a streamed answer with these events. */
export function chunksOf(events: readonly ChatEvent[], written = context): ConversationStreamResponseAlpha2[] {
  const chunks: ConversationStreamResponseAlpha2[] = [];
  const writer = new Alpha2ChunkWriter(written);
  for (const event of events) writer.push(event, (chunk) => chunks.push(chunk));
  return chunks;
}

/** The events of a complete streamed answer. */
export function eventsOf(chunks: readonly ConversationStreamResponseAlpha2[]): ChatEvent[] {
  const events: ChatEvent[] = [];
  const reader = new Alpha2ChunkReader({ component: "llm" });
  for (const chunk of chunks) reader.push(chunk, (event) => events.push(event));
  expect(reader.finished).toBe(true);
  return events;
}
