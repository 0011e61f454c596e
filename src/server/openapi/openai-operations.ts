import {
  anything,
  count,
  either,
  filled,
  flag,
  HELLO,
  list,
  number,
  type Operation,
  object,
  record,
  text,
  wire,
  word,
} from "./schema.js";

const part = object({ type: text });
const content = either(text, list(part), { type: "null" });
const message = wire(
  { role: word("system", "developer", "user", "assistant", "tool", "function") },
  { content: anything },
);
const tool = object({ type: text });

const usage = object({ prompt_tokens: count, completion_tokens: count, total_tokens: count });
const completion = object({
  id: text,
  object: word("chat.completion"),
  created: count,
  model: text,
  choices: list(
    object({ index: count, message: object({ role: word("assistant"), content }), finish_reason: text }),
    1,
  ),
  usage,
});

/** Fields of chat completions and of responses. */
const shared = {
  service_tier: text,
  safety_identifier: text,
  moderation: record,
  top_logprobs: number,
  prompt_cache_key: text,
  prompt_cache_options: record,
  prompt_cache_retention: text,
};
const input = either(filled, list(record));
const response = object(
  {
    id: text,
    object: word("response"),
    created_at: count,
    status: word("queued", "in_progress", "completed", "incomplete", "failed", "cancelled"),
    model: text,
    output: list(object({ type: text })),
  },
  { usage: either(record, { type: "null" }), error: either(record, { type: "null" }) },
);
const createResponse = wire(
  { model: text, input },
  {
    instructions: text,
    stream: flag,
    store: flag,
    background: flag,
    previous_response_id: text,
    temperature: number,
    top_p: number,
    max_output_tokens: number,
    tools: list(tool),
    parallel_tool_calls: flag,
    tool_choice: either(text, record),
    reasoning: record,
    text: record,
    include: list(anything),
    metadata: record,
    user: text,
    ...shared,
    truncation: text,
    max_tool_calls: number,
    prompt: record,
    context_management: list(anything),
    stream_options: record,
  },
);
const ASKED = { model: "echo", input: "Hello" };
const model = object({ id: text, object: word("model"), created: count, owned_by: text });

/** OpenAI's paths. */
export const OPENAI: Readonly<Record<string, Operation>> = {
  "GET /v1/models": { json: object({ object: word("list"), data: list(model) }) },
  "GET /v1/models/{name}": { json: model },
  "POST /v1/chat/completions": {
    body: wire(
      { model: text, messages: list(message, 1) },
      {
        stream: flag,
        temperature: number,
        top_p: number,
        max_tokens: number,
        max_completion_tokens: number,
        presence_penalty: number,
        frequency_penalty: number,
        seed: number,
        parallel_tool_calls: flag,
        user: text,
        stop: either(text, list(text)),
        tools: list(tool),
        stream_options: object({}, { include_usage: flag }),
        response_format: record,
        tool_choice: either(text, record),
        reasoning_effort: text,
        metadata: record,
        ...shared,
        logit_bias: record,
        logprobs: flag,
        modalities: list(anything),
        audio: record,
        prediction: record,
        store: flag,
        verbosity: text,
        web_search_options: record,
      },
    ),
    example: { model: "echo", messages: HELLO },
    json: completion,
    stream: "sse",
  },
  "POST /v1/completions": {
    body: wire(
      { model: text, prompt: either(filled, { type: "array", items: filled, minItems: 1, maxItems: 1 }) },
      {
        stream: flag,
        temperature: number,
        top_p: number,
        max_tokens: number,
        presence_penalty: number,
        frequency_penalty: number,
        seed: number,
        user: text,
        stop: either(text, list(text)),
        stream_options: object({}, { include_usage: flag }),
        logit_bias: record,
      },
    ),
    example: { model: "echo", prompt: "Hello" },
    json: object({
      id: text,
      object: word("text_completion"),
      created: count,
      model: text,
      choices: list(object({ index: count, text, finish_reason: text }), 1),
      usage,
    }),
    stream: "sse",
  },
  "POST /v1/responses": { body: createResponse, example: ASKED, json: response, stream: "sse" },
  "POST /v1/responses/compact": {
    body: wire({ model: text, input }, { previous_response_id: text }),
    example: ASKED,
    json: object({
      id: text,
      object: word("response.compaction"),
      created_at: count,
      output: list(record),
      usage: record,
    }),
  },
  "POST /v1/responses/input_tokens": {
    body: wire({ input }, { model: text, instructions: text, tools: list(tool), previous_response_id: text }),
    example: ASKED,
    json: object({ object: word("response.input_tokens"), input_tokens: count }),
  },
  "GET /v1/responses/{id}": {
    query: { stream: word("true", "false"), starting_after: count },
    json: response,
    stream: "sse",
  },
  "GET /v1/responses/{id}/input_items": { json: object({ object: word("list"), data: list(record), has_more: flag }) },
  "POST /v1/responses/{id}/cancel": { json: response },
  "DELETE /v1/responses/{id}": { json: object({ id: text, object: word("response"), deleted: flag }) },
  "POST /v1/embeddings": {
    body: wire(
      { model: text, input: either(filled, list(filled, 1)) },
      { dimensions: number, encoding_format: word("float", "base64") },
    ),
    example: { model: "vectors", input: "Hello" },
    json: object({
      object: word("list"),
      model: text,
      data: list(object({ object: word("embedding"), index: count, embedding: either(list(number), text) })),
      usage: object({ prompt_tokens: count, total_tokens: count }),
    }),
  },
  "GET /v1/audio/voices": { json: object({ voices: list(text), transcribers: list(text) }) },
  "POST /v1/audio/speech": {
    body: wire(
      { model: text, input: filled, voice: text },
      { response_format: word("wav", "pcm"), speed: number, instructions: text, stream_format: word("audio", "sse") },
    ),
    example: { model: "tts-1", voice: "alloy", input: "Hello." },
    media: "audio/wav",
  },
  "POST /v1/audio/transcriptions": { json: object({ text }) },
};
