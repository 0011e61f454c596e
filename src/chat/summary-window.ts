import { modelOf } from "../models/model-of.js";
import type { ChatModel } from "../stream/chat-model.js";
import { anything, type Check, exactly, filledString, wholeNumber } from "../stream/checks.js";
import { messageOf, SluiceError } from "../stream/error.js";
import type { ChatMessage } from "../stream/message.js";
import { readableParts } from "./readable-message.js";
import { type EarlierSummary, newestMessages, type Window } from "./window.js";

/** Settings of `summarise`. */
export interface SummariseOptions {
  /** Writes the summary. */
  model: ChatModel;
  /** The newest messages that are sent as they are. Default 10. */
  keep?: number;
  /** A summary is written once more than this many messages would be left out. Default 10. */
  every?: number;
  /** Tells the model what to write. */
  instructions?: string;
}

const INSTRUCTIONS =
  "Summarise the conversation so far for somebody who will continue it. Keep names, numbers, decisions and open questions. " +
  "Write at most 200 words, no preamble.";

const OPTIONS = exactly("summarise", {
  model: anything,
  keep: wholeNumber(1),
  every: wholeNumber(1),
  instructions: filledString,
} satisfies Record<keyof SummariseOptions, Check>);

/**
 * Sends the newest messages as they are and a model's summary of those before. A summary is kept, with the conversation
 * where there is one, and extended by what came since: each message is summarised once. Where the model fails, what has no summary yet is sent as it is, and the
 * result says why.
 *
 * @throws {SluiceError} `invalid-argument` for numbers that are not whole and at least 1.
 */
export function summarise(options: SummariseOptions): Window {
  OPTIONS(options, "");
  const { keep = 10, every = 10, instructions = INSTRUCTIONS } = options;
  const model = modelOf(options.model);
  /** The summary, and the messages that it covers. */
  let summary: EarlierSummary | undefined;

  return async (messages, signal, earlier) => {
    let left = keep;
    const { kept, dropped: older } = newestMessages(messages, (unit) => {
      left -= unit.length;
      return left >= 0;
    });
    const before = new Set(older);
    // One that covers what is said again, or what another branch said, is of no use here.
    const fits = (one: EarlierSummary | undefined) => one && [...one.covers].every((message) => before.has(message));
    summary = [summary, earlier].find(fits);
    const uncovered = older.filter((message) => !summary?.covers.has(message));
    let summaryError: string | undefined;
    if (uncovered.length >= every) {
      try {
        summary = { text: await write(summary?.text, uncovered, signal), covers: before };
      } catch (thrown) {
        signal?.throwIfAborted();
        // What has no summary is sent as it is: the chat goes on, and the next turn tries again.
        summaryError = messageOf(thrown);
      }
    }
    const { covers, text } = summary ?? { covers: new Set<ChatMessage>(), text: undefined };
    const stay = new Set(kept);
    const sent = messages.filter((message) => stay.has(message) || !covers.has(message));
    return {
      messages: text === undefined ? sent : withSummary(sent, text),
      dropped: messages.length - sent.length,
      ...(text !== undefined && { summary: text, covers }),
      ...(summaryError !== undefined && { summaryError }),
    };
  };

  async function write(before: string | undefined, messages: ChatMessage[], signal?: AbortSignal): Promise<string> {
    const said = messages.map(asText).join("\n");
    const content = before === undefined ? said : `Summary until now: ${before}\n\nWhat came since:\n${said}`;
    const request = {
      messages: [
        { role: "system" as const, content: instructions },
        { role: "user" as const, content },
      ],
    };
    const answer = model.stream(request, signal === undefined ? {} : { signal });
    const reason = await answer.finishReason;
    const text = await answer.fullText;
    if (reason === "stop" && text.trim() !== "") return text;
    throw new SluiceError("provider-error", `${model.id} wrote no whole summary: it ended with ${reason}`);
  }
}

/** The summary stands after the instructions that begin the conversation. */
function withSummary(messages: readonly ChatMessage[], text: string): ChatMessage[] {
  const at = messages.findIndex((message) => message.role !== "system");
  const summary: ChatMessage = { role: "system", content: `Summary of the conversation so far: ${text}` };
  return [...messages.slice(0, at), summary, ...messages.slice(at)];
}

function asText(message: ChatMessage): string {
  const said = readableParts(message).map((part) => {
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
  return `${message.role}: ${said.filter((text) => text !== "").join(" ")}`;
}
