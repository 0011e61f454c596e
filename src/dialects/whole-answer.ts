import type { ChatEvent } from "../stream/chat-event.js";
import { Transcript } from "../stream/transcript.js";
import type { Answer } from "./dialect.js";

/** Collects a stream as one answer: its message, and its events with the deltas of each part joined. */
export class WholeAnswer {
  readonly #transcript = new Transcript(true);
  readonly #facts: Pick<Answer, "id" | "model" | "rawReason"> = { id: "", model: "" };
  readonly #events: ChatEvent[] = [];
  /** What a `retract` goes back to. */
  #mark = 0;

  push(event: ChatEvent): void {
    this.#transcript.push(event);
    switch (event.type) {
      case "start":
        this.#facts.id = event.id;
        this.#facts.model = event.model;
        this.#mark = this.#events.length;
        return;
      case "finish":
        if (event.rawReason !== undefined) this.#facts.rawReason = event.rawReason;
        return;
      case "step-start":
        this.#mark = this.#events.push(event);
        return;
      case "retract":
        this.#events.length = this.#mark;
        return;
      case "usage":
      // A call comes whole after its arguments.
      case "tool-input-delta":
        return;
      case "text-delta":
      case "reasoning-delta":
        this.#delta(event);
        return;
      default:
        this.#events.push(event);
    }
  }

  /** `undefined` until the stream is finished. */
  get answer(): Answer | undefined {
    const { message, usage, finishReason: reason } = this.#transcript;
    return reason === undefined ? undefined : { ...this.#facts, message, reason, usage, events: this.#events };
  }

  #delta(event: ChatEvent & { type: "text-delta" | "reasoning-delta" }): void {
    const at = this.#events.length - 1;
    const last = this.#events[at];
    // State of the provider seals the part it came with: what follows is another part.
    if (at < this.#mark || last === undefined || !goesOn(last, event)) this.#events.push(event);
    else this.#events[at] = { ...event, text: last.text + event.text };
  }
}

type Delta = ChatEvent & { type: "text-delta" | "reasoning-delta" };

function goesOn(last: ChatEvent, next: Delta): last is Delta {
  if (last.type === "text-delta" && next.type === "text-delta") {
    return last.block === next.block && last.refusal === next.refusal && last.opaque === undefined;
  }
  if (last.type === "reasoning-delta" && next.type === "reasoning-delta") {
    return last.block === next.block && last.opaque === undefined;
  }
  return false;
}
