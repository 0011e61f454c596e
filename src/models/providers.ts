import type { OpenAiChatQuirks } from "../dialects/openai-chat/quirks.js";
import { isReasoningModel } from "../dialects/openai-responses/model-traits.js";
import { azureAddress } from "./azure-address.js";
import { CALLED_DIALECTS } from "./called-dialects.js";
import { ollamaHostUrl } from "./ollama-host-url.js";
import type { Provider } from "./provider.js";

const { anthropic, gemini, ollama, openAiChat, openAiResponses } = CALLED_DIALECTS;

type Row = Pick<Provider, "id" | "label" | "hint"> & Partial<Provider>;

/** OpenAI's chat protocol as most services speak it: they know `max_tokens` and not its newer name. */
function compatible(id: string, quirks: OpenAiChatQuirks = {}): Pick<Provider, "dialect"> {
  return { dialect: openAiChat({ maxTokensField: "max_tokens", optionsFrom: [id], ...quirks }) };
}

/** Mistral's models that take an effort: https://docs.mistral.ai/capabilities/reasoning/adjustable */
const MISTRAL_EFFORT = /^mistral-(small-(latest|26)|medium-3[-.]5)/;

/** It sends the usage unasked, and refuses fields that it does not know. */
function mistralDialect(reasoning: OpenAiChatQuirks["reasoning"] & string): Provider["dialect"] {
  const own = { streamOptions: false, seedField: "random_seed", user: false } as const;
  return compatible("mistral", {
    ...own,
    reasoning,
    sendReasoning: "thinking",
    goOn: "prefix",
    history: "mistral",
  }).dialect;
}

/** A service with a key. By default its variables are `NAME_API_KEY` and `NAME_BASE_URL`. */
function cloud(name: string, row: Row): Provider {
  return {
    ...compatible(row.id),
    baseUrlEnv: [`${name}_BASE_URL`],
    keyEnv: [`${name}_API_KEY`],
    keyRequired: true,
    auth: "bearer",
    list: async (get) => (await import("./list-openai-models.js")).listOpenAiModels(get),
    ...row,
  };
}

/** A server of your own. */
function local(name: string, row: Row): Provider {
  return { ...cloud(name, row), keyRequired: false };
}

/** A service that does not say what it offers. */
function withoutList({ list: _, ...row }: Provider): Provider {
  return row;
}

