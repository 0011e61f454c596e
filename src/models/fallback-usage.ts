import type { Batch } from "../stream/batch-source.js";
import type { ChatEvent } from "../stream/chat-event.js";
import { addUsage, type Usage, updateUsage } from "../stream/usage.js";

/** The tokens of a call that several models worked on, one after the other, as its reader should hear of them. */
export class FallbackUsage {
  /** Of models that failed; and of these what the reader has not booked yet, through a `retract` or a `step-finish`. */
  #failed: Usage = {};
  #unbooked: Usage = {};
  /** Of the current model: what it booked itself, and the running totals since then. */
  #booked: Usage = {};
  #running: Usage = {};

  /** A `usage` event of the current model. Returns the totals to say. */
  running(usage: Usage): Usage {
    this.#running = updateUsage(this.#running, usage);
    return addUsage(this.#unbooked, this.#running);
  }

  /** A step of the current model is over. Returns what to say that it took. */
  step(usage: Usage): Usage {
    const step = addUsage(this.#unbooked, usage);
    this.#booked = addUsage(this.#booked, usage);
    this.#unbooked = {};
    this.#running = {};
    return step;
  }

  /** After a `retract`: the reader has booked what it received. */
  retracted(): void {
    this.#booked = addUsage(this.#booked, this.#running);
    this.#unbooked = {};
    this.#running = {};
  }

  /** The current model failed, and another one takes its place. */
  failed(): void {
    this.#failed = addUsage(this.#failed, addUsage(this.#booked, this.#running));
    this.#unbooked = addUsage(this.#unbooked, this.#running);
    this.#booked = {};
    this.#running = {};
  }

  /** What all models took, given what the one that finished says of itself. */
  total(usage: Usage): Usage {
    return addUsage(this.#failed, usage);
  }
}

/** A batch of the model that answers, with what those before it took. */
export function answerUsage(batch: Batch, usage: FallbackUsage): Batch {
  return batch.some(books) ? batch.map((event) => booked(event, usage)) : batch;
}

function books({ type }: ChatEvent): boolean {
  return type === "usage" || type === "step-finish" || type === "retract" || type === "finish";
}

function booked(event: ChatEvent, usage: FallbackUsage): ChatEvent {
  switch (event.type) {
    case "usage":
      return { ...event, usage: usage.running(event.usage) };
    case "step-finish":
      return { ...event, usage: usage.step(event.usage) };
    case "retract":
      usage.retracted();
      return event;
    case "finish":
      return { ...event, usage: usage.total(event.usage) };
    default:
      return event;
  }
}
