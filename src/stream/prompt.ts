import { CALL_OPTIONS } from "./call-options.js";
import type { CallOptions } from "./chat-model.js";
import type { ChatRequest } from "./chat-request.js";
import { exactly, string } from "./checks.js";
import { invalid } from "./error.js";
import type { ChatMessage } from "./message.js";
import { REQUEST_OPTIONS } from "./validate-request.js";

/** What a model can be asked with: a text, messages, or a whole request. */
export type Prompt = string | readonly ChatMessage[] | ChatRequest;

/** Options of a request that can stand beside a prompt. */
export interface PromptOptions extends Omit<ChatRequest, "messages"> {
  /** Instructions to the model; stands before the prompt's messages. */
  system?: string;
}

/**
 * The request that a prompt and its options mean. Options win over those of a request.
 *
 * @throws {SluiceError} `invalid-argument`.
 */
export function requestOf(prompt: Prompt, { system, ...options }: PromptOptions = {}): ChatRequest {
  const asked = askedWith(prompt);
  const messages: ChatMessage[] =
    system === undefined ? asked.messages : [{ role: "system", content: system }, ...asked.messages];
  return { ...asked, ...options, messages };
}

/** The fields of what is asked and of how the call is made. */
export const PROMPT_OPTIONS = { ...REQUEST_OPTIONS, system: string, ...CALL_OPTIONS };

const OPTIONS = exactly("a call", PROMPT_OPTIONS);

/**
 * Separates the options of a request (what is asked) from those of its call (how it is made).
 *
 * @throws {SluiceError} `invalid-argument` for an unknown option or a value of the wrong kind.
 */
export function splitOptions<O extends PromptOptions & CallOptions>(
  options: O,
): { asked: Omit<O, keyof CallOptions>; call: CallOptions } {
  OPTIONS(options, "");
  const { context, signal, timeouts, retry, headers, onWire, streaming, retain, ...asked } = options;
  const call = { context, signal, timeouts, retry, headers, onWire, streaming, retain };
  return { asked, call: Object.fromEntries(Object.entries(call).filter(([, value]) => value !== undefined)) };
}

function askedWith(prompt: Prompt): ChatRequest {
  if (typeof prompt === "string") {
    if (prompt === "") throw invalid("prompt", prompt, "a text that is not empty");
    return { messages: [{ role: "user", content: prompt }] };
  }
  if (typeof prompt !== "object" || prompt === null) throw invalid("prompt", prompt, "a text, messages or a request");
  return "messages" in prompt ? prompt : { messages: [...prompt] };
}
