import type { ChatEvent, NestedEvent } from "./chat-event.js";
import { SluiceError } from "./error.js";
import { isSameInner, nestedKey } from "./nested-key.js";

/**
 * Holds a stream to the laws of its frame: one `start` an attempt, steps that open once and close once, results that belong
 * to calls, inner streams that are lawful by themselves. Deltas cost it nothing.
 */
export class EventLaws {
  #started = false;
  /** Whether a `start` may come now: at the beginning, and after a `retract`. */
  #mayStart = true;
  #finished = false;
  #step: number | undefined;
  /** The number of the last step that closed: steps are counted upwards. */
  #lastStep = -1;
  /** Made when they are needed: most streams have neither. */
  #calls: Set<string> | undefined;
  #nested: Map<string, EventLaws> | undefined;
  /** The inner stream of the last nested event: most that follow are of the same one. */
  #last: { event: NestedEvent; inner: EventLaws } | undefined;

  /** @throws {SluiceError} `protocol` for an event that may not stand here. */
  check(event: ChatEvent): void {
    switch (event.type) {
      case "text-delta":
      case "reasoning-delta":
      case "tool-input-delta":
        return;
      case "start":
        if (!this.#mayStart) throw broken("a second start without a retract before it");
        this.#started = true;
        this.#mayStart = false;
        for (const callId of event.resumes ?? []) this.#called(callId);
        return;
      case "step-start":
        this.#openStep(event.step);
        return;
      case "step-finish":
        if (this.#step !== event.step) throw broken(`step-finish ${event.step} while ${stepName(this.#step)}`);
        this.#step = undefined;
        return;
      case "tool-call":
        this.#called(event.callId);
        return;
      case "tool-result":
        // The provider may answer a call of the turn before.
        if (event.providerExecuted === undefined && !this.#calls?.has(event.callId)) {
          throw broken(`a result of call ${JSON.stringify(event.callId)}, which was not made`);
        }
        return;
      case "retract":
        this.#mayStart = true;
        return;
      case "nested":
        this.#checkNested(event);
        return;
      case "finish":
        if (this.#step !== undefined) throw broken(`finish while ${stepName(this.#step)}`);
        this.#finished = true;
        return;
      default:
    }
  }

  /** Whether the stream has begun. */
  get started(): boolean {
    return this.#started;
  }

  #called(callId: string): void {
    this.#calls ??= new Set();
    this.#calls.add(callId);
  }

  #openStep(step: number): void {
    if (this.#step !== undefined) throw broken(`step-start ${step} while ${stepName(this.#step)}`);
    if (step <= this.#lastStep) throw broken(`a second step-start ${step}, or one out of order`);
    this.#step = step;
    this.#lastStep = step;
  }

  #checkNested(event: NestedEvent): void {
    if (this.#last !== undefined && isSameInner(this.#last.event, event)) {
      const { inner } = this.#last;
      inner.check(event.event);
      if (inner.#finished) this.#closeNested(nestedKey(event));
      return;
    }
    const key = nestedKey(event);
    let inner = this.#nested?.get(key);
    if (inner === undefined) {
      // What another process emitted of it, before this stream began, is taken back.
      const { type } = event.event;
      if (type !== "start" && type !== "retract") throw broken(`${event.from} begins with ${type}, not with start`);
      inner = new EventLaws();
      this.#nested ??= new Map();
      this.#nested.set(key, inner);
    }
    inner.check(event.event);
    this.#last = { event, inner };
    if (inner.#finished) this.#closeNested(key);
  }

  #closeNested(key: string): void {
    this.#nested?.delete(key);
    this.#last = undefined;
  }
}

function stepName(step: number | undefined): string {
  return step === undefined ? "no step is open" : `step ${step} is open`;
}

function broken(what: string): SluiceError {
  return new SluiceError("protocol", `the source of the stream broke a law: ${what}`);
}
