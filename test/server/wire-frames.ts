/** Server-sent events of JSON, as OpenAI's and Google's services stream them. */
export const sse = (...frames: object[]) => frames.map((frame) => `data: ${JSON.stringify(frame)}\n\n`).join("");

/** The same with their names, as Anthropic's streams them. */
export const named = (...frames: { type: string; [field: string]: unknown }[]) =>
  frames.map((frame) => `event: ${frame.type}\ndata: ${JSON.stringify(frame)}\n\n`).join("");

/** A chunk of a chat completion. */
export const chunk = (delta: object, finish: unknown = null, more: object = {}) => ({
  id: "c",
  object: "chat.completion.chunk",
  model: "m",
  choices: [{ index: 0, delta, finish_reason: finish }],
  ...more,
});

/** What ends a chat completion. */
export const DONE = "data: [DONE]\n\n";

/** What an Anthropic message begins with. */
export const BEGUN = {
  type: "message_start",
  message: {
    id: "a",
    type: "message",
    role: "assistant",
    model: "m",
    content: [],
    usage: { input_tokens: 1, output_tokens: 1 },
  },
};
