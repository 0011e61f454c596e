import { isJsonObject, type JsonValue } from "../base/json.js";
import { lookup } from "../base/lookup.js";
import type { FinishReason } from "../stream/chat-event.js";
import { filledString } from "./filled-string.js";
import { providerError } from "./provider-error.js";

/**
 * The words with which services end an answer, by what they mean, in whatever protocol: gateways pass a provider's own word
 * on in another's field. Without regard to case.
 */
const WORDS: readonly [reason: FinishReason, words: string][] = [
  // Together, TGI, Cohere and others have words of their own for an answer that is complete.
  ["stop", "stop end_turn stop_sequence eos eos_token end complete completed finish finished"],
  // Mistral's is the end of the model's context.
  [
    "length",
    "length max_tokens model_context_window_exceeded model_length max_length max_output_tokens error_limit context_length",
  ],
  ["tool-calls", "tool_calls function_call tool_use"],
  // OpenAI's, Google's, Bedrock's, Cohere's and Zhipu's filters.
  [
    "content-filter",
    "content_filter safety recitation blocklist prohibited_content spii model_armor jailbreak image_safety " +
      "image_prohibited_content image_recitation content_filtered guardrail_intervened error_toxic sensitive moderation",
  ],
  ["refusal", "refusal"],
  // Sending the conversation back goes on: Google with the token that came beside it, Anthropic also after a compaction.
  ["pause", "pause pause_turn continuation compaction"],
  ["budget", "budget"],
  [
    "other",
    "other language no_image image_other malformed_function_call malformed_response unexpected_tool_call " +
      "too_many_tool_calls missing_thought_signature finish_reason_unspecified malformed_tool_use malformed_model_output",
  ],
];

const REASONS: ReadonlyMap<string, FinishReason> = /* @__PURE__ */ new Map(
  WORDS.flatMap(([reason, words]) => words.split(" ").map((word): [string, FinishReason] => [word, reason])),
);

const GIVEN_UP = "the server gave the answer up";

/** Words for an answer that broke off, with what they mean: it is not complete. */
const BROKEN_OFF = lookup<string>({
  error: "the answer broke off with an error",
  failed: "the answer broke off",
  server_error: "the answer broke off",
  // DeepSeek.
  insufficient_system_resource: "the service ran out of resources for the answer",
  // Zhipu.
  network_error: "the service lost its model",
  // vLLM and SGLang, and gateways that lost the server behind them.
  abort: GIVEN_UP,
  aborted: GIVEN_UP,
  cancelled: GIVEN_UP,
  canceled: GIVEN_UP,
  timeout: GIVEN_UP,
});

/** What a word for an end means; `undefined` for one that nobody is known to use. */
export function endWord(word: string): FinishReason | undefined {
  return REASONS.get(word.toLowerCase());
}

/** The word in a field for it. SGLang puts it into an object, `{ type: "stop", matched: 2 }`. */
export function endWordIn(value: JsonValue | undefined): string | undefined {
  return filledString(isJsonObject(value) ? value.type : value);
}

/**
 * Nothing where a field says an end.
 *
 * @throws {SluiceError} the provider's error for one that says that the answer broke off, in its own words where it has any.
 */
export function throwBrokenOff(value: JsonValue | undefined): void {
  const code = endWordIn(value);
  const meaning = code === undefined ? undefined : BROKEN_OFF.get(code.toLowerCase());
  if (code === undefined || meaning === undefined) return;
  const worded = code === "error" ? meaning : `${code}: ${meaning}`;
  throw providerError({ message: filledString(isJsonObject(value) ? value.message : undefined) ?? worded, code });
}
