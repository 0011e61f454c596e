import type { Batch } from "./batch-source.js";
import type { ChatEvent, ReasoningDeltaEvent, TextDeltaEvent, ToolInputDeltaEvent } from "./chat-event.js";

type Delta = TextDeltaEvent | ReasoningDeltaEvent | ToolInputDeltaEvent;
type Halves = Map<string, { half: string; like: Delta }>;

/** What stands for half a character whose other half never comes (Unicode 17, section 3.9). */
const REPLACEMENT = "\ufffd";

/**
 * Makes the deltas of a stream well-formed, one for each stream. Providers cut their answers anywhere, also between the two
 * UTF-16 code units of an emoji: the half waits for its other half, which the next delta of the same part brings.
 */
export class WholeCharacters {
  /** Halves that wait, by the part that they belong to, and the delta that they came with. */
  #halves: Halves | undefined;

  /** Whether half a character waits for its other half. */
  get waiting(): boolean {
    return this.#halves !== undefined && this.#halves.size > 0;
  }

  /** The batch with whole characters; itself where it has no others. */
  complete(batch: Batch): Batch {
    if (!this.waiting && batch.every(isWhole)) return batch;
    this.#halves ??= new Map();
    const halves = this.#halves;
    const out: ChatEvent[] = [];
    for (const event of batch) {
      if (isDelta(event)) takeDelta(event, halves, out);
      else {
        endBefore(event, halves, out);
        out.push(event);
      }
    }
    return out;
  }
}

function takeDelta(event: Delta, halves: Halves, out: ChatEvent[]): void {
  const key = partOf(event);
  const text = (halves.get(key)?.half ?? "") + textOf(event);
  halves.delete(key);
  const last = text.charCodeAt(text.length - 1);
  // The provider's state seals its part: nothing follows.
  const waits = last >= 0xd800 && last <= 0xdbff && !("opaque" in event && event.opaque !== undefined);
  if (waits) halves.set(key, { half: text.slice(-1), like: event });
  const whole = (waits ? text.slice(0, -1) : text).toWellFormed();
  if (whole !== "" || !waits) out.push(withText(event, whole));
}

/** Ends what an event ends. */
function endBefore(event: ChatEvent, halves: Halves, out: ChatEvent[]): void {
  switch (event.type) {
    case "retract":
      halves.clear();
      return;
    case "tool-call":
      end(halves, out, (key) => key === callKey(event.callId));
      return;
    case "start":
    case "step-start":
    case "step-finish":
    case "finish":
      end(halves, out, () => true);
      return;
    default:
  }
}

function end(halves: Halves, out: ChatEvent[], ends: (key: string) => boolean): void {
  for (const [key, { like }] of halves) {
    if (!ends(key)) continue;
    halves.delete(key);
    out.push(withText(like, REPLACEMENT));
  }
}

function isDelta(event: ChatEvent): event is Delta {
  return event.type === "text-delta" || event.type === "reasoning-delta" || event.type === "tool-input-delta";
}

function isWhole(event: ChatEvent): boolean {
  return !isDelta(event) || textOf(event).isWellFormed();
}

function textOf(event: Delta): string {
  return event.type === "tool-input-delta" ? event.delta : event.text;
}

function withText(event: Delta, text: string): Delta {
  return event.type === "tool-input-delta" ? { ...event, delta: text } : { ...event, text };
}

function callKey(callId: string): string {
  return `call ${callId}`;
}

function partOf(event: Delta): string {
  return event.type === "tool-input-delta" ? callKey(event.callId) : `${event.type} ${event.block ?? ""}`;
}
