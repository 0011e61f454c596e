import { type ChatMessage, isRequestsOnly } from "../stream/message.js";

/**
 * Where a history may be cut, so that only what stands before the index is folded into a summary: at a user's message, not
 * behind the beginning of the running turn, and never between a call and what was returned, asked or answered about it.
 *
 * @returns indices, in order. 0 is none of them.
 */
export function cutsOf(messages: readonly ChatMessage[]): number[] {
  const last = runningTurn(messages);
  const parted = partedAt(messages);
  const cuts: number[] = [];
  for (let index = 1; index <= last; index++) {
    if (messages[index]?.role === "user" && !parted.has(index)) cuts.push(index);
  }
  return cuts;
}

/**
 * Where the running turn begins: at the user's last message, or before that where the tools of a turn had no answer yet when it
 * was put in.
 */
function runningTurn(messages: readonly ChatMessage[]): number {
  let from = messages.length;
  let start = 0;
  for (;;) {
    start = messages.findLastIndex(({ role }, index) => index < from && role === "user");
    const before = messages.findLastIndex(({ role }, index) => index < start && role !== "system");
    const role = messages[before]?.role;
    if (start <= 0 || (role !== "tool" && role !== "user")) return Math.max(0, start);
    from = start;
  }
}

/** The indices that stand behind a call and not behind what is known about it. */
function partedAt(messages: readonly ChatMessage[]): ReadonlySet<number> {
  const called = new Map<string, number>();
  const parted = new Set<number>();
  let answer = -1;
  const joins = (from: number | undefined, to: number) => {
    for (let index = (from ?? to) + 1; index <= to; index++) parted.add(index);
  };
  for (const [index, message] of messages.entries()) {
    if (message.role === "assistant") {
      if (isRequestsOnly(message)) joins(answer, index);
      else answer = index;
      if (typeof message.content === "string") continue;
      for (const part of message.content) if (part.type === "tool-call") called.set(part.callId, index);
    } else if (message.role === "tool") {
      for (const part of message.content) joins(part.type === "tool-result" ? called.get(part.callId) : answer, index);
    }
  }
  return parted;
}
