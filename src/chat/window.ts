import type { ChatMessage } from "../stream/message.js";

/** What a window let through, and what it did not. */
export interface WindowResult {
  /** What the model is sent, system messages included, in the order in which they were said. */
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
type Unit = readonly ChatMessage[];

/**
 * The newest messages that `fits` accepts, unit by unit, and all system messages.
 *
 * What the user said last and the newest unit are kept whether they fit or not; `fits` is asked of these first. What is
 * kept begins with what a user said, since providers refuse a history that begins with an answer.
 */
export function newestMessages(
  messages: readonly ChatMessage[],
  fits: (unit: Unit) => boolean,
): { kept: ChatMessage[]; dropped: ChatMessage[] } {
  const units = splitUnits(messages);
  const question = units.findLastIndex(isQuestion);
  let from = Math.max(0, units.length - 1);
  for (const index of new Set([question, from])) {
    const unit = units[index];
    if (unit !== undefined) fits(unit);
  }
  while (from > 0) {
    const unit = units[from - 1];
    if (unit === undefined || (from - 1 !== question && !fits(unit))) break;
    from--;
  }
  const begins = units.findIndex((unit, index) => index >= from && isQuestion(unit));
  const newest = units.slice(begins === -1 ? from : begins).flat();
  const kept = new Set([...(units[question] ?? []), ...newest]);
  const isKept = (message: ChatMessage) => message.role === "system" || kept.has(message);
  return { kept: messages.filter(isKept), dropped: messages.filter((message) => !isKept(message)) };
}

/** Messages but for those of the system, in units that are kept or dropped as a whole. */
function splitUnits(messages: readonly ChatMessage[]): Unit[] {
  const units: ChatMessage[][] = [];
  for (const message of messages) {
    if (message.role === "system") continue;
    const last = units.at(-1);
    if (message.role === "tool" && last !== undefined) last.push(message);
    else units.push([message]);
  }
  return units;
}

function isQuestion(unit: Unit): boolean {
  return unit[0]?.role === "user";
}
