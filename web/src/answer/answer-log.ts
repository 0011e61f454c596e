import { TextBuffer } from "../../../src/base/text-buffer.js";
import type { ChatEvent } from "../../../src/stream/chat-event.js";
import { nestedKey } from "../../../src/stream/nested-key.js";

/** A delta that grows. */
type Growing = Extract<ChatEvent, { type: "text-delta" | "reasoning-delta" | "tool-input-delta" }>;

interface Entry {
  /** As it began. */
  event: ChatEvent;
  /** What was added to its delta. */
  more?: TextBuffer;
}

/**
 * The events of an answer as they are kept: deltas that follow each other are one, so that an answer of any length is a few
 * events, which show the same and make the same messages.
 */
export class AnswerLog {
  readonly #entries: Entry[] = [];
  /** The delta that grows in each stream, by the stream's path; the answer's own is `""`. */
  readonly #growing = new Map<string, Entry>();

  push(event: ChatEvent): void {
    // Counts that others follow: the last ones are in the finish.
    if (innermost(event).type === "usage") return;
    const path = pathOf(event);
    const inner = innermost(event);
    const before = this.#growing.get(path);
    if (before?.more !== undefined && continues(innermost(before.event), inner)) {
      before.more.push(deltaOf(inner));
      return;
    }
    const entry: Entry = isGrowing(inner) ? { event, more: new TextBuffer() } : { event };
    this.#entries.push(entry);
    if (entry.more === undefined || isSealed(inner)) this.#growing.delete(path);
    else this.#growing.set(path, entry);
  }

  /** The events so far. Of calls that are whole the pieces of their arguments are left out. */
  get events(): ChatEvent[] {
    const whole = new Set<string>();
    for (const { event } of this.#entries) {
      const inner = innermost(event);
      if (inner.type === "tool-call") whole.add(`${pathOf(event)} ${inner.callId}`);
    }
    return this.#entries.flatMap(({ event, more }) => {
      const inner = innermost(event);
      if (inner.type === "tool-input-delta" && whole.has(`${pathOf(event)} ${inner.callId}`)) return [];
      const added = more?.toString() ?? "";
      return [added === "" ? event : withMore(event, added)];
    });
  }

  get isEmpty(): boolean {
    return this.#entries.length === 0;
  }
}

function pathOf(event: ChatEvent): string {
  return event.type === "nested" ? `${nestedKey(event)}\n${pathOf(event.event)}` : "";
}

function innermost(event: ChatEvent): ChatEvent {
  return event.type === "nested" ? innermost(event.event) : event;
}

function isGrowing(event: ChatEvent): event is Growing {
  return event.type === "text-delta" || event.type === "reasoning-delta" || event.type === "tool-input-delta";
}

/** State of a provider belongs to what came with it: nothing is added to that. */
function isSealed(event: ChatEvent): boolean {
  return "opaque" in event && event.opaque !== undefined;
}

function continues(one: ChatEvent, next: ChatEvent): boolean {
  if (one.type !== next.type || isSealed(next)) return false;
  if (one.type === "tool-input-delta" && next.type === "tool-input-delta") return one.callId === next.callId;
  if (one.type === "text-delta" && next.type === "text-delta")
    return one.block === next.block && one.refusal === next.refusal;
  return one.type === "reasoning-delta" && next.type === "reasoning-delta" && one.block === next.block;
}

function deltaOf(event: ChatEvent): string {
  if (event.type === "text-delta" || event.type === "reasoning-delta") return event.text;
  return event.type === "tool-input-delta" ? event.delta : "";
}

function withMore(event: ChatEvent, more: string): ChatEvent {
  switch (event.type) {
    case "nested":
      return { ...event, event: withMore(event.event, more) };
    case "text-delta":
    case "reasoning-delta":
      return { ...event, text: event.text + more };
    case "tool-input-delta":
      return { ...event, delta: event.delta + more };
    default:
      return event;
  }
}
