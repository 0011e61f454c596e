import type { Clock } from "../../base/clock.js";
import type { Batch, BatchSource } from "../../stream/batch-source.js";
import { SluiceError } from "../../stream/error.js";
import { isContent } from "../../stream/is-content.js";
import { opened } from "../../stream/sources/opened.js";
import { transform } from "../../stream/sources/transform.js";
import { type Usage, updateUsage } from "../../stream/usage.js";
import { answerUsage, FallbackUsage } from "../fallback-usage.js";

/** What is asked, and when. */
export interface HedgedOptions {
  /** Asks the first, then the second. */
  open: readonly [() => BatchSource, () => BatchSource];
  /** How long the first may have no output before the second is asked too, in ms. */
  afterMs: number;
  clock: Clock;
  /** The one at this index was faster; the other one is given up. */
  onWin(index: number): void;
}

interface Contender {
  index: number;
  source: BatchSource;
  /** What came until its first content, that included. */
  batches: Batch[];
}

/**
 * The answer of whichever of two has output first. The second is asked when the first has none for a while; the
 * slower one is given up at the first content of the other, and what it is known to have used is booked. Where the first
 * fails before the second was asked, its error is the end: who comes next is not for this source to say.
 */
export function hedgedSource(options: HedgedOptions): BatchSource {
  const race = new Race(options);
  return opened(
    () => race.winner(),
    (reason) => race.leave(reason),
  );
}

class Race {
  readonly #options: HedgedOptions;
  #running: Contender[] = [];
  #callOff: (() => void) | undefined;
  #settle: { win: (answer: BatchSource) => void; lose: (error: unknown) => void } | undefined;

  constructor(options: HedgedOptions) {
    this.#options = options;
  }

  /** Begins the race. Resolves with the whole answer of the one that wins. */
  winner(): Promise<BatchSource> {
    return new Promise<BatchSource>((win, lose) => {
      this.#settle = { win, lose };
      this.#callOff = this.#options.clock.after(this.#options.afterMs, () => this.#ask(1));
      this.#ask(0);
    });
  }

  /** Nobody waits for the answer any more. */
  leave(reason: unknown): void {
    this.#callOff?.();
    for (const { source } of this.#running) source.cancel(reason);
    this.#running = [];
  }

  #ask(index: 0 | 1): void {
    let contender: Contender | undefined;
    try {
      contender = { index, source: this.#options.open[index](), batches: [] };
    } catch (thrown) {
      this.#failed(undefined, thrown);
      return;
    }
    this.#running.push(contender);
    void this.#untilContent(contender);
  }

  async #untilContent(contender: Contender): Promise<void> {
    try {
      for (;;) {
        const batch = await contender.source.next();
        if (!this.#running.includes(contender)) return;
        if (batch === undefined)
          throw new SluiceError("truncated", "the stream ended without a finish", { retryable: true });
        contender.batches.push(batch);
        if (batch.some(isContent) || batch[batch.length - 1]?.type === "finish") break;
      }
    } catch (thrown) {
      if (this.#running.includes(contender)) this.#failed(contender, thrown);
      return;
    }
    this.#won(contender);
  }

  /** One that fails leaves the race to the other, where it is in it. */
  #failed(contender: Contender | undefined, thrown: unknown): void {
    this.#running = this.#running.filter((one) => one !== contender);
    if (this.#running.length > 0) return;
    this.#callOff?.();
    this.#settle?.lose(thrown);
  }

  #won(winner: Contender): void {
    this.#callOff?.();
    this.#options.onWin(winner.index);
    const losers = this.#running.filter((one) => one !== winner);
    this.#running = [];
    const usage = new FallbackUsage();
    for (const { source, batches } of losers) {
      source.cancel(new SluiceError("cancelled", "another model answered first"));
      usage.running(usageIn(batches));
      usage.failed();
    }
    const answer = begun(winner);
    const booked = { push: (batch: Batch) => answerUsage(batch, usage) };
    this.#settle?.win(losers.length === 0 ? answer : transform(answer, booked));
  }
}

/** A source that has been read until its first content, from its beginning. */
function begun({ source, batches }: Contender): BatchSource {
  return { next: () => batches.shift() ?? source.next(), cancel: (reason) => source.cancel(reason) };
}

/** What a model without output is known to have used. */
function usageIn(batches: readonly Batch[]): Usage {
  let usage: Usage = {};
  for (const event of batches.flat()) if (event.type === "usage") usage = updateUsage(usage, event.usage);
  return usage;
}
