import { afterAll, describe, expect, test } from "vitest";
import { echo } from "../../src/models/echo.js";
import type { EmbeddingModel } from "../../src/models/embeddings/embedding-model.js";
import { createServer, type SluiceServer } from "../../src/server/create-server.js";
import { TestVoice } from "../speech/test-voice.js";

const vectors: EmbeddingModel = {
  id: "test/vectors",
  maxTexts: 8,
  embedTexts: async (texts) => ({ vectors: texts.map((text) => [text.length]), usage: { inputTokens: 1 } }),
};
const server: SluiceServer = await createServer({
  models: { echo: echo({ tokensPerSecond: Number.POSITIVE_INFINITY }) },
  embeddings: { vectors },
  voices: { alloy: new TestVoice({ chunks: 1 }) },
});
afterAll(() => server.close());

type Body = Readonly<Record<string, unknown>>;
/** `string`, `number`, `boolean`, `object`, `array`, `strings` or `objects` (arrays of them); several with a bar between. */
type Kinds = string;

interface Protocol {
  path: string;
  /** A request that is answered. */
  body: Body;
  /** Fields as the vendor's reference documents them, by their paths. */
  fields: Readonly<Record<string, Kinds>>;
  /** Where the protocol's own form of an error names the field. */
  named: (error: Body) => unknown;
}

const messages = [{ role: "user", content: "Hello" }];
const schema = { type: "object", properties: {} };
const inError = (error: Body) => (error.error as Body).message;
const inParam = (error: Body) => (error.error as Body).param;

