import type { Clock } from "../../base/clock.js";
import { uuid } from "../../base/uuid.js";
import type { Batch } from "../../stream/batch-source.js";
import type { ChatEvent } from "../../stream/chat-event.js";
import { plainText } from "../../stream/plain-text.js";
import type { Transform } from "../../stream/sources/transform.js";
import type { BudgetLimit, BudgetLimits } from "./budget.js";
import type { Spending } from "./spending.js";

/** What an answer has of its budget, and what is counted. */
export interface BudgetedAnswer {
  model: string;
  limits: BudgetLimits;
  spending: Spending;
  clock: Clock;
  /** Ends the model's answer. */
  stop: (reason: unknown) => void;
}

/** The limits that each delta may pass, in the order in which they are named. */
const COUNTED = ["maxInputTokens", "maxOutputTokens", "maxTotalTokens", "maxCost"] as const;

/** Lets an answer pass until its budget is used up, and ends it there. */
export class WithinBudget implements Transform {
  readonly #stop: (reason: unknown) => void;
  readonly #model: string;
  readonly #limits: BudgetLimits;
  readonly #maxOutputTokens: number;
  readonly #maxTotalTokens: number;
  /** Those of `COUNTED` that are set. */
  readonly #counted: readonly [limit: (typeof COUNTED)[number], most: number][];
  readonly #spending: Spending;
  readonly #clock: Clock;
  #begun: number | undefined;
  #callOffTimer: (() => void) | undefined;
  #timeIsUp = false;
  /** Whether the model was asked. */
  #asked = false;
  #started = false;
  #step: number | undefined;

