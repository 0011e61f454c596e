import type { Clock } from "../../base/clock.js";
import type { BatchSource } from "../../stream/batch-source.js";
import { SluiceError } from "../../stream/error.js";
import { Channel } from "../../stream/sources/channel.js";
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
export type MessageVerdict = "SUCCESS" | "RETRY";

/** One stream out of messages that come in any order, some of them twice. */
export class ReorderedMessages {
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
  readonly #ready = new Channel({ onCancel: () => this.#end() });
  /** Nothing more is taken then. */
  #over = false;
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

  /** The events of the stream. */
  get source(): BatchSource {
    return this.#ready;
  }

  /** Takes a message. */
  accept(message: StreamMessage): MessageVerdict {
    if (this.#over) return "SUCCESS";
    const verdict = this.#take(message);
    if (verdict === "RETRY") this.#refused.add(message.sequence);
    if (!this.#over) this.#watch();
    return verdict;
  }

  #take(message: StreamMessage): MessageVerdict {
    const { sequence, events } = message;
    if (sequence < this.#next || this.#early.has(sequence)) return "SUCCESS";
    if (sequence > this.#next) {
      if (this.#earlyEvents >= this.#limits.bound) return "RETRY";
      this.#early.set(sequence, message);
      this.#earlyEvents += events.length;
      return "SUCCESS";
    }
    if (this.#ready.buffered >= this.#limits.bound) return "RETRY";
    this.#append(message);
    for (let early = this.#early.get(this.#next); early !== undefined; early = this.#early.get(this.#next)) {
      this.#early.delete(this.#next);
      this.#earlyEvents -= early.events.length;
      this.#append(early);
    }
    return "SUCCESS";
  }

  /** Takes the next message in order. */
  #append({ events, last, error }: StreamMessage): void {
    this.#refused.delete(this.#next++);
    this.#ready.push(events);
    if (last) this.#end(error);
  }

  #end(error?: SluiceError): void {
    if (this.#over) return;
    this.#over = true;
    this.#callOff();
    this.#early.clear();
    this.#refused.clear();
    if (error === undefined) this.#ready.end();
    else this.#ready.fail(error);
    this.#onOver();
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
    this.#end(new SluiceError("truncated", message, { retryable: true }));
  };

  readonly #onIdle = (): void => {
    const message = `${this.#named}: no message came within ${this.#limits.idleMs} ms; ${this.#next} had come`;
    this.#end(new SluiceError("idle-timeout", message, { retryable: true }));
  };

  get #named(): string {
    return `the published stream ${JSON.stringify(this.#stream)}`;
  }
}
