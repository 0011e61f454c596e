import { isJsonObject, type JsonObject, type JsonValue } from "../../base/json.js";
import type { Warning } from "../../stream/chat-event.js";
import type { ChatRequest } from "../../stream/chat-request.js";
import { SluiceError } from "../../stream/error.js";
import type { ChatMessage } from "../../stream/message.js";
import type { CallTarget, WireRequest } from "../dialect.js";
import { chatForm, generateForm } from "./answer-form.js";
import { textIn, writeUserContent } from "./write-messages.js";
import { mergeOptions, writeOptions } from "./write-options.js";

/**
 * A request to `/api/generate`, as https://docs.ollama.com/api/generate describes it: one prompt, with instructions and
 * images. A conversation can be continued where its last answer came from there, with the `context` it gave.
 */
export function writePrompt(request: ChatRequest, target: CallTarget): WireRequest {
  const warnings: Warning[] = [];
  if (request.tools !== undefined && request.tools.length > 0) {
    throw unsupported("tools", "tools", "none; the dialect ollama has them");
  }
  const { prompt, index, context } = promptOf(request.messages);
  const { content, images } = writeUserContent(prompt, `messages[${index}]`);
  const system = request.messages.flatMap((message) => (message.role === "system" ? [textIn(message.content)] : []));
  const body: JsonObject = {
    model: target.model,
    prompt: content,
    ...(system.length > 0 && { system: system.join("\n\n") }),
    ...(images !== undefined && { images }),
    ...(context !== undefined && { context }),
    stream: target.stream,
    ...writeOptions(request, warnings),
  };
  mergeOptions(body, request.providerOptions?.[chatForm.name]);
  mergeOptions(body, request.providerOptions?.[generateForm.name]);
  return { path: "/api/generate", body, warnings };
}

interface Prompt {
  prompt: Extract<ChatMessage, { role: "user" }>["content"];
  index: number;
  context?: JsonValue;
}

function promptOf(messages: readonly ChatMessage[]): Prompt {
  const allowed = "one user message, after system messages; the dialect ollama takes conversations";
  const index = messages.length - 1;
  const last = messages[index];
  if (last?.role !== "user") throw unsupported("messages", `${last?.role ?? "no message"} at the end`, allowed);
  const before = messages.findLast((message, at) => at < index && message.role !== "system");
  if (before === undefined) return { prompt: last.content, index };
  const context = before.role === "assistant" ? contextOf(before) : undefined;
  if (context === undefined) throw unsupported("messages", "several turns", allowed);
  return { prompt: last.content, index, context };
}

function contextOf({ content }: Extract<ChatMessage, { role: "assistant" }>): JsonValue | undefined {
  for (const part of typeof content === "string" ? [] : content) {
    if (part.type === "opaque" && part.opaque.dialect === generateForm.name && isJsonObject(part.opaque.data)) {
      return part.opaque.data.context;
    }
  }
  return undefined;
}

function unsupported(field: string, found: string, allowed: string): SluiceError {
  return new SluiceError("unsupported", `${field}: found ${found}; allowed by ollama-generate: ${allowed}`, { field });
}
