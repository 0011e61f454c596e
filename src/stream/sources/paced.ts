import { type Clock, systemClock, wait } from "../../base/clock.js";
import type { BatchSource } from "../batch-source.js";
import type { ChatEvent, TextDeltaEvent } from "../chat-event.js";
import { clock as checkClock, exactly } from "../checks.js";
import { invalid } from "../error.js";
import type { SourceStage } from "../stage.js";
import type { Pulled } from "./transform.js";

/** Settings of `paced`. */
export interface PacedOptions {
  /** The most characters of text that go out in a second. */
  charactersPerSecond: number;
  /** Default: the machine's. */
  clock?: Clock;
}

/** The least ms between two deltas: screens show no more than 60 pictures a second. */
const TICK_MS = 16;

const checkOptions = exactly("paced", {
  charactersPerSecond: {
    required: (value, path) => {
      if (!(typeof value === "number" && value > 0)) throw invalid(path, value, "a number above 0");
    },
  },
  clock: checkClock,
});

/**
 * A stage that lets text out calmly, at most so many characters a second, however it arrives. No character is lost, and all
 * events keep their order; only text waits, and what comes behind it. The model is read as fast as the text goes out. A reader
 * that leaves waits for nothing.
 *
 * @throws {SluiceError} `invalid-argument` for a pace that is not a number above 0, or an option that it does not have.
 * @example
 * ```ts
 * import { paced, stream } from "sluice";
 *
 * for await (const text of stream("ollama/llama3.2", "Hi").through(paced({ charactersPerSecond: 60 })).text) {
 *   console.log(text);
 * }
 * ```
 */
export function paced(options: PacedOptions): SourceStage {
  checkOptions(options, "");
  const { charactersPerSecond, clock = systemClock } = options;
  return { source: (source) => new PacedSource(source, charactersPerSecond / 1_000, clock) };
}

class PacedSource implements BatchSource {
  readonly #source: BatchSource;
  /** Characters a ms. */
  readonly #pace: number;
  readonly #clock: Clock;
  readonly #left = new AbortController();
  /** What has arrived and not gone out, and how much of its first text has. */
  #queue: ChatEvent[] = [];
  #offset = 0;
  /** When the next character may go out. */
  #due = Number.NEGATIVE_INFINITY;
  /** Thrown once all has gone out. */
  #failure: { thrown: unknown } | undefined;

  constructor(source: BatchSource, pace: number, clock: Clock) {
    this.#source = source;
    this.#pace = pace;
    this.#clock = clock;
  }

  next(): Pulled {
    for (;;) {
      if (this.#left.signal.aborted) return undefined;
      const [first] = this.#queue;
      if (first !== undefined) return isPaced(first) ? this.#nextText(first) : this.#others();
      if (this.#failure !== undefined) throw this.#failure.thrown;
      let pulled: Pulled;
      try {
        pulled = this.#source.next();
      } catch (thrown) {
        this.#failure = { thrown };
        continue;
      }
      if (pulled instanceof Promise) return pulled.then(this.#onBatch, this.#onFailure);
      if (pulled === undefined) return undefined;
      this.#queue = [...pulled];
    }
  }

  cancel(reason: unknown): void {
    this.#left.abort(reason);
    this.#source.cancel(reason);
  }

  readonly #onBatch = (batch: Awaited<Pulled>): Pulled => {
    if (batch === undefined) return undefined;
    this.#queue = [...batch];
    return this.next();
  };

  readonly #onFailure = (thrown: unknown): Pulled => {
    this.#failure = { thrown };
    return this.next();
  };

  /** What stands before the next text. */
  #others(): ChatEvent[] {
    const end = this.#queue.findIndex(isPaced);
    return this.#queue.splice(0, end === -1 ? this.#queue.length : end);
  }

  #nextText(event: TextDeltaEvent): Pulled {
    const now = this.#clock.now();
    if (now < this.#due) return this.#wait(this.#due - now);
    const rest = event.text.slice(this.#offset);
    const allowed = Math.max(1, Math.floor(this.#pace * TICK_MS));
    const text = beginning(rest, allowed);
    // A pause of the model is not made up for.
    this.#due = now + lengthOf(text) / this.#pace;
    this.#offset += text.length;
    if (this.#offset < event.text.length) {
      const { opaque: _, ...plain } = event;
      return [{ ...plain, text }];
    }
    this.#queue.shift();
    this.#offset = 0;
    return [{ ...event, text }];
  }

  async #wait(ms: number): Promise<Awaited<Pulled>> {
    try {
      await wait(ms, this.#clock, this.#left.signal);
    } catch {
      // The reader has left.
    }
    return this.next();
  }
}

function isPaced(event: ChatEvent): event is TextDeltaEvent {
  return event.type === "text-delta" && event.text !== "";
}

/** The first `count` characters, none of them cut. */
function beginning(text: string, count: number): string {
  if (text.length <= count) return text;
  let end = 0;
  for (const character of text) {
    if (count-- === 0) break;
    end += character.length;
  }
  return text.slice(0, end);
}

function lengthOf(text: string): number {
  let length = 0;
  for (const _ of text) length++;
  return length;
}
