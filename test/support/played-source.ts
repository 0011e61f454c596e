import type { Batch, BatchSource } from "../../src/stream/batch-source.js";
import type { ChatEvent } from "../../src/stream/chat-event.js";

/** What a played source does next: gives a batch at once or later, fails, or never answers. */
export type Play = Batch | { later: Batch } | Error | { lateError: Error } | "stall";

/** A source that plays a script, and what happened to it. */
export class PlayedSource implements BatchSource {
  /** How often it was asked. */
  asked = 0;
  cancelled: unknown[] = [];
  /** Whether `next` was called while an earlier call was pending. */
  overlapped = false;
  readonly #script: Play[];
  #pending = false;
  #wake: (() => void) | undefined;

  constructor(...script: Play[]) {
    this.#script = script;
  }

  next(): Batch | undefined | Promise<Batch | undefined> {
    this.asked++;
    if (this.#pending) this.overlapped = true;
    const step = this.#script.shift();
    if (step === undefined) return undefined;
    if (step instanceof Error) throw step;
    if (Array.isArray(step)) return step;
    this.#pending = true;
    const settled = new Promise<Batch | undefined>((resolve, reject) => {
      this.#wake = () => resolve(undefined);
      if (step === "stall") return;
      if ("lateError" in step) setImmediate(() => reject(step.lateError));
      else if ("later" in step) setImmediate(() => resolve(step.later));
    });
    return settled.finally(() => {
      this.#pending = false;
    });
  }

  cancel(reason: unknown): void {
    this.cancelled.push(reason);
    this.#wake?.();
  }
}

export const START: ChatEvent = { type: "start", id: "a", model: "m" };
export const FINISH: ChatEvent = { type: "finish", reason: "stop", usage: {} };

export function text(text: string): ChatEvent {
  return { type: "text-delta", text };
}

/** All events of a source, and what it failed with. */
export async function drained(source: BatchSource): Promise<{ events: ChatEvent[]; failure?: unknown }> {
  const events: ChatEvent[] = [];
  try {
    for (let batch = await source.next(); batch !== undefined; batch = await source.next()) events.push(...batch);
    return { events };
  } catch (failure) {
    return { events, failure };
  }
}

/** The texts of events, joined. */
export function textOf(events: readonly ChatEvent[]): string {
  return events.map((event) => (event.type === "text-delta" ? event.text : "")).join("");
}
