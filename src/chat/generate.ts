import type { FinishReason } from "../stream/chat-event.js";
import type { ChatModel } from "../stream/chat-model.js";
import type { AssistantMessage, ChatMessage } from "../stream/message.js";
import type { Prompt } from "../stream/prompt.js";
import type { Timing } from "../stream/timing.js";
import type { Usage } from "../stream/usage.js";
import { type StreamOptions, stream } from "./stream.js";

/** A whole answer. */
export interface Generated {
  /** All of its text that was not retracted. */
  text: string;
  /** The whole answer, as one message. */
  message: AssistantMessage;
  /** The same as messages to append to a history. */
  messages: ChatMessage[];
  /** Why the model stopped. */
  finishReason: FinishReason;
  /** Tokens. A count is absent where nobody gave it. */
  usage: Usage;
  /** How fast it was, in ms. */
  timing: Timing;
}

/**
 * Asks a model and waits for the whole answer.
 *
 * @throws {SluiceError} as `stream`, and whatever ends the stream.
 * @example
 * ```ts
 * import { generate } from "sluice";
 *
 * const { text, usage } = await generate("openai/gpt-5-mini", "Name three lakes.");
 * console.log(text, usage.outputTokens);
 * ```
 */
export async function generate(
  model: ChatModel | string,
  prompt: Prompt,
  options: StreamOptions = {},
): Promise<Generated> {
  const answer = stream(model, prompt, options);
  const finishReason = await answer.finishReason;
  const [text, message, messages, usage] = await Promise.all([
    answer.fullText,
    answer.message,
    answer.messages,
    answer.usage,
  ]);
  return { text, message, messages, finishReason, usage, timing: answer.timing };
}
