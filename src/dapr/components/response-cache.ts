import { createHash } from "node:crypto";
import type { Clock } from "../../base/clock.js";
import type { Batch, BatchReader, BatchSource } from "../../stream/batch-source.js";
import type { ChatEvent } from "../../stream/chat-event.js";
import type { ChatModel } from "../../stream/chat-model.js";
import { ChatStream } from "../../stream/chat-stream.js";

/** Settings of `cachedModel`. */
export interface ResponseCacheOptions {
  /** How long an answer is kept, in ms. */
  ttlMs: number;
  clock: Clock;
  /** How many answers are kept; the one that was used longest ago makes room. Default 1,000. */
  maxEntries?: number;
}

interface Entry {
  events: Batch;
  expiry: number;
}

/**
 * A model that answers the same request with the same answer as before, usage included, without a call of the model. The
 * stream then says `simulated`, since the whole answer is there. Only answers that came to their end are kept, in memory.
 */
export function cachedModel(model: ChatModel, { ttlMs, clock, maxEntries = 1_000 }: ResponseCacheOptions): ChatModel {
  const entries = new Map<string, Entry>();
  const take = (key: string): Batch | undefined => {
    const entry = entries.get(key);
    entries.delete(key);
    if (entry === undefined || entry.expiry <= clock.now()) return undefined;
    entries.set(key, entry);
    return entry.events;
  };
  const keep = (key: string, events: Batch): void => {
    entries.delete(key);
    entries.set(key, { events, expiry: clock.now() + ttlMs });
    const [oldest] = entries.keys();
    if (entries.size > maxEntries && oldest !== undefined) entries.delete(oldest);
  };
  return {
    ...model,
    stream(request, options = {}) {
      const { signal, retain } = options;
      const key = createHash("sha256").update(JSON.stringify(request)).digest("base64");
      const kept = take(key);
      if (kept !== undefined) return new ChatStream(new KeptAnswer(kept), { signal, retain });
      const { signal: _, ...call } = options;
      const answer = model.stream(request, { ...call, retain: false });
      return new ChatStream(new WatchedAnswer(answer, (events) => keep(key, events)), { signal, retain });
    },
  };
}

/** An answer that is there already. */
class KeptAnswer implements BatchSource {
  #events: Batch | undefined;

  constructor(events: Batch) {
    this.#events = events.map((event) => (event.type === "start" ? { ...event, simulated: true } : event));
  }

  next(): Batch | undefined {
    const events = this.#events;
    this.#events = undefined;
    return events;
  }

  cancel(): void {
    this.#events = undefined;
  }
}

/** Passes an answer on, and hands it over when it is complete. */
class WatchedAnswer implements BatchSource {
  readonly #stream: ChatStream;
  readonly #keep: (events: Batch) => void;
  #reader: BatchReader | undefined;
  #events: ChatEvent[] | undefined = [];

  constructor(stream: ChatStream, keep: (events: Batch) => void) {
    this.#stream = stream;
    this.#keep = keep;
  }

  next(): Batch | undefined | Promise<Batch | undefined> {
    this.#reader ??= this.#stream.batches();
    const pulled = this.#reader.next();
    return pulled instanceof Promise ? pulled.then(this.#watch) : this.#watch(pulled);
  }

  cancel(reason: unknown): void {
    this.#events = undefined;
    this.#reader?.cancel(reason);
  }

  readonly #watch = (batch: Batch | undefined): Batch | undefined => {
    if (batch === undefined || this.#events === undefined) return batch;
    for (const event of batch) {
      // What was taken back once is not worth saying again.
      if (event.type === "retract") {
        this.#events = undefined;
        return batch;
      }
      append(this.#events, event);
      if (event.type === "finish") this.#keep(this.#events);
    }
    return batch;
  };
}

/** Adds an event; a delta that goes on where the last one ended is joined to it. */
function append(events: ChatEvent[], event: ChatEvent): void {
  const last = events.at(-1);
  const joins =
    event.type === "text-delta" &&
    last?.type === "text-delta" &&
    last.block === event.block &&
    last.refusal === event.refusal &&
    last.opaque === undefined &&
    event.opaque === undefined;
  if (joins) events[events.length - 1] = { ...last, text: last.text + event.text };
  else events.push(event);
}
