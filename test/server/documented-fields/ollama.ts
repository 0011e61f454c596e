import { type Kinds, type Protocol, schema } from "./protocol.js";

/** Of chats and of prompts. */
const SHARED: Readonly<Record<string, Kinds>> = {
  stream: "boolean",
  format: "string|object",
  think: "boolean|string",
  keep_alive: "string|number",
  logprobs: "boolean",
  top_logprobs: "number",
  options: "object",
  ...options(),
};

function options(): Record<string, Kinds> {
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

/** As Ollama's API reference documents them. */
export const ollama: readonly Protocol[] = [
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
      ...SHARED,
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
      ...SHARED,
    },
    named: (error) => error.error,
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
];
