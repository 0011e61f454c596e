import { modelOf } from "../models/model-of.js";
import type { CallOptions, ChatModel } from "../stream/chat-model.js";
import type { ChatStream } from "../stream/chat-stream.js";
import { type Prompt, type PromptOptions, requestOf, splitOptions } from "../stream/prompt.js";

/** Options of `stream` and `generate`: what is asked, and how the call is made. */
export interface StreamOptions extends PromptOptions, CallOptions {}

/**
 * Asks a model and streams the answer.
 *
 * @param model a model, or its name as `model()` takes it.
 * @throws {SluiceError} at once, before any network call: `unknown-model`, `missing-key`, `invalid-argument`, `unsupported`.
 * @example
 * ```ts
 * import { stream } from "sluice";
 *
 * for await (const text of stream("ollama/llama3.2", "Hi").text) process.stdout.write(text);
 * ```
 */
export function stream(model: ChatModel | string, prompt: Prompt, options: StreamOptions = {}): ChatStream {
  const { asked, call } = splitOptions(options);
  return modelOf(model).stream(requestOf(prompt, asked), call);
}
