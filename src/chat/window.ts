import { type ChatMessage, isRequestsOnly } from "../stream/message.js";
import type { Usage } from "../stream/usage.js";

/** What a window let through, and what it did not. */
export interface WindowResult {
  /** What the model is sent, system messages included, in the order of the conversation. */
  messages: ChatMessage[];
  /** Messages that were left out. */
  dropped: number;
  /** Tokens of what is sent, where the window counted. */
  tokens?: number;
  /** Set where `tokens` is an estimate. */
  estimated?: true;
  /** What stands in for the messages that were left out, where the window wrote a summary. */
  summary?: string;
  /** Set where it is a service's own: what is sent in its place, after the instructions. `summary` then says whose it is. */
  summaryMessages?: readonly ChatMessage[];
  /** With a summary: the messages that it stands for. */
  covers?: ReadonlySet<ChatMessage>;
  /** Why no summary could be written: what it would have stood in for is sent as it is. */
  summaryError?: string;
  /** What writing summaries used this time, and of which model: part of the turn's usage. */
  spent?: { model: string; usage: Usage };
}

/** What a window wrote earlier in the same conversation, maybe in another process. */
export interface EarlierSummary {
  /** The summary, in the model's words. */
  text: string;
  /** Set where it is a service's own: what is sent in its place. */
  messages?: readonly ChatMessage[];
  /** The messages that it stands for, of those that the window is given. */
  covers: ReadonlySet<ChatMessage>;
}

/**
 * Decides how much of a conversation the model is sent. System messages always are, and a tool call is never separated
 * from its result. A summary that it gives back is kept with the conversation, and given to it in later turns.
 */
export type Window = (
  messages: readonly ChatMessage[],
  signal?: AbortSignal,
  earlier?: EarlierSummary,
) => WindowResult | Promise<WindowResult>;

/** Sends everything. */
export function allMessages(): Window {
  return (messages) => ({ messages: [...messages], dropped: 0 });
}

/** Messages that only make sense together: one, or an assistant's calls with their results. */
type Unit = readonly ChatMessage[];

/**
 * The newest messages that `fits` accepts, unit by unit, and all system messages.
 *
 * The user's last message and the newest unit are kept whether they fit or not; `fits` is asked of these first. What is
 * kept begins with a user's message, since providers refuse a history that begins with an answer.
 */
export function newestMessages(
  messages: readonly ChatMessage[],
  fits: (unit: Unit) => boolean,
): { kept: ChatMessage[]; dropped: ChatMessage[] } {
  let { from, unit } = unitBefore(messages, messages.length);
  const question = messages.findLastIndex(({ role }) => role === "user");
  const asked = question === -1 || question >= from ? [] : unitAt(messages, question);
  if (asked.length > 0) fits(asked);
  fits(unit);
  while (from > 0) {
    const before = unitBefore(messages, from);
    const known = before.unit.length === 0 || before.from === question;
    if (!known && !fits(before.unit)) break;
    ({ from, unit } = before);
  }
  const first = messages.findIndex(({ role }, index) => index >= from && role === "user");
  return divide(messages, first === -1 ? from : first, new Set(asked));
}

/** The last unit that ends before an index, and where it begins; an empty one where there are only system messages. */
function unitBefore(messages: readonly ChatMessage[], end: number): { from: number; unit: Unit } {
  const unit: ChatMessage[] = [];
  let from = end;
  while (from > 0) {
    const message = messages[--from];
    if (message === undefined || message.role === "system") continue;
    unit.push(message);
    // What a resumed answer asks again belongs to the answer that it resumes.
    if (message.role !== "tool" && !isRequestsOnly(message)) break;
  }
  return { from, unit: unit.reverse() };
}

/** The unit that begins at an index. */
function unitAt(messages: readonly ChatMessage[], index: number): ChatMessage[] {
  const rest = messages.slice(index + 1);
  const end = rest.findIndex(({ role }) => role !== "tool" && role !== "system");
  return messages.slice(index, end === -1 ? undefined : index + 1 + end);
}

/** What is sent (from an index on, instructions, and what else is asked for) and what is not, each in its order. */
function divide(messages: readonly ChatMessage[], from: number, also: ReadonlySet<ChatMessage>) {
  const kept: ChatMessage[] = [];
  const dropped: ChatMessage[] = [];
  for (const message of messages.slice(0, from)) {
    (message.role === "system" || also.has(message) ? kept : dropped).push(message);
  }
  return { kept: kept.concat(messages.slice(from)), dropped };
}
