/** How a service that speaks this protocol differs from OpenAI's own. */
export interface OpenAiChatQuirks {
  /** The name of the field for `maxTokens`. Default `max_completion_tokens`; most others know only `max_tokens`. */
  maxTokensField?: "max_completion_tokens" | "max_tokens";
  /** The name of the field for `seed`. Default `seed`. */
  seedField?: "seed" | "random_seed";
  /** Whether `user` is understood. Default true. */
  user?: boolean;
  /** Whether `stream_options.include_usage` is understood. Default true. */
  streamOptions?: boolean;
  /** Whether `top_k` is understood. Default false, as with OpenAI. */
  topK?: boolean;
  /** Under which name reasoning of earlier turns is sent back. Default: not at all. */
  sendReasoning?: "reasoning_content" | "reasoning";
  /** How reasoning effort is asked for: `reasoning_effort` (default), OpenRouter's `reasoning` object, or not at all. */
  reasoning?: "reasoning_effort" | "reasoning" | "none";
  /** Names under which `providerOptions` for this service are given, beside `openai-chat`. */
  optionsFrom?: readonly string[];
}
