import { estimateTokens, TokenBoundaries } from "../../base/token-estimate.js";
import type { ChatEvent, NestedEvent } from "../../stream/chat-event.js";
import { nestedKey } from "../../stream/nested-key.js";
import { addUsage, subtractUsage, type Usage, updateUsage } from "../../stream/usage.js";
import type { CostOf } from "./budget.js";

/** What was used, over one call or several. */
export class Totals {
  input = 0;
  output = 0;
  /** Calls whose price is not known count nothing. */
  cost = 0;
}

/**
 * Counts what a stream uses: what the provider has reported, and estimates of what it has not reported yet. Each change is booked
 * in totals that other streams may share.
 */
export class Spending {
  readonly #model: string;
  readonly #cost: CostOf | undefined;
  readonly totals: Totals;
  /** What is booked of this stream. */
  readonly #booked = { input: 0, output: 0, cost: 0 };
  /** Of steps that are over. */
  #spent: Usage = {};
  #spentCost = 0;
  /** What the provider has reported of the current call. */
  #reported: Usage = {};
  /** What it has not reported: the prompt, and what was streamed since. */
  #input = 0;
  #output = 0;
  #boundaries = new TokenBoundaries();
  /** Calls whose arguments were streamed. */
  readonly #streamed = new Set<string>();

  /** Of inner streams that are not over, and of those that are. */
  readonly #inner = new Map<string, Spending>();
  #innerUsage: Usage = {};

  constructor(model: string, cost: CostOf | undefined, totals: Totals) {
    this.#model = model;
    this.#cost = cost;
    this.totals = totals;
  }

  /** @param inputTokens of the prompt, estimated. */
  begin(inputTokens: number): void {
    this.#input = inputTokens;
    this.#book();
  }

  /** The call was not made after all: its prompt was not sent. */
  undo(): void {
    this.#input = 0;
    this.#book();
  }

  /** Whether any of it is an estimate. */
  get estimated(): boolean {
    return this.#reported.inputTokens === undefined || this.#output > 0;
  }

  /** Whether its price is known. */
  get priced(): boolean {
    return this.#cost?.(this.current, this.#model) !== undefined;
  }

  /** Of this stream and those inside it, estimates included. */
  get usage(): Usage {
    let usage = addUsage(this.#own, this.#innerUsage);
    for (const inner of this.#inner.values()) usage = addUsage(usage, inner.usage);
    return usage;
  }

  get #own(): Usage {
    return addUsage(this.#spent, this.current);
  }

  /** What an inner stream uses: booked in the same totals, by its own model's prices. */
  inner(event: NestedEvent): Spending {
    const key = nestedKey(event);
    let inner = this.#inner.get(key);
    if (inner === undefined) {
      const model = event.event.type === "start" ? event.event.model : event.from;
      inner = new Spending(model, this.#cost, this.totals);
      this.#inner.set(key, inner);
    }
    return inner;
  }

  /** The inner stream that an event is of is over. */
  endInner(event: NestedEvent): void {
    const key = nestedKey(event);
    const inner = this.#inner.get(key);
    if (inner === undefined) return;
    this.#inner.delete(key);
    this.#innerUsage = addUsage(this.#innerUsage, inner.usage);
  }

  /** Of the call that runs, estimates included. */
  get current(): Usage {
    const inputTokens = this.#reported.inputTokens ?? this.#input;
    return { ...this.#reported, inputTokens, outputTokens: (this.#reported.outputTokens ?? 0) + this.#output };
  }

  /**
   * Counts text of an answer, at most `allowed` tokens of it. Returns how many characters that is: all, or those before
   * the first token that is too many.
   */
  count(text: string, allowed: number): number {
    let tokens = 0;
    let end = text.length;
    for (let at = 0; at < text.length; at++) {
      if (!this.#boundaries.before(text.charCodeAt(at))) continue;
      if (tokens + 1 > allowed) {
        end = at;
        break;
      }
      tokens++;
    }
    this.#output += tokens;
    this.#book();
    return end;
  }

  /** Counts text of an answer that is sure to be allowed. */
  countAll(text: string): void {
    this.#output += this.#boundaries.count(text);
    this.#book();
  }

  /** Counts everything else that an event tells. */
  push(event: ChatEvent): void {
    switch (event.type) {
      case "tool-input-delta":
        this.#streamed.add(event.callId);
        return;
      case "tool-call":
        if (!this.#streamed.delete(event.callId)) this.#output += estimateTokens(JSON.stringify(event.input));
        break;
      case "usage":
        this.#report(event.usage);
        break;
      case "step-finish":
        this.#endCall(event.usage);
        break;
      case "retract":
        this.#endCall(this.current);
        break;
      case "finish":
        // The usage of a stream of several calls has been counted call by call.
        if (!isEmpty(this.#spent)) return;
        this.#report(isEmpty(this.#innerUsage) ? event.usage : subtractUsage(event.usage, this.#innerUsage));
        break;
      default:
        return;
    }
    this.#book();
  }

  /** The provider's count replaces the estimate. */
  #report(usage: Usage): void {
    this.#reported = updateUsage(this.#reported, usage);
    if (usage.outputTokens !== undefined) this.#output = 0;
  }

  #endCall(usage: Usage): void {
    this.#spent = addUsage(this.#spent, usage);
    this.#spentCost += this.#costOf(usage);
    this.#reported = {};
    this.#input = 0;
    this.#output = 0;
  }

  /** Runs once a delta: it makes no object where no price is asked for. */
  #book(): void {
    const { totals } = this;
    const booked = this.#booked;
    const input = (this.#spent.inputTokens ?? 0) + (this.#reported.inputTokens ?? this.#input);
    const output = (this.#spent.outputTokens ?? 0) + (this.#reported.outputTokens ?? 0) + this.#output;
    totals.input += input - booked.input;
    totals.output += output - booked.output;
    booked.input = input;
    booked.output = output;
    if (this.#cost === undefined) return;
    const cost = this.#spentCost + this.#costOf(this.current);
    totals.cost += cost - booked.cost;
    booked.cost = cost;
  }

  #costOf(usage: Usage): number {
    return this.#cost?.(usage, this.#model) ?? 0;
  }
}

function isEmpty(usage: Usage): boolean {
  return Object.keys(usage).length === 0;
}