/** The services that are built in. A base URL without a path gets the path of the row's own. */
export const PROVIDERS: readonly Provider[] = [
  cloud("OPENAI", {
    id: "openai",
    label: "OpenAI",
    dialect: openAiChat({}),
    // Between turns these keep what they thought only in the newer protocol.
    dialectOf: (name) => (isReasoningModel(name) ? openAiResponses : undefined),
    baseUrl: "https://api.openai.com/v1",
    headersEnv: { "openai-organization": "OPENAI_ORG_ID", "openai-project": "OPENAI_PROJECT_ID" },
    families: ["gpt-", "chatgpt-", "o1", "o3", "o4"],
    hint: "https://platform.openai.com/api-keys",
  }),
  cloud("ANTHROPIC", {
    id: "anthropic",
    label: "Anthropic",
    dialect: anthropic,
    baseUrl: "https://api.anthropic.com",
    auth: { header: "x-api-key" },
    // The version of the API that the dialect speaks (https://docs.anthropic.com/en/api/versioning).
    headers: { "anthropic-version": "2023-06-01" },
    list: async (get) => (await import("./list-anthropic-models.js")).listAnthropicModels(get),
    families: ["claude-"],
    hint: "https://console.anthropic.com/settings/keys",
  }),
  cloud("GEMINI", {
    id: "gemini",
    label: "Google Gemini",
    dialect: gemini,
    baseUrl: "https://generativelanguage.googleapis.com/v1beta",
    baseUrlEnv: ["GEMINI_BASE_URL", "GOOGLE_GEMINI_BASE_URL", "GEMINI_API_BASE_URL"],
    keyEnv: ["GEMINI_API_KEY", "GOOGLE_AI_STUDIO_KEY", "GOOGLE_API_KEY"],
    auth: { header: "x-goog-api-key" },
    list: async (get) => (await import("./list-gemini-models.js")).listGeminiModels(get),
    families: ["gemini-"],
    hint: "https://aistudio.google.com/apikey",
  }),
  cloud("OPENROUTER", {
    id: "openrouter",
    label: "OpenRouter",
    ...compatible("openrouter", { topK: true, reasoning: "reasoning", sendReasoning: "reasoning" }),
    baseUrl: "https://openrouter.ai/api/v1",
    hint: "https://openrouter.ai/keys",
  }),
  cloud("GROQ", {
    id: "groq",
    label: "Groq",
    ...compatible("groq", { maxTokensField: "max_completion_tokens" }),
    baseUrl: "https://api.groq.com/openai/v1",
    hint: "https://console.groq.com/keys",
  }),
  cloud("DEEPSEEK", {
    id: "deepseek",
    label: "DeepSeek",
    // What it thought before a tool call must come back with the call; elsewhere it is ignored.
    ...compatible("deepseek", { reasoning: "none", sendReasoning: "reasoning_content", textParts: false }),
    baseUrl: "https://api.deepseek.com",
    families: ["deepseek-"],
    hint: "https://platform.deepseek.com/api_keys",
  }),
  cloud("MISTRAL", {
    id: "mistral",
    label: "Mistral",
    dialect: mistralDialect("none"),
    dialectOf: (name) => (MISTRAL_EFFORT.test(name) ? mistralDialect("high-or-none") : undefined),
    capabilities: { prefix: true },
    baseUrl: "https://api.mistral.ai/v1",
    families: ["mistral-", "ministral-", "magistral-", "codestral-", "devstral-", "pixtral-"],
    hint: "https://console.mistral.ai/api-keys",
  }),
  cloud("XAI", {
    id: "xai",
    label: "xAI",
    baseUrl: "https://api.x.ai/v1",
    families: ["grok-"],
    hint: "https://console.x.ai",
  }),
  cloud("TOGETHER", {
    id: "together",
    label: "Together AI",
    ...compatible("together", { topK: true }),
    baseUrl: "https://api.together.xyz/v1",
    keyEnv: ["TOGETHER_API_KEY", "TOGETHER_AI_API_KEY"],
    hint: "https://api.together.ai/settings/api-keys",
  }),
  cloud("FIREWORKS", {
    id: "fireworks",
    label: "Fireworks AI",
    ...compatible("fireworks", { topK: true }),
    baseUrl: "https://api.fireworks.ai/inference/v1",
    families: ["accounts/fireworks/"],
    hint: "https://app.fireworks.ai/settings/users/api-keys",
  }),
  cloud("CEREBRAS", {
    id: "cerebras",
    label: "Cerebras",
    ...compatible("cerebras", { maxTokensField: "max_completion_tokens" }),
    baseUrl: "https://api.cerebras.ai/v1",
    hint: "https://cloud.cerebras.ai",
  }),
  withoutList(
    cloud("PERPLEXITY", {
      id: "perplexity",
      label: "Perplexity",
      // It sends the usage with each chunk, unasked.
      ...compatible("perplexity", { topK: true, streamOptions: false }),
      baseUrl: "https://api.perplexity.ai",
      keyEnv: ["PERPLEXITY_API_KEY", "PPLX_API_KEY"],
      families: ["sonar"],
      hint: "https://www.perplexity.ai/account/api/keys",
    }),
  ),
  cloud("MOONSHOT", {
    id: "moonshot",
    label: "Moonshot AI",
    // https://platform.moonshot.ai/docs/api/partial
    ...compatible("moonshot", { sendReasoning: "reasoning_content", goOn: "partial" }),
    capabilities: { prefix: true },
    baseUrl: "https://api.moonshot.ai/v1",
    families: ["kimi-", "moonshot-"],
    hint: "https://platform.moonshot.ai/console/api-keys",
  }),
  cloud("DASHSCOPE", {
    id: "alibaba",
    label: "Alibaba Model Studio",
    baseUrl: "https://dashscope-intl.aliyuncs.com/compatible-mode/v1",
    keyEnv: ["DASHSCOPE_API_KEY", "ALIBABA_API_KEY"],
    families: ["qwen", "qwq"],
    hint: "https://modelstudio.console.alibabacloud.com",
  }),
  withoutList(
    cloud("AZURE_OPENAI", {
      id: "azure",
      label: "Azure OpenAI",
      ...compatible("azure", { maxTokensField: "max_completion_tokens" }),
      baseUrlEnv: [
        "AZURE_OPENAI_ENDPOINT",
        "AZURE_OPENAI_BASE_URL",
        { name: "AZURE_RESOURCE_NAME", url: (resource) => `https://${resource}.openai.azure.com` },
      ],
      keyEnv: ["AZURE_OPENAI_API_KEY", "AZURE_API_KEY"],
      queryEnv: { "api-version": ["AZURE_OPENAI_API_VERSION", "OPENAI_API_VERSION"] },
      auth: { header: "api-key" },
      address: azureAddress,
      hint: "the endpoint is https://NAME.openai.azure.com, and the model is the name of your deployment",
    }),
  ),
  local("OLLAMA", {
    id: "ollama",
    label: "Ollama",
    dialect: ollama,
    baseUrl: "http://127.0.0.1:11434",
    baseUrlEnv: ["OLLAMA_URL", { name: "OLLAMA_HOST", url: ollamaHostUrl }],
    keyEnv: ["OLLAMA_API_KEY"],
    modelEnv: "OLLAMA_DEFAULT_MODEL",
    list: async (get) => (await import("./list-ollama-models.js")).listOllamaModels(get),
    hint: "ollama serve",
  }),
  local("LMSTUDIO", {
    id: "lmstudio",
    label: "LM Studio",
    baseUrl: "http://localhost:1234/v1",
    keyEnv: ["LM_API_TOKEN"],
    hint: "lms server start",
  }),
  local("VLLM", {
    id: "vllm",
    label: "vLLM",
    ...compatible("vllm", { topK: true, goOn: "continue_final_message" }),
    capabilities: { prefix: true },
    baseUrl: "http://localhost:8000/v1",
    hint: "vllm serve MODEL",
  }),
  local("LLAMACPP", {
    id: "llamacpp",
    label: "llama.cpp",
    ...compatible("llamacpp", { topK: true }),
    baseUrl: "http://localhost:8080/v1",
    keyEnv: ["LLAMA_API_KEY"],
    hint: "llama-server -m MODEL.gguf",
  }),
];
