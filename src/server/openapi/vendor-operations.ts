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

const tool = object({ name: text });
const anthropicMessages = list(
  wire({ role: word("user", "assistant", "system"), content: either(text, list(record)) }),
  1,
);
const system = either(text, list(record));

const modelList = object({ models: list(object({ name: text })) });
const geminiModel = object({ name: text, displayName: text, supportedGenerationMethods: list(text) });
const contents = list(object({ parts: list(record) }), 1);
/** One path takes all methods of a model, each with a body of its own. */
const geminiPost: Operation = {
  body: wire({}, { contents, generationConfig: record, systemInstruction: anything, tools: list(record) }),
  example: { contents: [{ role: "user", parts: [{ text: "Hello" }] }] },
  json: record,
  stream: "sse",
};

const ollamaEnd = { model: text, created_at: text, done: flag };
const counts = { total_duration: count, eval_count: count, prompt_eval_count: count, done_reason: text };
const ollamaOptions = { stream: flag, think: either(flag, text), format: either(text, record), options: record };

const daprAnswer = object({ outputs: list(record) }, { contextId: text });
const alpha2 = { inputs: [{ messages: [{ ofUser: { content: [{ text: "Hello" }] } }] }] };
const dapr = wire({ inputs: list(record, 1) }, { contextId: text, parameters: record });

const agUi: Operation = {
  body: wire(
    { threadId: text, runId: text, messages: list(record) },
    { tools: list(record), context: list(record), forwardedProps: anything, state: anything },
  ),
  example: { threadId: "t1", runId: "r1", messages: [{ id: "m1", role: "user", content: "Hello" }] },
  stream: "sse",
};
const thread = wire({ threadId: text });

/** Paths of other vendors' protocols. */
export const VENDORS: Readonly<Record<string, Operation>> = {
  "POST /v1/messages": {
    body: wire(
      { model: text, max_tokens: number, messages: anthropicMessages },
      {
        stream: flag,
        system,
        temperature: number,
        top_p: number,
        top_k: number,
        stop_sequences: list(text),
        tools: list(tool),
        thinking: record,
        metadata: record,
      },
    ),
    example: { model: "echo", max_tokens: 100, messages: HELLO },
    json: object({
      id: text,
      type: word("message"),
      role: word("assistant"),
      model: text,
      content: list(object({ type: text })),
      stop_reason: text,
      usage: object({ input_tokens: count, output_tokens: count }),
    }),
    stream: "sse",
  },
  "POST /v1/messages/count_tokens": {
    body: wire({ model: text, messages: anthropicMessages }, { system, tools: list(tool) }),
    example: { model: "echo", messages: HELLO },
    json: object({ input_tokens: count }),
  },
  "POST /v1/models/{name}": geminiPost,
  "GET /v1beta/models": { json: modelList },
  "GET /v1beta/models/{name}": { json: geminiModel },
  "POST /v1beta/models/{name}": geminiPost,
  "GET /v1alpha/models": { json: modelList },
  "GET /v1alpha/models/{name}": { json: geminiModel },
  "POST /v1alpha/models/{name}": geminiPost,
  "POST /api/chat": {
    // An Ollama client names a model, which is loaded where there are no messages, and the AI SDK's says what it does; each refuses what is
    // not its own.
    body: wire(
      {},
      { ...ollamaOptions, messages: list(record), model: text, tools: list(record), id: anything, trigger: anything },
    ),
    example: { model: "echo", messages: HELLO, stream: false },
    json: object({ ...ollamaEnd, message: object({ role: word("assistant"), content: text }) }, counts),
    stream: "ndjson",
  },
  "GET /api/chat/{id}/stream": { status: 204, stream: "sse" },
  "POST /api/chat/{id}/stop": { json: object({ stopped: flag }) },
  "POST /api/generate": {
    body: wire({ model: text }, { ...ollamaOptions, prompt: text, system: text }),
    example: { model: "echo", prompt: "Hello", stream: false },
    json: object({ ...ollamaEnd, response: text }, counts),
    stream: "ndjson",
  },
  "POST /api/embed": {
    body: wire({ model: text, input: either(filled, list(filled, 1)) }, { dimensions: number }),
    example: { model: "vectors", input: "Hello" },
    json: object({ model: text, embeddings: list(list(number)) }),
  },
  "POST /api/embeddings": {
    body: wire({ model: text, prompt: text }),
    example: { model: "vectors", prompt: "Hello" },
    json: object({ embedding: list(number) }),
  },
  "GET /api/tags": { json: modelList },
  "GET /api/ps": { json: modelList },
  "POST /api/show": {
    body: wire({}, { model: text, name: anything }),
    example: { model: "echo" },
    json: object({ details: record, model_info: record, capabilities: list(text) }),
  },
  "GET /api/version": { json: object({ version: text }) },
  "POST /ag-ui": agUi,
  "POST /ag-ui/{name}": agUi,
  "POST /ag-ui/connect": { body: thread, example: { threadId: "t1" }, stream: "sse" },
  "POST /ag-ui/stop": { body: thread, example: { threadId: "t1" }, json: object({ stopped: flag }) },
  "POST /v1.0-alpha1/conversation/{name}/converse": {
    body: wire({ inputs: list(object({ content: text }), 1) }, { parameters: record }),
    example: { inputs: [{ content: "Hello" }] },
    json: daprAnswer,
  },
  "POST /v1.0-alpha1/conversation/{name}/converse/stream": {
    body: wire({ inputs: list(object({ content: text }), 1) }, { parameters: record }),
    example: { inputs: [{ content: "Hello" }] },
    stream: "sse",
  },
  "POST /v1.0-alpha2/conversation/{name}/converse": { body: dapr, example: alpha2, json: daprAnswer },
  "POST /v1.0-alpha2/conversation/{name}/converse/stream": { body: dapr, example: alpha2, stream: "sse" },
  "POST /mcp": {
    // Answers to what the server asks have no method.
    body: object(
      { jsonrpc: word("2.0") },
      { method: text, id: either(text, number), params: record, result: record, error: record },
    ),
    example: { jsonrpc: "2.0", id: 1, method: "tools/list" },
    json: object({ jsonrpc: word("2.0") }, { id: anything, result: record, error: record }),
    stream: "sse",
  },
  "GET /mcp": { status: 405 },
  "DELETE /mcp": { status: 405 },
};
