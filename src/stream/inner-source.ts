import type { BatchSource } from "./batch-source.js";
import type { CallOptions, ChatModel } from "./chat-model.js";
import type { ChatRequest } from "./chat-request.js";
import type { ChatStream } from "./chat-stream.js";
import { invalid } from "./error.js";

/**
 * Asks a model for an answer that becomes part of another stream. That stream listens to the signal, keeps the answer and its
 * times, and holds the events to the laws: the inner one does none of it again.
 *
 * @throws {SluiceError} `invalid-argument` for what is not a model, as a user's function may return; what the model refuses at once.
 */
export function innerSource(model: ChatModel, request: ChatRequest, options: CallOptions): BatchSource {
  const { signal: _, ...inner } = options;
  if (typeof model?.stream !== "function") throw invalid("model", model, "a chat model");
  return sourceOf(model.stream(request, { ...inner, retain: false }), `the answer of ${model.id}`);
}

/**
 * What a stream emits, for another stream.
 *
 * @param field names the value in the error if it is not a stream.
 * @throws {SluiceError} `invalid-argument`.
 */
export function sourceOf(stream: ChatStream, field: string): BatchSource {
  if (typeof stream?.source !== "function") throw invalid(field, stream, "a ChatStream");
  return stream.source();
}