const PROTOCOLS: readonly Protocol[] = [
  {
    path: "/v1/chat/completions",
    body: {
      model: "echo",
      messages: [
        { role: "user", name: "ann", content: [{ type: "text", text: "Hello" }] },
        {
          role: "assistant",
          content: null,
          tool_calls: [{ id: "c", type: "function", function: { name: "f", arguments: "{}" } }],
        },
        { role: "tool", tool_call_id: "c", content: "1" },
      ],
      tools: [{ type: "function", function: { name: "f", description: "F", parameters: schema, strict: true } }],
      tool_choice: { type: "function", function: { name: "f" } },
      response_format: { type: "json_schema", json_schema: { name: "r", description: "R", schema, strict: true } },
      stream_options: { include_usage: true },
      reasoning: { effort: "low", max_tokens: 100 },
      metadata: { a: "b" },
    },
    fields: {
      model: "string",
      messages: "objects",
      "messages[0].role": "string",
      "messages[0].name": "string",
      "messages[0].content": "string|objects",
      "messages[0].content[0].type": "string",
      "messages[0].content[0].text": "string",
      "messages[1].tool_calls": "objects",
      "messages[1].tool_calls[0].id": "string",
      "messages[1].tool_calls[0].function": "object",
      "messages[1].tool_calls[0].function.name": "string",
      "messages[1].tool_calls[0].function.arguments": "string",
      "messages[2].tool_call_id": "string",
      "messages[2].content": "string|objects",
      stream: "boolean",
      stream_options: "object",
      "stream_options.include_usage": "boolean",
      "stream_options.include_obfuscation": "boolean",
      temperature: "number",
      top_p: "number",
      top_k: "number",
      n: "number",
      max_tokens: "number",
      max_completion_tokens: "number",
      stop: "string|strings",
      seed: "number",
      presence_penalty: "number",
      frequency_penalty: "number",
      logit_bias: "object",
      logprobs: "boolean",
      top_logprobs: "number",
      parallel_tool_calls: "boolean",
      tools: "objects",
      "tools[0].type": "string",
      "tools[0].function": "object",
      "tools[0].function.name": "string",
      "tools[0].function.description": "string",
      "tools[0].function.parameters": "object",
      "tools[0].function.strict": "boolean",
      tool_choice: "string|object",
      "tool_choice.function": "object",
      "tool_choice.function.name": "string",
      response_format: "object",
      "response_format.type": "string",
      "response_format.json_schema": "object",
      "response_format.json_schema.name": "string",
      "response_format.json_schema.description": "string",
      "response_format.json_schema.schema": "object",
      "response_format.json_schema.strict": "boolean",
      reasoning: "object",
      "reasoning.effort": "string",
      "reasoning.max_tokens": "number",
      reasoning_effort: "string",
      user: "string",
      safety_identifier: "string",
      metadata: "object",
      "metadata.a": "string",
      modalities: "strings",
      audio: "object",
      "audio.voice": "string|object",
      "audio.format": "string",
      prediction: "object",
      prompt_cache_key: "string",
      prompt_cache_retention: "string",
      service_tier: "string",
      store: "boolean",
      verbosity: "string",
      web_search_options: "object",
    },
    named: inParam,
  },
  {
    path: "/v1/responses",
    body: {
      model: "echo",
      input: [
        { role: "user", content: [{ type: "input_text", text: "Hello" }] },
        { type: "function_call", call_id: "c", name: "f", arguments: "{}" },
        { type: "function_call_output", call_id: "c", output: "1" },
      ],
      tools: [{ type: "function", name: "f", description: "F", parameters: schema, strict: true }],
      tool_choice: { type: "function", name: "f" },
      text: { format: { type: "json_schema", name: "r", schema, strict: true }, verbosity: "low" },
      reasoning: { effort: "low", summary: "auto" },
      stream_options: { include_obfuscation: true },
      metadata: { a: "b" },
    },
    fields: {
      model: "string",
      input: "string|objects",
      "input[0].role": "string",
      "input[0].content": "string|objects",
      "input[0].content[0].type": "string",
      "input[0].content[0].text": "string",
      "input[1].type": "string",
      "input[1].call_id": "string",
      "input[1].name": "string",
      "input[1].arguments": "string",
      "input[2].call_id": "string",
      "input[2].output": "string|objects",
      instructions: "string",
      stream: "boolean",
      stream_options: "object",
      "stream_options.include_obfuscation": "boolean",
      background: "boolean",
      store: "boolean",
      previous_response_id: "string",
      temperature: "number",
      top_p: "number",
      max_output_tokens: "number",
      max_tool_calls: "number",
      top_logprobs: "number",
      parallel_tool_calls: "boolean",
      tools: "objects",
      "tools[0].type": "string",
      "tools[0].name": "string",
      "tools[0].description": "string",
      "tools[0].parameters": "object",
      "tools[0].strict": "boolean",
      tool_choice: "string|object",
      "tool_choice.name": "string",
      text: "object",
      "text.verbosity": "string",
      "text.format": "object",
      "text.format.type": "string",
      "text.format.name": "string",
      "text.format.schema": "object",
      "text.format.strict": "boolean",
      reasoning: "object",
      "reasoning.effort": "string",
      "reasoning.summary": "string",
      include: "strings",
      metadata: "object",
      "metadata.a": "string",
      user: "string",
      safety_identifier: "string",
      service_tier: "string",
      truncation: "string",
      prompt: "object",
      prompt_cache_key: "string",
      prompt_cache_retention: "string",
      context_management: "objects",
    },
    named: inParam,
  },
  {
    path: "/v1/messages",
    body: {
      model: "echo",
      max_tokens: 10_000,
      system: [{ type: "text", text: "Be brief." }],
      messages: [
        { role: "user", content: [{ type: "text", text: "Hello" }] },
        { role: "assistant", content: [{ type: "tool_use", id: "c", name: "f", input: {} }] },
        { role: "user", content: [{ type: "tool_result", tool_use_id: "c", content: "1" }] },
      ],
      tools: [{ name: "f", description: "F", input_schema: schema }],
      tool_choice: { type: "auto" },
      thinking: { type: "enabled", budget_tokens: 2_000 },
      metadata: { user_id: "u" },
      output_config: { effort: "low", format: { type: "json_schema", schema } },
    },
    fields: {
      model: "string",
      max_tokens: "number",
      messages: "objects",
      "messages[0].role": "string",
      "messages[0].content": "string|objects",
      "messages[0].content[0].type": "string",
      "messages[0].content[0].text": "string",
      "messages[1].content[0].id": "string",
      "messages[1].content[0].name": "string",
      "messages[2].content[0].tool_use_id": "string",
      "messages[2].content[0].content": "string|objects",
      "messages[2].content[0].is_error": "boolean",
      system: "string|objects",
      "system[0].type": "string",
      "system[0].text": "string",
      stream: "boolean",
      temperature: "number",
      top_p: "number",
      top_k: "number",
      stop_sequences: "strings",
      tools: "objects",
      "tools[0].type": "string",
      "tools[0].name": "string",
      "tools[0].description": "string",
      "tools[0].input_schema": "object",
      "tools[0].strict": "boolean",
      "tools[0].cache_control": "object",
      tool_choice: "object",
      "tool_choice.type": "string",
      "tool_choice.disable_parallel_tool_use": "boolean",
      thinking: "object",
      "thinking.type": "string",
      "thinking.budget_tokens": "number",
      "thinking.display": "string",
      metadata: "object",
      "metadata.user_id": "string",
      output_config: "object",
      "output_config.effort": "string",
      "output_config.format": "object",
      "output_config.format.type": "string",
      "output_config.format.schema": "object",
      service_tier: "string",
      container: "string|object",
      context_management: "object",
      mcp_servers: "objects",
      cache_control: "object",
      inference_geo: "string",
      speed: "string",
    },
    named: inError,
  },
  {
    path: "/v1beta/models/echo:generateContent",
    body: {
      contents: [
        { role: "user", parts: [{ text: "Hello" }] },
        { role: "model", parts: [{ functionCall: { id: "c", name: "f", args: {} } }] },
        { role: "user", parts: [{ functionResponse: { id: "c", name: "f", response: {} } }] },
      ],
      systemInstruction: { parts: [{ text: "Be brief." }] },
      tools: [{ functionDeclarations: [{ name: "f", description: "F", parametersJsonSchema: schema }] }],
      toolConfig: { functionCallingConfig: { mode: "ANY", allowedFunctionNames: ["f"] } },
      generationConfig: { thinkingConfig: { thinkingBudget: 100, includeThoughts: true } },
      safetySettings: [{ category: "HARM_CATEGORY_HARASSMENT", threshold: "BLOCK_NONE" }],
    },
    fields: {
      // Google's clients send one where there is one.
      contents: "object|objects",
      "contents[0].role": "string",
      "contents[0].parts": "object|objects",
      "contents[0].parts[0].text": "string",
      "contents[1].parts[0].functionCall": "object",
      "contents[1].parts[0].functionCall.name": "string",
      "contents[1].parts[0].functionCall.args": "object",
      "contents[2].parts[0].functionResponse": "object",
      "contents[2].parts[0].functionResponse.name": "string",
      "contents[2].parts[0].functionResponse.response": "object",
      systemInstruction: "string|object",
      tools: "objects",
      "tools[0].functionDeclarations": "objects",
      "tools[0].functionDeclarations[0].name": "string",
      "tools[0].functionDeclarations[0].description": "string",
      "tools[0].functionDeclarations[0].parametersJsonSchema": "object",
      toolConfig: "object",
      "toolConfig.functionCallingConfig": "object",
      "toolConfig.functionCallingConfig.mode": "string",
      "toolConfig.functionCallingConfig.allowedFunctionNames": "strings",
      generationConfig: "object",
      "generationConfig.temperature": "number",
      "generationConfig.topP": "number",
      "generationConfig.topK": "number",
      "generationConfig.candidateCount": "number",
      "generationConfig.maxOutputTokens": "number",
      "generationConfig.stopSequences": "strings",
      "generationConfig.seed": "number",
      "generationConfig.presencePenalty": "number",
      "generationConfig.frequencyPenalty": "number",
      "generationConfig.responseMimeType": "string",
      "generationConfig.responseSchema": "object",
      "generationConfig.responseJsonSchema": "object|boolean",
      "generationConfig.responseLogprobs": "boolean",
      "generationConfig.logprobs": "number",
      "generationConfig.responseModalities": "strings",
      "generationConfig.speechConfig": "object",
      "generationConfig.imageConfig": "object",
      "generationConfig.mediaResolution": "string",
      "generationConfig.enableEnhancedCivicAnswers": "boolean",
      "generationConfig.thinkingConfig": "object",
      "generationConfig.thinkingConfig.thinkingBudget": "number",
      "generationConfig.thinkingConfig.includeThoughts": "boolean",
      "generationConfig.thinkingConfig.thinkingLevel": "string",
      safetySettings: "objects",
      cachedContent: "string",
      labels: "object",
    },
    named: inError,
  },
  {
    path: "/api/chat",
    body: {
      model: "echo",
      stream: false,
      messages: [
        { role: "user", content: "Hello" },
        { role: "assistant", content: "", tool_calls: [{ function: { name: "f", arguments: {} } }] },
        { role: "tool", tool_name: "f", content: "1" },
      ],
      tools: [{ type: "function", function: { name: "f", description: "F", parameters: schema } }],
      options: {},
    },
    fields: {
      model: "string",
      messages: "objects",
      "messages[0].role": "string",
      "messages[0].content": "string",
      "messages[0].images": "strings",
      "messages[1].tool_calls": "objects",
      "messages[1].tool_calls[0].function": "object",
      "messages[1].tool_calls[0].function.name": "string",
      "messages[1].thinking": "string",
      "messages[2].tool_name": "string",
      tools: "objects",
      "tools[0].type": "string",
      "tools[0].function": "object",
      "tools[0].function.name": "string",
      "tools[0].function.description": "string",
      "tools[0].function.parameters": "object",
      stream: "boolean",
      format: "string|object",
      think: "boolean|string",
      keep_alive: "string|number",
      logprobs: "boolean",
      top_logprobs: "number",
      options: "object",
      ...ollamaOptions(),
    },
    named: (error) => error.error,
  },
  {
    path: "/api/generate",
    body: { model: "echo", prompt: "Hello", stream: false, options: {} },
    fields: {
      model: "string",
      prompt: "string",
      suffix: "string",
      system: "string",
      template: "string",
      raw: "boolean",
      context: "array",
      images: "strings",
      stream: "boolean",
      format: "string|object",
      think: "boolean|string",
      keep_alive: "string|number",
      logprobs: "boolean",
      top_logprobs: "number",
      options: "object",
      ...ollamaOptions(),
    },
    named: (error) => error.error,
  },
  {
    path: "/v1/embeddings",
    body: { model: "vectors", input: "Hello" },
    fields: {
      model: "string",
      input: "string|strings",
      dimensions: "number",
      encoding_format: "string",
      user: "string",
    },
    named: inParam,
  },
  {
    path: "/api/embed",
    body: { model: "vectors", input: "Hello" },
    fields: {
      model: "string",
      input: "string|strings",
      dimensions: "number",
      truncate: "boolean",
      keep_alive: "string|number",
      options: "object",
    },
    named: (error) => error.error,
  },
  {
    path: "/v1/audio/speech",
    body: { model: "alloy", voice: "alloy", input: "Hello." },
    fields: {
      model: "string",
      voice: "string|object",
      input: "string",
      speed: "number",
      instructions: "string",
      response_format: "string",
      stream_format: "string",
    },
    named: inParam,
  },
  {
    path: "/ag-ui",
    body: {
      threadId: "t",
      runId: "r",
      messages: [{ id: "m", ...messages[0] }],
      tools: [{ name: "f", description: "F", parameters: schema }],
      context: [{ description: "D", value: "V" }],
      forwardedProps: { model: "echo" },
    },
    fields: {
      threadId: "string",
      runId: "string",
      parentRunId: "string",
      messages: "objects",
      "messages[0].id": "string",
      "messages[0].role": "string",
      "messages[0].content": "string|objects",
      tools: "objects",
      "tools[0].name": "string",
      "tools[0].description": "string",
      "tools[0].parameters": "object",
      context: "objects",
      "context[0].description": "string",
      "context[0].value": "string",
      "forwardedProps.model": "string",
      "forwardedProps.temperature": "number",
    },
    named: (error) => JSON.stringify(error),
  },
  {
    path: "/api/chat",
    body: {
      id: "chat",
      trigger: "submit-message",
      messages: [{ id: "m", role: "user", parts: [{ type: "text", text: "Hello" }] }],
      tools: { f: { description: "F", inputSchema: schema } },
    },
    fields: {
      id: "string",
      messageId: "string",
      messages: "objects",
      "messages[0].role": "string",
      "messages[0].parts": "objects",
      "messages[0].parts[0].type": "string",
      "messages[0].parts[0].text": "string",
      model: "string",
      system: "string",
      temperature: "number",
      maxOutputTokens: "number",
      toolChoice: "string",
      tools: "object",
      "tools.f.description": "string",
      "tools.f.inputSchema": "object",
    },
    named: (error) => JSON.stringify(error),
  },
];

