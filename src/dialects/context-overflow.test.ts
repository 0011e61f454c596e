import { expect, test } from "vitest";
import { providerError } from "./provider-error.js";

/** What services say, with the status that it came with (0: in mid-stream). */
const OVERFLOWS: readonly [service: string, status: number, message: string, code?: string][] = [
  [
    "OpenAI",
    400,
    "This model's maximum context length is 8192 tokens. However, your messages resulted in 10017 tokens.",
  ],
  [
    "OpenAI Responses",
    400,
    "Your input exceeds the context window of this model. Please adjust your input and try again.",
  ],
  ["OpenAI code", 400, "too much", "context_length_exceeded"],
  ["Azure", 400, "Input tokens exceed the configured limit", "context_length_exceeded"],
  ["Anthropic", 400, "prompt is too long: 213462 tokens > 200000 maximum", "invalid_request_error"],
  ["Anthropic max", 400, "input length and `max_tokens` exceed context limit: 190000 + 20000 > 200000"],
  ["Anthropic bytes", 413, "Request exceeds the maximum size", "request_too_large"],
  ["Google", 400, "The input token count (1196265) exceeds the maximum number of tokens allowed (1048575)."],
  [
    "Vertex",
    400,
    "Unable to submit request because the input token count is 1200000 but model only supports up to 1048576. The input token count exceeds",
  ],
  ["Bedrock", 400, "Input is too long for requested model.", "ValidationException"],
  ["Bedrock 2", 400, "Too many input tokens. Max input tokens: 1048576, request input token count: 1300000"],
  ["llama.cpp", 400, "the request exceeds the available context size, try increasing it", "exceed_context_size_error"],
  [
    "llama.cpp older",
    500,
    "the request exceeds the available context size. try increasing the context size or enable context shift",
  ],
  ["llama.cpp in a stream", 0, "Context size has been exceeded."],
  ["llama-cpp-python", 500, "Requested tokens (2285) exceed context window of 2048"],
  [
    "LM Studio",
    0,
    "Trying to keep the first 14538 tokens when context the overflows. However, the model is loaded with context length of only 2048 tokens, which is not enough.",
  ],
  [
    "LM Studio newer",
    400,
    "The number of tokens to keep from the initial prompt is greater than the context length (n_keep: 13055>= n_ctx: 4096).",
  ],
  [
    "LM Studio answer",
    0,
    "Reached context length of 4096 tokens with model (arch: llama), but this model does not currently support mid-generation context overflow",
  ],
  [
    "vLLM",
    400,
    "This model's maximum context length is 4096 tokens. However, you requested 5000 tokens (4500 in the messages, 500 in the completion).",
    "BadRequestError",
  ],
  [
    "vLLM max_tokens",
    400,
    "'max_tokens' or 'max_completion_tokens' is too large: 2000. This model's maximum context length is 4096 tokens and your request has 2104 input tokens (2000 > 4096 - 2104).",
  ],
  [
    "vLLM engine",
    500,
    "The prompt (total length 9000) is too long to fit into the model; longer than the maximum model length of 8192. Make sure that `max_model_len` is no smaller",
  ],
  ["vLLM decoder", 400, "The decoder prompt (length 40000) is longer than the maximum model length of 32768."],
  ["SGLang", 400, "The input (210000 tokens) is longer than the model's context length (131072 tokens)."],
  ["SGLang total", 400, "Requested token count exceeds the model's maximum context length of 32768 tokens."],
  [
    "TGI",
    422,
    "Input validation error: `inputs` tokens + `max_new_tokens` must be <= 4096. Given: 5000 `inputs` tokens and 512 `max_new_tokens`",
    "validation",
  ],
  ["TGI inputs", 422, "Input validation error: `inputs` must have less than 1024 tokens. Given: 5000"],
  ["Ollama", 400, "prompt too long; exceeded max context length by 4 tokens"],
  ["Ollama embedding", 500, "the input length exceeds the context length"],
  ["LiteLLM", 400, "litellm.ContextWindowExceededError: litellm.BadRequestError: oops"],
  ["LiteLLM as 500", 500, "litellm.ContextWindowExceededError: AnthropicError", "None"],
  [
    "OpenRouter",
    400,
    "This endpoint's maximum context length is 131072 tokens. However, you requested about 200000 tokens",
  ],
  ["xAI", 400, "This model's maximum prompt length is 131072 but the request contains 537812 tokens."],
  [
    "Together",
    422,
    "Input validation error: `inputs` tokens + `max_new_tokens` must be <= 32769. Given: 40000 `inputs` tokens",
  ],
  ["Together newer", 400, "The input (50000 tokens) is longer than the model's context length (32768 tokens)."],
  [
    "Moonshot",
    400,
    "Invalid request: Your request exceeded model token limit: 131072 (requested: 140000)",
    "invalid_request_error",
  ],
  ["Alibaba", 400, "Range of input length should be [1, 98304]", "InvalidParameter"],
  ["Alibaba wrapped", 500, "<400> InternalError.Algo.InvalidParameter: Range of input length should be [1, 202745]"],
  ["MiniMax", 400, "invalid params, context window exceeds limit (2013)"],
  ["Zhipu", 400, "Prompt exceeds max length", "1261"],
  ["Mistral", 400, "Prompt contains 40000 tokens, too large for model with 32768 maximum context length"],
  ["Cohere", 400, "too many tokens: total number of tokens in the prompt cannot exceed 4081 - received 5000."],
  ["Groq", 400, "Please reduce the length of the messages or completion.", "context_length_exceeded"],
  ["Cerebras", 400, "Current length is 9000 while limit is 8192"],
  ["GitHub Models", 413, "Request body too large for gpt-4o model. Max size: 8000 tokens.", "tokens_limit_reached"],
  ["Copilot", 400, "prompt token count of 140000 exceeds the limit of 128000", "model_max_prompt_tokens_exceeded"],
  ["Fireworks", 400, "The prompt is too long: 140000, model maximum context length: 131071"],
  ["DeepSeek", 400, "This model's maximum context length is 65536 tokens. However, you requested 70000 tokens"],
  ["Perplexity", 400, "Input is too long", "invalid_parameter"],
  ["a gateway without words", 413, "no message"],
];

test.each(OVERFLOWS)("%s (%i): %s", (_, status, message, code) => {
  const error = providerError({ message, code, status: status === 0 ? undefined : status });
  expect(error).toMatchObject({ code: "context-length", retryable: false });
});

test.each([
  [
    "a limit in time",
    429,
    "Rate limit reached for gpt-4o on tokens per min (TPM): Limit 30000, Used 29000, Requested 5000",
  ],
  ["too many requests", 429, "Too many requests, too many tokens per minute"],
  [
    "a limit on the answer",
    400,
    "max_tokens is too large: 100000. This model supports at most 16384 completion tokens",
  ],
  ["a limit on the answer, otherwise", 400, "Range of max_tokens should be [1, 8192]"],
  ["a bad message", 400, "messages: text content blocks must be non-empty"],
  ["a lost model", 404, "model 'context-1' not found"],
])("%s is none: %s", (_, status, message) => {
  expect(providerError({ message, status }).code).not.toBe("context-length");
});

test("words are looked for in time that grows with the text", () => {
  const long = `${"context tokens input count maximum limit 1 ".repeat(20_000)}`;
  expect(providerError({ message: long, status: 400 }).code).toBe("rejected");
});
