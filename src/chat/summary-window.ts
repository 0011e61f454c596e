import { modelOf } from "../models/model-of.js";
import type { ChatModel } from "../stream/chat-model.js";
import { anything, type Check, exactly, filledString, wholeNumber } from "../stream/checks.js";
import { messageOf } from "../stream/error.js";
import type { ChatMessage } from "../stream/message.js";
import type { Usage } from "../stream/usage.js";
import { summaryWriter, withSummary } from "./summary-writer.js";
import { type EarlierSummary, newestMessages, type Window } from "./window.js";

/** Settings of `summarise`. */
export interface SummariseOptions {
  /** Writes the summary: a model, or its name. */
  model: ChatModel | string;
  /** The newest messages that are sent as they are. Default 10. */
  keep?: number;
  /** A summary is written once more than this many messages would be left out. Default 10. */
  every?: number;
  /** Tells the model what to write. */
  instructions?: string;
}

const OPTIONS = exactly("summarise", {
  model: anything,
  keep: wholeNumber(1),
  every: wholeNumber(1),
  instructions: filledString,
} satisfies Record<keyof SummariseOptions, Check>);

/**
 * Sends the newest messages as they are and a model's summary of those before. A summary is kept, with the conversation
 * where there is one, and extended by what came since: each message is summarised once. Where the model fails, what has no summary
 * yet is sent as it is, and the result says why (`summaryError`).
 *
 * @throws {SluiceError} `invalid-argument` for unknown options, and for numbers that are not whole and at least 1; as `model()` for
 *   a name.
 * @example
 * ```ts
 * import { Conversation, summarise } from "sluice/chat";
 *
 * const window = summarise({ model: "openai/gpt-5-nano", keep: 10 });
 * const conversation = new Conversation({ model: "openai/gpt-5-mini", window });
 * ```
 */
export function summarise(options: SummariseOptions): Window {
  OPTIONS(options, "");
  const { keep = 10, every = 10, instructions } = options;
  const model = modelOf(options.model);
  const write = summaryWriter(model, instructions);
  /** The summary, and the messages that it covers. */
  let summary: EarlierSummary | undefined;

  return async (messages, signal, earlier) => {
    let left = keep;
    const { kept, dropped: older } = newestMessages(messages, (unit) => {
      left -= unit.length;
      return left >= 0;
    });
    const before = new Set(older);
    // One that covers a repeated message, or another branch's, is of no use here, nor one that only a service can read.
    const fits = (one: EarlierSummary | undefined) =>
      one && one.messages === undefined && [...one.covers].every((message) => before.has(message));
    summary = [summary, earlier].find(fits);
    const uncovered = older.filter((message) => !summary?.covers.has(message));
    let summaryError: string | undefined;
    let used: Usage | undefined;
    const spend = (usage: Usage) => {
      used = usage;
    };
    if (uncovered.length >= every) {
      try {
        summary = { text: await write(summary?.text, uncovered, signal, spend), covers: before };
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
      ...(used && { spent: { model: model.id, usage: used } }),
    };
  };
}
