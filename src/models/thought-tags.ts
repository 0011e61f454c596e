import type { ThoughtTags } from "../stream/part-thoughts.js";

/** Models of services that say a model's reasoning as a part of its text. */
interface Row {
  /** Services that pass the text on as the model says it. */
  providers: readonly string[];
  /** Of the model's name. */
  models: RegExp;
  tags: ThoughtTags;
}

const THINK: ThoughtTags = { open: "<think>", close: "</think>" };

/**
 * Which models say their reasoning in tags, where the service leaves it there: those of DeepSeek's R1, QwQ and Qwen 3, GLM and
 * MiniMax (https://huggingface.co/deepseek-ai/DeepSeek-R1#usage-recommendations, https://qwen.readthedocs.io/en/latest/getting_started/quickstart.html,
 * https://www.minimax.io/news/minimax-m2), and Mistral's Magistral (https://huggingface.co/mistralai/Magistral-Small-2507).
 * Off for all others. Where a server parts them itself, there is no tag to be found and nothing changes.
 */
const ROWS: readonly Row[] = [
  {
    providers: ["ollama", "lmstudio", "vllm", "llamacpp", "together", "fireworks", "groq", "openrouter", "cerebras"],
    models:
      /deepseek-r1|(?:^|[-/:])r1(?:[-:]|$)|qwq|qwen-?3|qwen3|glm-(?:4\.[1-9]|z1)|minimax-m|deephermes|openthinker|exaone-deep|smollm3/i,
    tags: THINK,
  },
  {
    providers: ["lmstudio", "vllm", "llamacpp"],
    models: /magistral/i,
    tags: { open: "[THINK]", close: "[/THINK]" },
  },
];

/** The tags around the reasoning of a model; `undefined` for models that say none in their text. */
export function thoughtTagsOf(provider: string, model: string): ThoughtTags | undefined {
  return ROWS.find(({ providers, models }) => providers.includes(provider) && models.test(model))?.tags;
}
