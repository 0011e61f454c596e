import { ID } from "../id.mjs";
import { padding } from "../padding.mjs";

export const contentType = "text/event-stream; charset=utf-8";

const ITEM = `msg_${ID}`;
const PLACE = { item_id: ITEM, output_index: 0, content_index: 0 };

/** A response with one message, as OpenAI's Responses API streams it. @type {import("../answer.mjs").Frames} */
export function frames(tokens) {
  let number = 0;
  const event = (/** @type {string} */ type, /** @type {object} */ fields) =>
    `event: ${type}\ndata: ${JSON.stringify({ type, sequence_number: number++, ...fields })}\n\n`;
  const text = tokens.join("");
  const part = { type: "output_text", annotations: [], logprobs: [], text };
  const item = { id: ITEM, type: "message", status: "completed", content: [part], role: "assistant" };
  return {
    beginning: [
      event("response.created", { response: response("in_progress", [], null) }),
      event("response.in_progress", { response: response("in_progress", [], null) }),
      event("response.output_item.added", { output_index: 0, item: { ...item, status: "in_progress", content: [] } }),
      event("response.content_part.added", { ...PLACE, part: { ...part, text: "" } }),
    ],
    tokens: tokens.map((delta) =>
      event("response.output_text.delta", { ...PLACE, delta, logprobs: [], obfuscation: padding(delta) }),
    ),
    ending: [
      event("response.output_text.done", { ...PLACE, text, logprobs: [] }),
      event("response.content_part.done", { ...PLACE, part }),
      event("response.output_item.done", { output_index: 0, item }),
      event("response.completed", { response: response("completed", [item], usageOf(tokens.length)) }),
    ],
  };
}

/**
 * @param {string} status
 * @param {object[]} output
 * @param {object | null} usage
 */
function response(status, output, usage) {
  return {
    id: `resp_${ID}`,
    object: "response",
    created_at: 1770933892,
    status,
    background: false,
    error: null,
    incomplete_details: null,
    instructions: null,
    max_output_tokens: null,
    model: "gpt-5-nano-2025-08-07",
    output,
    parallel_tool_calls: true,
    previous_response_id: null,
    reasoning: { effort: "minimal", summary: null },
    service_tier: "default",
    store: false,
    temperature: 1,
    text: { format: { type: "text" }, verbosity: "medium" },
    tool_choice: "auto",
    tools: [],
    top_p: 1,
    truncation: "disabled",
    usage,
    user: null,
    metadata: {},
  };
}

/** @param {number} count */
function usageOf(count) {
  return {
    input_tokens: 12,
    input_tokens_details: { cached_tokens: 0 },
    output_tokens: count,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: 12 + count,
  };
}
