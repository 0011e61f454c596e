import { defined } from "../../base/defined.js";
import type { JsonObject, JsonValue } from "../../base/json.js";
import type { ChatRequest } from "../../stream/chat-request.js";
import type { CallTarget, WireRequest } from "../dialect.js";
import type { PlainRequest } from "../plain-request.js";

/** Where answers are asked for, below the base URL. */
export function pathOf({ model, stream }: CallTarget): string {
  const method = stream ? "streamGenerateContent?alt=sse" : "generateContent";
  return `/${model.includes("/") ? model : `models/${model}`}:${method}`;
}

/** How to sample and how long, as fields of `generationConfig`. */
export function writeSettings(request: ChatRequest): Record<string, JsonValue | undefined> {
  const { temperature, topP, topK, maxTokens, stop, seed, presencePenalty, frequencyPenalty } = request;
  return {
    temperature,
    topP,
    topK,
    maxOutputTokens: maxTokens,
    stopSequences: stop !== undefined && stop.length > 0 ? stop : undefined,
    seed,
    presencePenalty,
    frequencyPenalty,
  };
}

/** A request of nothing but texts. */
export function writePlainRequest(request: PlainRequest, target: CallTarget): WireRequest {
  const { messages } = request;
  const system = messages.filter(({ role }) => role === "system").map(({ content }) => ({ text: content }));
  const contents = messages
    .filter(({ role }) => role !== "system")
    .map(({ role, content }) => ({ role: role === "assistant" ? "model" : "user", parts: [{ text: content }] }));
  const config = defined(writeSettings(request));
  const body: JsonObject = {
    ...(system.length > 0 && { systemInstruction: { parts: system } }),
    contents,
    ...(Object.keys(config).length > 0 && { generationConfig: config }),
  };
  return { path: pathOf(target), body, warnings: [] };
}
