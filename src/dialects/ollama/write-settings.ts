import type { JsonObject } from "../../base/json.js";
import type { ChatRequest } from "../../stream/chat-request.js";
import type { CallTarget, WireRequest } from "../dialect.js";
import type { PlainRequest } from "../plain-request.js";

/** Where chats are asked for, below the base URL. */
export const PATH = "/api/chat";

/** How to sample and how long, as the model's options. */
export function writeSettings(request: ChatRequest): JsonObject {
  const { temperature, topP, topK, maxTokens, stop, seed, presencePenalty, frequencyPenalty } = request;
  return {
    ...(temperature !== undefined && { temperature }),
    ...(topP !== undefined && { top_p: topP }),
    ...(topK !== undefined && { top_k: topK }),
    ...(maxTokens !== undefined && { num_predict: maxTokens }),
    ...(stop !== undefined && stop.length > 0 && { stop }),
    ...(seed !== undefined && { seed }),
    ...(presencePenalty !== undefined && { presence_penalty: presencePenalty }),
    ...(frequencyPenalty !== undefined && { frequency_penalty: frequencyPenalty }),
  };
}

/** A request of nothing but texts. */
export function writePlainRequest(request: PlainRequest, { model, stream }: CallTarget): WireRequest {
  const messages = request.messages.map(({ role, content }): JsonObject => ({ role, content }));
  const options = writeSettings(request);
  const body = { model, messages, stream, ...(Object.keys(options).length > 0 && { options }) };
  return { path: PATH, body, warnings: [] };
}
