import type { ChatEvent } from "./chat-event.js";

/** A gap between two reads that is longer than this counts as a stall, in ms. */
export const STALL_MS = 1_000;

/** How fast a stream was. All durations in ms from the moment it was first read; `undefined` until known. */
export interface Timing {
  /** When the stream was first read, as ms since the epoch. */
  readonly startedAt: number | undefined;
  /** Time to first token: until the first text, reasoning or tool input delta. */
  readonly ttftMs: number | undefined;
  /** Until the end, or until now while the stream runs. */
  readonly durationMs: number | undefined;
  /** Text, reasoning and tool input deltas so far. */
  readonly deltas: number;
  /** Output tokens per second after the first token; from the provider's count, so `undefined` where it gave none. */
  readonly tokensPerSecond: number | undefined;
  /** Gaps of more than `STALL_MS` between two reads while the reader was waiting; `totalMs` is their sum. */
  readonly stalls: { readonly count: number; readonly totalMs: number; readonly longestMs: number };
}

/** The clock that fills a `Timing`. One `performance.now()` a read, none a token. */
export class StreamTiming implements Timing {
  #startedAt: number | undefined;
  #start = 0;
  #first: number | undefined;
  #end: number | undefined;
  #deltas = 0;
  #outputTokens: number | undefined;
  #stalls = { count: 0, totalMs: 0, longestMs: 0 };

  /** The stream is read for the first time. */
  begin(): void {
    this.#startedAt = Date.now();
    this.#start = performance.now();
  }

  /** The reader began to wait at `since` (of `performance.now()`) and events came. */
  waited(since: number): void {
    const gap = performance.now() - since;
    // The wait for the first token is what TTFT says; only later gaps are stalls.
    if (gap <= STALL_MS || this.#first === undefined) return;
    this.#stalls.count++;
    this.#stalls.totalMs += gap;
    this.#stalls.longestMs = Math.max(this.#stalls.longestMs, gap);
  }

  /** One event passed. */
  event(event: ChatEvent): void {
    switch (event.type) {
      case "text-delta":
      case "reasoning-delta":
      case "tool-input-delta":
        this.#deltas++;
        if (this.#first === undefined) this.#first = performance.now();
        return;
      case "finish":
        this.#outputTokens = event.usage.outputTokens;
        return;
      default:
    }
  }

  /** So many deltas passed at once. */
  passed(deltas: number): void {
    this.#deltas += deltas;
    if (this.#first === undefined) this.#first = performance.now();
  }

  /** The stream is over. */
  finish(): void {
    if (this.#startedAt !== undefined) this.#end ??= performance.now();
  }

  get startedAt(): number | undefined {
    return this.#startedAt;
  }

  get ttftMs(): number | undefined {
    return this.#first === undefined ? undefined : this.#first - this.#start;
  }

  get durationMs(): number | undefined {
    return this.#startedAt === undefined ? undefined : (this.#end ?? performance.now()) - this.#start;
  }

  get deltas(): number {
    return this.#deltas;
  }

  get tokensPerSecond(): number | undefined {
    if (this.#outputTokens === undefined || this.#first === undefined || this.#end === undefined) return undefined;
    const seconds = (this.#end - this.#first) / 1_000;
    return seconds > 0 ? this.#outputTokens / seconds : undefined;
  }

  get stalls(): Timing["stalls"] {
    return this.#stalls;
  }
}
