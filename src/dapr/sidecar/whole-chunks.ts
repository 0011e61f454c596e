import type { ChatEvent } from "../../stream/chat-event.js";
import { Alpha1ChunkWriter } from "../converse/alpha1-chunk-writer.js";
import { Alpha2ChunkWriter } from "../converse/alpha2-chunk-writer.js";
import type { AnswerContext } from "../converse/answer-context.js";
import type { ChunkWriter } from "../converse/chunk-writer.js";
import { readAlpha1Response, readAlpha2Response } from "../converse/read-response.js";
import type {
  ConversationResponse,
  ConversationResponseAlpha2,
} from "../proto/generated/dapr/proto/runtime/v1/ai_pb.js";
import type {
  ConversationStreamResponse,
  ConversationStreamResponseAlpha2,
} from "../proto/generated/dapr/proto/runtime/v1/converse_stream_pb.js";

/** A daprd's whole answer as the messages of ConverseStreamAlpha2; its start says that it is simulated. */
export function wholeAlpha2Chunks(
  response: ConversationResponseAlpha2,
  component: string,
): ConversationStreamResponseAlpha2[] {
  const model = response.outputs[0]?.model;
  const context = { ...contextOf("alpha2", component), ...(model !== undefined && { model }) };
  return chunksOf(readAlpha2Response(response, { component }), new Alpha2ChunkWriter(context));
}

/** A daprd's whole answer as the messages of ConverseStreamAlpha1. */
export function wholeAlpha1Chunks(response: ConversationResponse, component: string): ConversationStreamResponse[] {
  return chunksOf(readAlpha1Response(response, { component }), new Alpha1ChunkWriter(contextOf("alpha1", component)));
}

function chunksOf<Chunk>(events: readonly ChatEvent[], writer: ChunkWriter<Chunk>): Chunk[] {
  const chunks: Chunk[] = [];
  for (const event of events) writer.push(event, (chunk) => chunks.push(chunk));
  return chunks;
}

/** What the daprd was asked is its own to look at: it has answered. */
function contextOf(api: "alpha1" | "alpha2", component: string): AnswerContext {
  const call = { api, component, inputs: [], settings: {}, scrubOutput: false, parameters: {}, warnings: [] };
  return { call, zeroUsage: true };
}
