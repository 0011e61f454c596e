import type { JsonObject } from "../../src/base/json.js";
import { AnthropicReader } from "../../src/dialects/anthropic/reader.js";
import { readWith } from "./read-with.js";

export const MESSAGE = {
  id: "msg_1",
  type: "message",
  role: "assistant",
  model: "m",
  content: [],
  usage: { input_tokens: 5 },
};
export const START = { type: "message_start", message: MESSAGE };
export const END = [
  { type: "message_delta", delta: { stop_reason: "end_turn" }, usage: { output_tokens: 3 } },
  { type: "message_stop" },
];

/** Reads frames of the Messages API. */
export function readFrames(frames: readonly (JsonObject | string)[]) {
  return readWith(new AnthropicReader(), frames);
}

/** The frames of a whole block: its start, its deltas and its end. */
export function block(index: number, content: JsonObject, ...deltas: JsonObject[]): JsonObject[] {
  return [
    { type: "content_block_start", index, content_block: content },
    ...deltas.map((delta) => ({ type: "content_block_delta", index, delta })),
    { type: "content_block_stop", index },
  ];
}

export const textDelta = (text: string) => ({ type: "text_delta", text });
