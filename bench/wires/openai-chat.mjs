import { ID } from "../id.mjs";
import { padding } from "../padding.mjs";

const MODEL = "gpt-4.1-nano-2025-04-14";

export const contentType = "text/event-stream; charset=utf-8";

/** A chat completion: a chunk with the role, one a token, the finish reason, the usage. @type {import("../answer.mjs").Frames} */
export function frames(tokens) {
  const count = tokens.length;
  const usage = {
    prompt_tokens: 12,
    completion_tokens: count,
    total_tokens: 12 + count,
    prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
    completion_tokens_details: {
      reasoning_tokens: 0,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  };
  return {
    beginning: [chunk([choice({ role: "assistant", content: "", refusal: null }, null)], null)],
    tokens: tokens.map((content) => chunk([choice({ content }, null)], null)),
    ending: [chunk([choice({}, "stop")], null), chunk([], usage), "data: [DONE]\n\n"],
  };
}

/**
 * @param {object} delta
 * @param {string | null} finish_reason
 */
function choice(delta, finish_reason) {
  return { index: 0, delta, logprobs: null, finish_reason };
}

/**
 * @param {{ delta?: { content?: string } }[]} choices
 * @param {object | null} usage
 */
function chunk(choices, usage) {
  const content = choices[0]?.delta?.content ?? "";
  const data = {
    id: ID,
    object: "chat.completion.chunk",
    created: 1770933892,
    model: MODEL,
    service_tier: "default",
    system_fingerprint: "fp_de604bd877",
    choices,
    usage,
    obfuscation: padding(content),
  };
  return `data: ${JSON.stringify(data)}\n\n`;
}
