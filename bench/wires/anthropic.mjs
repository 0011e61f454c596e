import { ID } from "../id.mjs";

export const contentType = "text/event-stream; charset=utf-8";

/** A message with one text block, as Anthropic's Messages API streams it. @type {import("../answer.mjs").Frames} */
export function frames(tokens) {
  const usage = {
    input_tokens: 12,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: 0,
    output_tokens: 1,
    service_tier: "standard",
  };
  const message = {
    model: "claude-haiku-4-5-20251001",
    id: `msg_${ID}`,
    type: "message",
    role: "assistant",
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage,
  };
  const stop = { stop_reason: "end_turn", stop_sequence: null };
  return {
    beginning: [
      event({ type: "message_start", message }),
      event({ type: "content_block_start", index: 0, content_block: { type: "text", text: "" } }),
      event({ type: "ping" }),
    ],
    tokens: tokens.map((text) => event({ type: "content_block_delta", index: 0, delta: { type: "text_delta", text } })),
    ending: [
      event({ type: "content_block_stop", index: 0 }),
      event({ type: "message_delta", delta: stop, usage: { ...usage, output_tokens: tokens.length } }),
      event({ type: "message_stop" }),
    ],
  };
}

/** @param {{ type: string }} data */
function event(data) {
  return `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`;
}
