import type { ChatModel } from "../stream/chat-model.js";
import type { ChatRequest } from "../stream/chat-request.js";
import { SluiceError } from "../stream/error.js";
import type { ChatMessage } from "../stream/message.js";
import type { Usage } from "../stream/usage.js";
import { readableParts } from "./readable-message.js";

const INSTRUCTIONS =
  "Summarise the conversation so far for somebody who will continue it. Keep names, numbers, decisions and open questions. " +
  "Write at most 200 words, no preamble.";

/** Writes a summary of messages, going on from the one before where there is one; says what it used, whether it succeeds or not. */
export type SummaryWriter = (
  before: string | undefined,
  messages: readonly ChatMessage[],
  signal?: AbortSignal,
  spend?: (usage: Usage) => void,
) => Promise<string>;

/**
 * Writes with a model.
 *
 * @param instructions tells the model what to write. Default: at most 200 words.
 * @returns a function that rejects with `provider-error` where the model writes nothing, or does not come to its end.
 */
export function summaryWriter(model: ChatModel, instructions = INSTRUCTIONS): SummaryWriter {
  return async (before, messages, signal, spend) => {
    const answer = model.stream(summaryRequest(before, messages, instructions), signal === undefined ? {} : { signal });
    const reason = await answer.finishReason;
    spend?.(await answer.usage);
    const text = await answer.fullText;
    if (reason === "stop" && text.trim() !== "") return text;
    throw new SluiceError("provider-error", `${model.id} wrote no whole summary: it ended with ${reason}`);
  };
}

/** What a model is asked for a summary. */
export function summaryRequest(
  before: string | undefined,
  messages: readonly ChatMessage[],
  instructions: string,
): ChatRequest {
  const text = messages.map(asText).join("\n");
  const content = before === undefined ? text : `Summary until now: ${before}\n\nWhat came since:\n${text}`;
  return {
    messages: [
      { role: "system", content: instructions },
      { role: "user", content },
    ],
  };
}

/** The summary stands after the instructions that begin the conversation. */
export function withSummary(messages: readonly ChatMessage[], text: string): ChatMessage[] {
  return afterInstructions(messages, [summaryMessage(text)]);
}

/** A summary as a message. */
export function summaryMessage(text: string): ChatMessage {
  return { role: "system", content: summaryText(text) };
}

/** A summary as models are sent it. */
export function summaryText(summary: string): string {
  return `Summary of the conversation so far: ${summary}`;
}

/** Messages with others behind the instructions that they begin with. */
export function afterInstructions(messages: readonly ChatMessage[], others: readonly ChatMessage[]): ChatMessage[] {
  const at = messages.findIndex(({ role }) => role !== "system");
  const first = at === -1 ? messages.length : at;
  return [...messages.slice(0, first), ...others, ...messages.slice(first)];
}

function asText(message: ChatMessage): string {
  const parts = readableParts(message).map((part) => {
    switch (part.kind) {
      case "text":
        return part.text;
      case "reasoning":
        return "";
      case "data":
        return `[${part.label}: ${part.data}]`;
      case "note":
        return `[${part.text}]`;
      default:
        return part satisfies never;
    }
  });
  return `${message.role}: ${parts.filter((part) => part !== "").join(" ")}`;
}
