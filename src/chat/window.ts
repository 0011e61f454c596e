import type { ChatMessage } from "../stream/message.js";

/** What a window let through, and what it did not. */
export interface WindowResult {
  /** What the model is sent, system messages included. */
  messages: ChatMessage[];
  /** Messages that were left out. */
  dropped: number;
  /** Tokens of what is sent, where the window counted. */
  tokens?: number;
  /** Set where `tokens` is an estimate. */
  estimated?: true;
  /** What stands in for the messages that were left out, where the window wrote a summary. */
  summary?: string;
}

/**
 * Decides how much of a conversation the model is sent. System messages always are, and a tool call is never separated
 * from its result.
 */
export type Window = (messages: readonly ChatMessage[], signal?: AbortSignal) => WindowResult | Promise<WindowResult>;

/** Sends everything. */
export function allMessages(): Window {
  return (messages) => ({ messages: [...messages], dropped: 0 });
}

/** Messages that only make sense together: one, or an assistant's calls with their results. */
export type Unit = ChatMessage[];

/** System messages apart from the rest, and the rest in units that may be dropped as a whole. */
export function splitUnits(messages: readonly ChatMessage[]): { system: ChatMessage[]; units: Unit[] } {
  const system: ChatMessage[] = [];
  const units: Unit[] = [];
  for (const message of messages) {
    const last = units.at(-1);
    if (message.role === "system") system.push(message);
    else if (message.role === "tool" && last !== undefined) last.push(message);
    else units.push([message]);
  }
  return { system, units };
}

/**
 * The newest units that `fits` accepts, beginning with what a user said, since providers refuse a history that begins
 * with an answer. The newest unit is always kept.
 */
export function newestUnits(units: readonly Unit[], fits: (unit: Unit) => boolean): Unit[] {
  let from = units.length;
  while (from > 0) {
    const unit = units[from - 1];
    if (unit === undefined) break;
    const fit = fits(unit);
    if (!fit && from < units.length) break;
    from--;
  }
  const begins = units.findIndex((unit, index) => index >= from && unit[0]?.role === "user");
  return units.slice(begins === -1 ? from : begins);
}
