import type { ChatEvent } from "../../stream/chat-event.js";

/** Events of one kind that came one after the other. */
export interface TimelineSpan {
  /** The events' type; of a nested one, who speaks inside as well: `draft › text-delta`. */
  what: string;
  /** Ms from the run's beginning to the first of them. */
  fromMs: number;
  /** To the last of them. */
  toMs: number;
  count: number;
}

/** Spans that are kept of a run; what comes after them is counted in the last. */
const MOST = 64;

/** What happened in a run, in bounded space: neighbours of one kind are one span. No text of it is kept. */
export class RunTimeline {
  readonly #spans: TimelineSpan[] = [];

  /** @param ms since the run's beginning. */
  push(event: ChatEvent, ms: number): void {
    const last = this.#spans.at(-1);
    const what = kindOf(event);
    const isFull = this.#spans.length === MOST && event.type !== "finish";
    if (last !== undefined && (last.what === what || isFull)) {
      if (last.what !== what) last.what = "more";
      last.toMs = ms;
      last.count++;
    } else this.#spans.push({ what, fromMs: ms, toMs: ms, count: 1 });
  }

  get spans(): TimelineSpan[] {
    return this.#spans.map((span) => ({ ...span, fromMs: whole(span.fromMs), toMs: whole(span.toMs) }));
  }
}

function kindOf(event: ChatEvent): string {
  switch (event.type) {
    case "nested":
      return `${event.from} › ${event.event.type}`;
    case "data":
      return event.name;
    case "tool-call":
    case "tool-result":
    case "tool-input-delta":
      return `${event.type} ${event.name}`;
    default:
      return event.type;
  }
}

function whole(ms: number): number {
  return Math.round(ms * 10) / 10;
}
