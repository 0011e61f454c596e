import { defined } from "../../base/defined.js";
import type { JsonObject, JsonValue } from "../../base/json.js";
import type { ChatRequest } from "../../stream/chat-request.js";
import type { CallTarget, WireRequest } from "../dialect.js";
import type { PlainRequest } from "../plain-request.js";
import type { OpenAiChatQuirks } from "./quirks.js";

/** Where completions are asked for, below the base URL. */
export const PATH = "/chat/completions";

/** What all requests say beside their messages: whether to stream, how to sample, and how long. */
export function writeSettings(
  request: ChatRequest,
  { stream }: CallTarget,
  { maxTokensField = "max_completion_tokens", seedField = "seed", streamOptions = true }: OpenAiChatQuirks,
): Record<string, JsonValue | undefined> {
  const { temperature, topP, maxTokens, stop, seed, presencePenalty, frequencyPenalty } = request;
  return {
    ...(stream && { stream: true }),
    ...(stream && streamOptions && { stream_options: { include_usage: true } }),
    temperature,
    top_p: topP,
    [maxTokensField]: maxTokens,
    stop: stop?.length === 0 ? undefined : stop,
    [seedField]: seed,
    presence_penalty: presencePenalty,
    frequency_penalty: frequencyPenalty,
  };
}

/** A request of nothing but texts. */
export function writePlainRequest(request: PlainRequest, target: CallTarget, quirks: OpenAiChatQuirks): WireRequest {
  const messages = request.messages.map(({ role, content }): JsonObject => ({ role, content }));
  const body = defined({ model: target.model, messages, ...writeSettings(request, target, quirks) });
  return { path: PATH, body, warnings: [] };
}
