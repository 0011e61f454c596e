import type { BatchSource } from "./batch-source.js";
import type { CallOptions, ChatModel } from "./chat-model.js";
import type { ChatRequest } from "./chat-request.js";

/**
 * Asks a model for an answer that becomes part of another stream. That stream listens to the signal, keeps the answer and its
 * times, and holds the events to the laws: the inner one does none of it again.
 *
 * @throws {SluiceError} what the model refuses at once.
 */
export function innerSource(model: ChatModel, request: ChatRequest, options: CallOptions): BatchSource {
  const { signal: _, ...inner } = options;
  return model.stream(request, { ...inner, retain: false }).source();
}
