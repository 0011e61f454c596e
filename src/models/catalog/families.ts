import type { ModelFamily } from "./model-family.js";

/** Services that pass the text on as the model says it, and hold it to a grammar or not. */
const AS_THE_MODEL_SAYS = [
  ...["ollama", "lmstudio", "vllm", "llamacpp", "together", "fireworks", "groq", "openrouter", "cerebras"],
];

/**
 * Families of models, the particular before the general: of each fact the first row that has it counts.
 *
 * To add one, add a row with the page that says so.
 */
export const FAMILIES: readonly ModelFamily[] = [
  // OpenAI. Schemas from gpt-4o-2024-08-06 on: https://platform.openai.com/docs/guides/structured-outputs. Text only:
  // https://developers.openai.com/api/docs/models/gpt-4.md, https://openrouter.ai/openai/o3-mini.
  { providers: ["openai"], models: /^gpt-3\.5-turbo/, jsonSchema: false, tools: true, inputs: [] },
  { providers: ["openai"], models: /^gpt-4(?:-0613|$)/, jsonSchema: false, tools: true, inputs: [] },
  { providers: ["openai"], models: /^gpt-(?:3\.5-|4-|4o-2024-05-13)/, jsonSchema: false, tools: true },
  { providers: ["openai"], models: /^o[13]-mini/, inputs: [], jsonSchema: true, thinks: true },
  { models: /\bo[1-9](?:-|$)|gpt-5|gpt-oss|deep-?research/i, thinks: true },
  { providers: ["openai"], jsonSchema: true },

  // Anthropic. Schemas from Sonnet 4.5 and Opus 4.1 on: https://platform.claude.com/docs/en/build-with-claude/structured-outputs.
  // Up to 4.5 they go on from a message of theirs: https://platform.claude.com/docs/en/about-claude/models/whats-new-claude-4-6#prefill-removal.
  {
    providers: ["anthropic"],
    models: /^claude-(?:3-|(?:opus|sonnet|haiku)-4-(?:0(?:-|$)|20\d{6}))/,
    jsonSchema: false,
    tools: true,
    prefix: true,
  },
  { providers: ["anthropic"], models: /^claude-(?:opus|sonnet|haiku)-4-[15](?:-|$)/, prefix: true },
  // "JSON Schema limitations" and "Schema complexity limits" of the same page. Its tools take any schema, where they are not strict.
  {
    providers: ["anthropic"],
    jsonSchema: true,
    jsonSchemaLimits: { recursion: false, open: false, optional: 24, unions: 16 },
    tools: true,
  },

  // Google. `responseJsonSchema` of https://ai.google.dev/api/generate-content#GenerationConfig: cyclic references only where
  // a property may be missing, and unrolled to a limited degree.
  { models: /gemini-(?:2\.5|[3-9])/i, thinks: true },
  { providers: ["gemini"], jsonSchema: true, jsonSchemaLimits: { recursion: false } },

  // Mistral and xAI: https://www.developersdigest.tech/blog/structured-outputs-across-ai-apis-2026. Magistral's tags:
  // https://huggingface.co/mistralai/Magistral-Small-2507.
  {
    providers: ["lmstudio", "vllm", "llamacpp"],
    models: /magistral/i,
    thoughtTags: { open: "[THINK]", close: "[/THINK]" },
    thinks: true,
  },
  { models: /magistral/i, thinks: true },
  { models: /grok-[4-9]|grok-3-mini/i, thinks: true },
  { providers: ["mistral", "xai"], jsonSchema: true },

  // DeepSeek. Its server knows no other content than text: https://github.com/can1357/oh-my-pi/pull/9169.
  { providers: ["deepseek"], inputs: [] },

  // Models whose template writes the opening tag, so that they write the closing one only:
  // https://huggingface.co/Qwen/Qwen3-30B-A3B-Thinking-2507, https://huggingface.co/Qwen/QwQ-32B#usage-guidelines.
  {
    providers: ["vllm", "llamacpp", "lmstudio", "together", "fireworks"],
    models: /qwen-?3.*-thinking-2507|qwq-32b/i,
    thoughtTags: { open: "<think>", close: "</think>", opened: true },
    thinks: true,
  },
  // Models that say their reasoning in tags. R1: https://huggingface.co/deepseek-ai/DeepSeek-R1#usage-recommendations. Qwen: https://qwen.readthedocs.io/en/latest/getting_started/quickstart.html. MiniMax: https://www.minimax.io/news/minimax-m2.
  {
    providers: AS_THE_MODEL_SAYS,
    models:
      /deepseek-r1|(?:^|[-/:])r1(?:[-:]|$)|qwq|qwen-?3|glm-(?:4\.[1-9]|z1)|minimax-m|deephermes|openthinker|exaone-deep|smollm3/i,
    thoughtTags: { open: "<think>", close: "</think>" },
  },
  { models: /\br1\b|reasoner|reasoning|think|qwq|glm-(?:4\.[5-9]|[5-9])|minimax-m/i, thinks: true },

  // Llama 3.1 and 3.3 take and give text: their model cards.
  { providers: ["groq", "cerebras"], models: /^llama-?3\.(?:1-8b|3-70b)/, inputs: [] },

  // Servers that hold any model to a grammar. Ollama: https://docs.ollama.com/capabilities/structured-outputs.
  { providers: ["ollama", "lmstudio", "vllm", "llamacpp"], jsonSchema: true },
];
