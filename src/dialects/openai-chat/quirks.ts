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
  /**
   * Under which name reasoning of earlier turns is sent back; `thinking`: as Mistral's chunks in the content, where it
   * stood. Default: not at all. As `reasoning_content` each answer with calls has it, a blank if there was none.
   */
  sendReasoning?: "reasoning_content" | "reasoning" | "thinking";
  /**
   * How reasoning effort is asked for: `reasoning_effort` (default), the same where it knows only `high` and `none`,
   * OpenRouter's `reasoning` object, or not at all.
   */
  reasoning?: "reasoning_effort" | "high-or-none" | "reasoning" | "none";
  /**
   * How the model is asked to go on from an assistant message at the end: a field of that message (Mistral's `prefix`,
   * Moonshot's `partial`), or vLLM's fields of the request. Default: it is not asked.
   */
  goOn?: "prefix" | "partial" | "continue_final_message";
  /** The service whose rules for histories apply. Default: OpenAI's. */
  history?: "mistral";
  /** Whether a message of nothing but text may be a list of parts. Default true; elsewhere it is sent as a string. */
  textParts?: boolean;
  /** Names under which `providerOptions` for this service are given, beside `openai-chat`. */
  optionsFrom?: readonly string[];
}