function ollamaOptions(): Record<string, Kinds> {
  const numbers = [
    "temperature",
    "top_p",
    "top_k",
    "min_p",
    "num_predict",
    "num_ctx",
    "num_keep",
    "num_batch",
    "num_gpu",
  ];
  const more = [
    "seed",
    "presence_penalty",
    "frequency_penalty",
    "repeat_penalty",
    "repeat_last_n",
    "typical_p",
    "num_thread",
  ];
  const fields = [...numbers, ...more].map((name) => [`options.${name}`, "number"]);
  return Object.fromEntries([...fields, ["options.stop", "string|strings"], ["options.use_mmap", "boolean"]]);
}

/** Values of each kind. What a model called its tools with is no field: a history may have whatever it wrote. */
const VALUES: readonly (readonly [value: unknown, kinds: readonly string[]])[] = [
  ["text", ["string"]],
  [7, ["number"]],
  [true, ["boolean"]],
  [{}, ["object"]],
  [["text"], ["array", "strings"]],
  [[7], ["array"]],
  [[{}], ["array", "objects"]],
];

/** The body with another value at a path. */
function withValue(body: Body, path: string, value: unknown): Body {
  const copy = structuredClone(body) as Record<string, unknown>;
  const keys = path.split(/[.[\]]+/).filter((key) => key !== "");
  const last = keys.pop() ?? "";
  let at: Record<string, unknown> = copy;
  for (const key of keys) {
    at[key] ??= {};
    at = at[key] as Record<string, unknown>;
  }
  at[last] = value;
  return copy;
}

async function post(path: string, body: Body): Promise<{ status: number; text: string }> {
  const request = new Request(`http://localhost${path}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  const answer = await server.fetch(request);
  return { status: answer.status, text: await answer.text() };
}

describe.each(PROTOCOLS)("$path $body.trigger", ({ path, body, fields, named }) => {
  test("answers the request with nothing wrong in it", async () => {
    const { status, text } = await post(path, body);
    expect(status, text).toBe(200);
  });

  test("refuses a documented field of another type, and names it", async () => {
    const passed: string[] = [];
    for (const [field, kinds] of Object.entries(fields)) {
      for (const [value, of] of VALUES) {
        if (of.some((kind) => kinds.split("|").includes(kind))) continue;
        const { status, text } = await post(path, withValue(body, field, value));
        const says = status === 400 ? String(named(JSON.parse(text))) : `${status}`;
        if (status !== 400 || !says.includes(field))
          passed.push(`${field} = ${JSON.stringify(value)}: ${says.slice(0, 120)}`);
      }
    }
    expect(passed).toEqual([]);
  });
});
