import type { Capabilities, SchemaLimits } from "../stream/chat-model.js";

/**
 * Services whose models hold an answer to a JSON schema.
 *
 * OpenAI, Anthropic, Google, Mistral and xAI: https://www.developersdigest.tech/blog/structured-outputs-across-ai-apis-2026.
 * Ollama: https://docs.ollama.com/capabilities/structured-outputs. LM Studio, vLLM and llama.cpp hold any model to a
 * grammar, by the field of OpenAI's protocol.
 */
const WITH_SCHEMA = new Set([
  ...["openai", "anthropic", "gemini", "mistral", "xai"],
  ...["ollama", "lmstudio", "vllm", "llamacpp"],
]);

/**
 * Older models of these services that do not, by the beginnings of their names; they call tools.
 *
 * OpenAI: https://platform.openai.com/docs/guides/structured-outputs (from gpt-4o-2024-08-06 on). Anthropic:
 * https://platform.claude.com/docs/en/build-with-claude/structured-outputs (from Sonnet 4.5 and Opus 4.1 on).
 */
const TOOLS_ONLY: readonly string[] = [
  "openai/gpt-3.5-",
  "openai/gpt-4-",
  "openai/gpt-4o-2024-05-13",
  "anthropic/claude-3",
  "anthropic/claude-opus-4-0",
  "anthropic/claude-opus-4-2025",
  "anthropic/claude-sonnet-4-0",
  "anthropic/claude-sonnet-4-2025",
];

/**
 * What the schemas of these services cannot say, so that a value is asked for in another way.
 *
 * Anthropic: https://platform.claude.com/docs/en/build-with-claude/structured-outputs, "JSON Schema limitations" and "Schema
 * complexity limits". Gemini: `responseJsonSchema` of https://ai.google.dev/api/generate-content#GenerationConfig (cyclic
 * references only where a property may be missing, and unrolled to a limited degree).
 */
const LIMITS: Readonly<Record<string, SchemaLimits>> = {
  anthropic: { recursion: false, open: false, optional: 24, unions: 16 },
  gemini: { recursion: false },
};

/**
 * How a model can be brought to answer in a form, as far as its name tells.
 *
 * @param id for example `openai/gpt-5`.
 */
export function answerFormsOf(id: string): Pick<Capabilities, "jsonSchema" | "jsonSchemaLimits" | "tools"> {
  if (id === "openai/gpt-4" || TOOLS_ONLY.some((beginning) => id.startsWith(beginning))) {
    return { jsonSchema: false, tools: true };
  }
  const service = id.slice(0, id.indexOf("/"));
  if (!WITH_SCHEMA.has(service)) return {};
  const limits = LIMITS[service];
  return {
    jsonSchema: true,
    ...(limits && { jsonSchemaLimits: limits }),
    // Its tools take any schema, where they are not strict; of Gemini's this is not said.
    ...(service === "anthropic" && { tools: true }),
  };
}
