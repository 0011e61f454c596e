import type { JsonValue } from "../base/json.js";
import { uuid } from "../base/uuid.js";
import type { Batch } from "../stream/batch-source.js";
import type { ChatEvent, FinishEvent, FinishReason, StartEvent, ToolCallEvent } from "../stream/chat-event.js";
import { isContent } from "../stream/is-content.js";
import { isSameCall } from "../stream/same-call.js";
import type { Transform } from "../stream/sources/transform.js";
import { addUsage, type Usage, updateUsage } from "../stream/usage.js";

/**
 * Frames what an author's model yields, as the laws want it: a `start` and a `finish` that are missing are added, a call that is
 * repeated is one. An answer after the `finish` of another becomes a step of the same stream, with its own usage; so do its steps,
 * counted on.
 */
export class AnswerFrame implements Transform {
  readonly pastFinish = true;
  readonly #id: string;
  #started = false;
  #reason: FinishReason = "stop";
  /** Of answers that are over. */
  #total: Usage = {};
  /** Of the answer that runs: its steps that are over, and what came since. */
  #spent: Usage = {};
  #current: Usage = {};
  /** That of the answer before, until it is known whether another follows. */
  #finish: FinishEvent | undefined;
  #model: string;
  /** The number that the next step has, and what is added to those of the answer that runs. */
  #nextStep = 0;
  #offset = 0;
  /** Whether the answer that runs has steps of its own. */
  #stepped = false;
  /** The step that stands for an answer without steps. */
  #open: number | undefined;
  /** Whether the answer that runs is not the first. */
  #spliced = false;
  /** The calls of the step: one that is repeated is the same one. */
  readonly #calls = new Map<string, ToolCallEvent>();

  constructor(id: string) {
    this.#id = id;
    this.#model = id;
  }

  push(batch: Batch): Batch {
    const [event] = batch;
    // Nearly all events are deltas in the middle of an answer.
    if (batch.length === 1 && event?.type === "text-delta" && this.#started && this.#finish === undefined) {
      if (!this.#isUnframed) return batch;
    }
    const out: ChatEvent[] = [];
    for (const one of batch) this.#push(one, out);
    return out;
  }

  end(): Batch {
    const out: ChatEvent[] = [];
    if (this.#finish !== undefined) {
      out.push(this.#spliced ? { ...this.#finish, usage: this.#total } : this.#finish);
      return out;
    }
    if (!this.#started) this.#start(out);
    this.#close(this.#reason, this.#current, out);
    const usage = addUsage(this.#total, addUsage(this.#spent, this.#current));
    out.push({ type: "finish", reason: this.#reason, usage });
    return out;
  }

  #push(event: ChatEvent, out: ChatEvent[]): void {
    if (this.#finish !== undefined) this.#splice(this.#finish, out);
    if (event.type === "start") {
      this.#begin(event, out);
      return;
    }
    if (!this.#started) this.#start(out);
    switch (event.type) {
      case "step-start":
        this.#close("stop", this.#current, out);
        this.#stepped = true;
        this.#calls.clear();
        this.#nextStep = event.step + this.#offset + 1;
        out.push({ ...event, step: event.step + this.#offset });
        return;
      case "step-finish":
        this.#spent = addUsage(this.#spent, event.usage);
        this.#current = {};
        this.#reason = event.reason;
        out.push({ ...event, step: event.step + this.#offset });
        return;
      case "finish":
        this.#finish = event;
        this.#total = addUsage(this.#total, event.usage);
        if (this.#isUnframed) this.#openStep(out);
        this.#close(event.reason, event.usage, out);
        return;
      case "usage":
        this.#current = updateUsage(this.#current, event.usage);
        break;
      case "retract":
        this.#calls.clear();
        break;
      case "tool-call":
        if (this.#isRepeated(event)) return;
        if (!event.providerExecuted) this.#reason = "tool-calls";
        break;
      default:
    }
    if (this.#isUnframed && (event.type === "usage" || isContent(event))) this.#openStep(out);
    out.push(event);
  }

  #isRepeated(event: ToolCallEvent): boolean {
    const known = this.#calls.get(event.callId);
    this.#calls.set(event.callId, event);
    return known !== undefined && isSameCall(known, event);
  }

  /** Whether an answer that is not the first has no step yet. */
  get #isUnframed(): boolean {
    return this.#spliced && !this.#stepped && this.#open === undefined;
  }

  #start(out: ChatEvent[]): void {
    this.#started = true;
    out.push({ type: "start", id: uuid(), model: this.#id });
  }

  #begin(event: StartEvent, out: ChatEvent[]): void {
    this.#calls.clear();
    this.#model = event.model;
    this.#started = true;
    if (!this.#spliced) out.push(event);
    else if (event.warnings !== undefined && event.warnings.length > 0) {
      // The stream has begun, and its start cannot warn any more.
      const value: JsonValue = event.warnings.map(({ field, message }) => ({ field, message }));
      out.push({ type: "data", name: "tool/warnings", value });
    }
  }

  /** Another answer follows the one that is over. */
  #splice(before: FinishEvent, out: ChatEvent[]): void {
    if (!this.#spliced && !this.#stepped) {
      // It went out before anybody knew that it is a step: this says so, and what it took.
      this.#openStep(out);
      this.#close(before.reason, before.usage, out);
    }
    this.#spliced = true;
    this.#finish = undefined;
    this.#spent = {};
    this.#current = {};
    this.#reason = "stop";
    this.#model = this.#id;
    this.#stepped = false;
    this.#offset = this.#nextStep;
  }

  #openStep(out: ChatEvent[]): void {
    this.#open = this.#nextStep++;
    out.push({ type: "step-start", step: this.#open, model: this.#model });
  }

  /** The answer is over; where a step stands for it, that is over as well. */
  #close(reason: FinishReason, usage: Usage, out: ChatEvent[]): void {
    if (this.#open === undefined) return;
    out.push({ type: "step-finish", step: this.#open, reason, usage });
    this.#spent = addUsage(this.#spent, usage);
    this.#current = {};
    this.#open = undefined;
  }
}
