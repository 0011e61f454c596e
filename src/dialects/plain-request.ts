import { wellFormed } from "../base/well-formed.js";
import type { ChatRequest } from "../stream/chat-request.js";
import type { ChatMessage } from "../stream/message.js";

/** A request of nothing but texts, as each protocol sends them unchanged. */
export interface PlainRequest extends ChatRequest {
  messages: { role: "system" | "user" | "assistant"; content: string }[];
}

/** What may be asked beside the messages of a plain request: what is a field of its own in the protocols, or none. */
const SETTINGS: readonly string[] = [
  "messages",
  "temperature",
  "topP",
  "maxTokens",
  "stop",
  "seed",
  "presencePenalty",
  "frequencyPenalty",
] satisfies (keyof ChatRequest)[];

/**
 * Whether a request asks in words alone and has a history that every service takes as it is: instructions, then the user and
 * the assistant by turns, the user last, each with a text. Then neither history nor tools need any code.
 */
export function isPlainRequest(request: ChatRequest): request is PlainRequest {
  for (const name in request) {
    if (request[name as keyof ChatRequest] !== undefined && !SETTINGS.includes(name)) return false;
  }
  const { messages } = request;
  const first = messages.findIndex(({ role }) => role !== "system");
  const speakers = ["user", "assistant"];
  return (
    messages.at(-1)?.role === "user" &&
    messages.every((message, index) => isPlain(message, index < first ? "system" : speakers[(index - first) % 2]))
  );
}

function isPlain(message: ChatMessage, speaker: string | undefined): boolean {
  const { role, content } = message;
  if (role !== speaker || typeof content !== "string" || (role === "user" && message.name !== undefined)) return false;
  return content.trim() !== "" && wellFormed(content) === content;
}
