/**
 * The words with which services refuse a prompt that is too long, whatever the status that comes with them: llama.cpp and
 * vLLM have answered so with 500 as well. There is no standard; each row is what one service says that no other row finds,
 * with where that is documented, or reported.
 */
const OVERFLOW_WORDS: readonly RegExp[] = [
  // OpenAI, Azure, DeepSeek, Fireworks and others: https://platform.openai.com/docs/guides/error-codes
  /maximum context|context window (?:of|for) this model/i,
  // OpenAI (chat before tokens were counted for both): https://community.openai.com/t/error-code-400-string-too-long/912087
  /reduce the length of (?:the|your) (?:messages|prompt|input)|string_above_max_length/i,
  // Anthropic: https://platform.claude.com/docs/en/api/errors
  /exceed context limit|request_too_large/i,
  // Google: https://ai.google.dev/gemini-api/docs/troubleshooting
  /input token count .{0,40}exceeds|input context is too long|exceeds the maximum number of (?:input )?tokens/i,
  // llama.cpp: https://github.com/ggml-org/llama.cpp/pull/15780
  /exceed_context_size|exceeds? the (?:available )?context size/i,
  // llama-cpp-python: https://github.com/abetlen/llama-cpp-python/issues/416
  /requested tokens .{0,20}exceed context window/i,
  // LM Studio: https://github.com/lmstudio-ai/lmstudio-bug-tracker/issues/237
  /when (?:the )?context (?:the )?overflows|greater than the context length|reached context length of/i,
  // vLLM: https://github.com/vllm-project/vllm/blob/main/vllm/entrypoints/openai/serving_engine.py
  /maximum model length|longer than the (?:maximum )?model|max_model_len|maximum input length of/i,
  // SGLang: https://github.com/sgl-project/sglang/blob/main/python/sglang/srt/managers/tokenizer_manager.py
  /requested token count exceeds/i,
  // TGI: https://github.com/huggingface/text-generation-inference/blob/main/router/src/validation.rs
  /inputs`? (?:tokens )?must (?:be|have) (?:<=|less than)/i,
  // Ollama: https://github.com/ollama/ollama/blob/main/server/routes.go
  /exceed(?:s|ed)? (?:the )?(?:max(?:imum)? )?context length|input length exceeds/i,
  // OpenRouter: https://openrouter.ai/docs/api-reference/errors
  /context-length-exceeded|middle-out/i,
  // xAI: https://docs.x.ai/docs/key-information/debugging
  /maximum prompt length/i,
  // Together: https://docs.together.ai/docs/error-codes
  /tokens? \+ `?max_new_tokens`?|model's context length/i,
  // Moonshot: https://platform.moonshot.ai/docs/api/chat#error-description
  /request exceeded .{0,20}token limit/i,
  // Alibaba: https://www.alibabacloud.com/help/en/model-studio/error-code
  /input length should be/i,
  // MiniMax: https://platform.minimax.io/docs/api-reference/errorcode
  /context window exceeds limit|tokens? limit exceed/i,
  // Zhipu: https://docs.z.ai/api-reference/api-code
  /prompt (?:length )?exceeds/i,
  // Mistral: https://docs.mistral.ai/getting-started/models/
  /prompt contains \d+ tokens/i,
  // Cohere: https://docs.cohere.com/reference/errors
  // Bedrock: https://docs.aws.amazon.com/bedrock/latest/userguide/troubleshooting-api-error-codes.html
  /too many (?:input )?tokens|total number of tokens .{0,60}cannot exceed/i,
  // Groq, Cerebras: https://console.groq.com/docs/errors
  /context_length_error|current length is \d+ while limit is \d+|reduce your message size/i,
  // GitHub Models, Copilot: https://github.com/orgs/community/discussions/159087
  /tokens_limit_reached|model_max_prompt_tokens_exceeded|prompt token count .{0,20}exceeds/i,
  // Perplexity, Baidu, Tencent and others: https://docs.perplexity.ai/guides/api-error-codes
  // The names that OpenAI, Anthropic and LiteLLM have for it: https://docs.litellm.ai/docs/exception_mapping
  /(?:prompt|input|request|conversation)[ _](?:is )?too[ _]long|context[ _]?(?:length|window|limit|size)[ _]?(?:is |was |has been )?exceeded/i,
  // node-llama-cpp: https://node-llama-cpp.withcat.ai/api/classes/LlamaChat
  /context size is too small|context shift strategy/i,
];

/** Words of limits in time, which pass: they may speak of tokens as well. */
const RATE = /rate.?limit|per.?(?:minute|day|hour|second)|\b[TR]P[MDS]\b|too many requests|throttl|quota/i;
/** Limits on the answer alone: a shorter prompt does not help. */
const ANSWER_ONLY = /^(?!.*(?:context|prompt|input)).*max_(?:completion_|output_)?tokens/i;

/** Whether a service's words mean that the prompt does not fit the model. */
export function isContextOverflow(message: string): boolean {
  if (RATE.test(message) || ANSWER_ONLY.test(message)) return false;
  return OVERFLOW_WORDS.some((words) => words.test(message));
}

/**
 * Whether a limit on tokens in a time is one that this request can never keep: it asks for more than the whole limit
 * (OpenAI and Groq say `Limit 6000, Requested 7500`).
 */
export function exceedsWholeLimit(message: string): boolean {
  const [, limit, requested] = /limit:? (\d+)[^\d].{0,60}?requested:? (\d+)/i.exec(message) ?? [];
  const used = /used:? (\d+)/i.test(message);
  return limit !== undefined && requested !== undefined && !used && Number(requested) > Number(limit);
}
