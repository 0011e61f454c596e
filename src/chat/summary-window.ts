import type { ChatModel } from "../stream/chat-model.js";
import { invalid } from "../stream/error.js";
import { type ChatMessage, textOf } from "../stream/message.js";
import { newestUnits, splitUnits, type Window } from "./window.js";

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

/**
 * Sends the newest messages as they are and a model's summary of those before. A summary is kept and extended by what
 * came since, so each message is summarised once.
 *
 * @throws {SluiceError} `invalid-argument` for numbers that are not whole and at least 1.
 */
export function summarise(options: SummariseOptions): Window {
  const { model, keep = 10, every = 10, instructions = INSTRUCTIONS } = options;
  for (const [field, value] of Object.entries({ keep, every })) {
    if (!Number.isSafeInteger(value) || value < 1) throw invalid(field, value, "a whole number of at least 1");
  }
  /** The summary, and the last message that it covers. */
  let summary: { text: string; upTo: ChatMessage } | undefined;

  return async (messages, signal) => {
    const { system, units } = splitUnits(messages);
    let left = keep;
    const kept = newestUnits(units, (unit) => {
      left -= unit.length;
      return left >= 0;
    }).flat();
    const older = units.flat().slice(0, units.flat().length - kept.length);
    const covered = summary === undefined ? 0 : older.indexOf(summary.upTo) + 1;
    // A branch that the summary does not cover begins a new one.
    if (covered === 0) summary = undefined;
    const last = older.at(-1);
    if (last !== undefined && older.length - covered >= every) {
      const text = await write(summary?.text, older.slice(covered), signal);
      summary = { text, upTo: last };
    }
    const uncovered = summary === undefined ? older : older.slice(older.indexOf(summary.upTo) + 1);
    const summaryMessage: ChatMessage[] =
      summary === undefined ? [] : [{ role: "system", content: `Summary of the conversation so far: ${summary.text}` }];
    return {
      messages: [...system, ...summaryMessage, ...uncovered, ...kept],
      dropped: older.length - uncovered.length,
      ...(summary && { summary: summary.text }),
    };
  };

  async function write(before: string | undefined, messages: ChatMessage[], signal?: AbortSignal): Promise<string> {
    const said = messages.map((message) => `${message.role}: ${textOf(message)}`).join("\n");
    const content = before === undefined ? said : `Summary until now: ${before}\n\nWhat came since:\n${said}`;
    const request = {
      messages: [
        { role: "system" as const, content: instructions },
        { role: "user" as const, content },
      ],
    };
    return model.stream(request, signal === undefined ? {} : { signal }).fullText;
  }
}
