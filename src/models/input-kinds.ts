import type { CallingDialect } from "../dialects/dialect.js";
import type { InputKind } from "../stream/chat-model.js";

/** What each protocol has a place for, beside text. What it writes still depends on the format and the form. */
const BY_DIALECT: Readonly<Record<string, readonly InputKind[]>> = {
  "openai-chat": ["image", "audio", "document"],
  "openai-responses": ["image", "audio", "document"],
  anthropic: ["image", "document"],
  gemini: ["image", "audio", "video", "document"],
  ollama: ["image"],
};

/**
 * Models that take only text, by the beginnings of their names.
 *
 * OpenAI: https://developers.openai.com/api/docs/models/gpt-4.md and https://openrouter.ai/openai/o3-mini. DeepSeek's
 * server knows no other content than text: https://github.com/can1357/oh-my-pi/pull/9169. Llama 3.1 and 3.3 take and give
 * text: their model cards.
 */
const TEXT_ONLY: readonly string[] = [
  "openai/gpt-3.5-turbo",
  "openai/gpt-4-0613",
  "openai/o1-mini",
  "openai/o3-mini",
  "deepseek/",
  "groq/llama-3.1-8b",
  "groq/llama-3.3-70b",
  "cerebras/llama3.1-8b",
  "cerebras/llama-3.3-70b",
];

/**
 * What a model takes beside text, as far as its protocol and its name tell; `undefined` where they do not.
 *
 * @param id for example `openai/gpt-5`.
 */
export function inputKindsOf(id: string, dialect: CallingDialect): readonly InputKind[] | undefined {
  if (id === "openai/gpt-4" || TEXT_ONLY.some((beginning) => id.startsWith(beginning))) return [];
  return BY_DIALECT[dialect.name];
}