  constructor({ model, limits, spending, clock, stop }: BudgetedAnswer) {
    this.#stop = stop;
    this.#model = model;
    this.#limits = limits;
    this.#maxOutputTokens = limits.maxOutputTokens ?? Number.POSITIVE_INFINITY;
    this.#maxTotalTokens = limits.maxTotalTokens ?? Number.POSITIVE_INFINITY;
    this.#counted = COUNTED.flatMap((limit) => {
      const most = limits[limit];
      return most === undefined ? [] : [[limit, most]];
    });
    this.#spending = spending;
    this.#clock = clock;
  }

  /** Nothing of the model is read where the prompt alone is above the budget. */
  begin(): Batch | undefined {
    this.#startTimer();
    const limit = this.#exceeded();
    if (limit !== undefined) return this.#finish(limit);
    this.#asked = true;
    return undefined;
  }

  push(batch: Batch): Batch {
    if (this.#timeIsUp) return this.#finish("maxMs");
    if (this.#passText(batch)) return batch;
    const out: ChatEvent[] = [];
    for (const event of batch) {
      const limit = this.#pass(event, out);
      if (limit !== undefined) return [...out, ...this.#finish(limit)];
    }
    return out;
  }

  fail(): Batch | undefined {
    return this.end();
  }

  end(): Batch | undefined {
    if (this.#timeIsUp) return this.#finish("maxMs");
    this.#callOff();
    return undefined;
  }

  cancel(): void {
    this.#callOff();
  }

  #startTimer(): void {
    this.#begun = this.#clock.now();
    if (this.#limits.maxMs === undefined) return;
    this.#callOffTimer = this.#clock.after(this.#limits.maxMs, () => {
      this.#timeIsUp = true;
      // A read that waits settles at once, and what it gives is no longer passed on.
      this.#stop("the time is up");
    });
  }

  /** Counts a batch of text as one, where all of it is sure to be within the budget. */
  #passText(batch: Batch): boolean {
    const plain = plainText(batch);
    // Each character is a token at most.
    if (plain === undefined || this.#limits.maxCost !== undefined) return false;
    if (plain.text.length > this.#left() || this.#exceeded() !== undefined) return false;
    this.#spending.countAll(plain.text);
    return true;
  }

  /** Passes an event on, as far as the budget goes. Returns the limit that was reached. */
  #pass(event: ChatEvent, out: ChatEvent[]): BudgetLimit | undefined {
    this.#follow(event);
    if (event.type !== "finish") return this.#count(event, this.#spending, out);
    // The answer is complete, whatever it cost.
    this.#spending.push(event);
    this.#callOff();
    out.push(event);
    return undefined;
  }

  /** Counts an event of this stream or of one inside it, and passes on what the budget allows of it. */
  #count(event: ChatEvent, spending: Spending, out: ChatEvent[]): BudgetLimit | undefined {
    spending.push(event);
    switch (event.type) {
      case "text-delta":
      case "reasoning-delta": {
        const end = spending.count(event.text, this.#left());
        if (end === event.text.length) out.push(event);
        else if (end > 0) out.push({ ...event, text: event.text.slice(0, end) });
        return end < event.text.length ? this.#tightest() : this.#exceeded();
      }
      case "tool-input-delta": {
        const end = spending.count(event.delta, this.#left());
        if (end < event.delta.length) return this.#tightest();
        out.push(event);
        return this.#exceeded();
      }
      case "nested": {
        const passed: ChatEvent[] = [];
        const limit = this.#count(event.event, spending.inner(event), passed);
        for (const one of passed) out.push(one === event.event ? event : { ...event, event: one });
        if (event.event.type === "finish") spending.endInner(event);
        return limit;
      }
      default:
        out.push(event);
        return this.#exceeded();
    }
  }

  #follow(event: ChatEvent): void {
    if (event.type === "start") this.#started = true;
    else if (event.type === "step-start") this.#step = event.step;
    else if (event.type === "step-finish") this.#step = undefined;
  }

  /** Output tokens that may still come. */
  #left(): number {
    const { input, output } = this.#spending.totals;
    return Math.min(this.#maxOutputTokens - output, this.#maxTotalTokens - input - output);
  }

  /** Of the two limits on output tokens, the one that was reached. */
  #tightest(): BudgetLimit {
    return this.#maxOutputTokens - this.#spending.totals.output <= 0 ? "maxOutputTokens" : "maxTotalTokens";
  }

  /** The first limit that what was used is above. */
  #exceeded(): BudgetLimit | undefined {
    if (this.#late) return "maxMs";
    for (const [limit, most] of this.#counted) if (this.#used(limit) > most) return limit;
    return undefined;
  }

  /** Timers do not fire while a source answers without a pause, so the clock is asked as well. */
  get #late(): boolean {
    const { maxMs } = this.#limits;
    return this.#timeIsUp || (maxMs !== undefined && this.#used("maxMs") >= maxMs);
  }

  #used(limit: BudgetLimit): number {
    const { input, output, cost } = this.#spending.totals;
    switch (limit) {
      case "maxInputTokens":
        return input;
      case "maxOutputTokens":
        return output;
      case "maxTotalTokens":
        return input + output;
      case "maxCost":
        return cost;
      case "maxMs":
        return this.#clock.now() - (this.#begun ?? 0);
      default:
        throw limit satisfies never;
    }
  }

  #finish(limit: BudgetLimit): ChatEvent[] {
    this.#callOff();
    const value = {
      limit,
      allowed: this.#limits[limit] ?? 0,
      used: this.#used(limit),
      estimated: limit !== "maxMs" && this.#spending.estimated,
    };
    if (!this.#asked) this.#spending.undo();
    const events: ChatEvent[] = [{ type: "data", name: "guard/budget", value }];
    if (!this.#started) events.unshift({ type: "start", id: uuid(), model: this.#model });
    if (this.#step !== undefined) {
      events.push({ type: "step-finish", step: this.#step, reason: "budget", usage: this.#spending.current });
    }
    events.push({ type: "finish", reason: "budget", usage: this.#spending.usage });
    return events;
  }

  #callOff(): void {
    this.#callOffTimer?.();
    this.#callOffTimer = undefined;
  }
}
