import type { Clock } from "../../base/clock.js";
import type { Batch, BatchSource } from "../../stream/batch-source.js";
import { SluiceError } from "../../stream/error.js";
import type { StreamMessage } from "./stream-message.js";

/** How long a stream waits for its messages, and how much it buffers. */
export interface ReorderLimits {
  /** How long a message may be missing that later ones have overtaken, in ms. */
  gapMs: number;
  /** How long no message at all may come, in ms. */
  idleMs: number;
  /** How many events may be buffered: in order and not read, or out of order. */
  bound: number;
  clock: Clock;
}

/** What to do with a message: it is taken (or known), or is to be delivered again later. */
export type Verdict = "SUCCESS" | "RETRY";

/** One stream out of messages that come in any order, some of them twice. */
export class ReorderedSource implements BatchSource {
  readonly #stream: string;
  readonly #limits: ReorderLimits;
  readonly #onOver: () => void;
  /** The sequence number that comes next. */
  #next = 0;
  /** Messages that came before their turn. */
  readonly #early = new Map<number, StreamMessage>();
  #earlyEvents = 0;
  /** Messages that came and are to be delivered again: they are not missing. */
  readonly #refused = new Set<number>();
  /** In order, and not read yet. */
  #ready: Batch[] = [];
  #readyEvents = 0;
  /** How it ended: nothing more is taken then. */
  #over: { error?: SluiceError } | undefined;
  #waiter: { resolve: (batch: Batch | undefined) => void; reject: (error: SluiceError) => void } | undefined;
  #callOff: () => void;
  /** The number that the running timer waits for; `undefined` while it waits for any. */
  #missing: number | undefined;

  /** @param onOver called once, when no message is of use any more. */
  constructor(stream: string, limits: ReorderLimits, onOver: () => void) {
    this.#stream = stream;
    this.#limits = limits;
    this.#onOver = onOver;
    this.#callOff = limits.clock.after(limits.idleMs, this.#onIdle);
  }

  /** Takes a message. */
  accept(message: StreamMessage): Verdict {
    if (this.#over !== undefined) return "SUCCESS";
    const verdict = this.#take(message);
    if (verdict === "RETRY") this.#refused.add(message.sequence);
    if (this.#over === undefined) this.#watch();
    return verdict;
  }

  next(): Batch | undefined | Promise<Batch | undefined> {
    const batch = this.#shift();
    if (batch !== undefined) return batch;
    if (this.#over === undefined) {
      return new Promise((resolve, reject) => {
        this.#waiter = { resolve, reject };
      });
    }
    if (this.#over.error !== undefined) throw this.#over.error;
    return undefined;
  }

  cancel(): void {
    this.#ready = [];
    this.#end({});
  }

  #take(message: StreamMessage): Verdict {
    const { sequence, events } = message;
    if (sequence < this.#next || this.#early.has(sequence)) return "SUCCESS";
    if (sequence > this.#next) {
      if (this.#earlyEvents >= this.#limits.bound) return "RETRY";
      this.#early.set(sequence, message);
      this.#earlyEvents += events.length;
      return "SUCCESS";
    }
    if (this.#readyEvents >= this.#limits.bound) return "RETRY";
    this.#append(message);
    for (let early = this.#early.get(this.#next); early !== undefined; early = this.#early.get(this.#next)) {
      this.#early.delete(this.#next);
      this.#earlyEvents -= early.events.length;
      this.#append(early);
    }
    this.#wake();
    return "SUCCESS";
  }

  /** Takes the next message in order. */
  #append({ events, last, error }: StreamMessage): void {
    this.#refused.delete(this.#next++);
    if (events.length > 0) {
      this.#ready.push(events);
      this.#readyEvents += events.length;
    }
    if (last) this.#end(error === undefined ? {} : { error });
  }

  #shift(): Batch | undefined {
    const batch = this.#ready.shift();
    this.#readyEvents -= batch?.length ?? 0;
    return batch;
  }

  #end(over: { error?: SluiceError }): void {
    if (this.#over !== undefined) return;
    this.#over = over;
    this.#callOff();
    this.#early.clear();
    this.#refused.clear();
    this.#wake();
    this.#onOver();
  }

  #wake(): void {
    const waiter = this.#waiter;
    if (waiter === undefined || (this.#ready.length === 0 && this.#over === undefined)) return;
    this.#waiter = undefined;
    const batch = this.#shift();
    if (batch === undefined && this.#over?.error !== undefined) waiter.reject(this.#over.error);
    else waiter.resolve(batch);
  }

  /** Sets the timer for what is waited for now. One that waits for a certain message runs on whatever else comes. */
  #watch(): void {
    const isMissing = this.#early.size > 0 && !this.#refused.has(this.#next);
    const missing = isMissing ? this.#next : undefined;
    if (missing !== undefined && missing === this.#missing) return;
    this.#missing = missing;
    this.#callOff();
    const { clock, gapMs, idleMs } = this.#limits;
    this.#callOff = missing === undefined ? clock.after(idleMs, this.#onIdle) : clock.after(gapMs, this.#onGap);
  }

  readonly #onGap = (): void => {
    const early = [...this.#early.keys()].sort((a, b) => a - b);
    const came = `${early.length} later ones came, up to ${early.at(-1)}`;
    const message = `${this.#named}: message ${this.#next} did not come within ${this.#limits.gapMs} ms; ${came}`;
    this.#end({ error: new SluiceError("truncated", message, { retryable: true }) });
  };

  readonly #onIdle = (): void => {
    const message = `${this.#named}: no message came within ${this.#limits.idleMs} ms; ${this.#next} had come`;
    this.#end({ error: new SluiceError("idle-timeout", message, { retryable: true }) });
  };

  get #named(): string {
    return `the published stream ${JSON.stringify(this.#stream)}`;
  }
}
