import type { CostMeter } from "../models/prices/cost-meter.js";
import type { Batch, BatchReader, BatchSource } from "../stream/batch-source.js";
import type { ChatEvent } from "../stream/chat-event.js";
import type { ChatMessage } from "../stream/message.js";
import { StreamTiming } from "../stream/timing.js";
import { Transcript } from "../stream/transcript.js";
import type { Usage } from "../stream/usage.js";
import type { TurnTiming } from "./conversation-store.js";

/** How a turn ended, for whoever keeps it. */
export interface TurnEnd {
  /** ISO 8601: when the turn was first read. */
  startedAt: string;
  messages: ChatMessage[];
  usage: Usage;
  /** In USD; `undefined` where it is not known. */
  cost: number | undefined;
  timing: TurnTiming;
  /** As the provider named it; `undefined` when no answer began. */
  model: string | undefined;
  /** Absent when the turn was interrupted. */
  finish?: ChatEvent & { type: "finish" };
}

/** What a turn needs of its conversation. */
export interface TurnKeeper {
  /** Opens the model's stream. Called when the turn is first read. @param left aborted when the reader leaves. */
  open(left: AbortSignal): Promise<{ reader: BatchReader; opening: readonly ChatEvent[] }>;
  /** Stores a complete turn; the reader sees `finish` after this. */
  complete(end: TurnEnd): Promise<void>;
  /** Stores a turn that was stopped or failed, if it said anything. Never rejects: the reader has left, or is told of the first error. */
  interrupt(end: TurnEnd): Promise<void>;
}

/** One turn of a conversation as a source: the model's events, stored once when complete. */
export class TurnSource implements BatchSource {
  readonly #keeper: TurnKeeper;
  readonly #meter: CostMeter;
  readonly #transcript = new Transcript(true);
  readonly #timing = new StreamTiming();
  readonly #left = new AbortController();
  #startedAt = "";
  #reader: BatchReader | undefined;
  #opening: readonly ChatEvent[] = [];
  #model: string | undefined;
  #over = false;

  constructor(keeper: TurnKeeper, meter: CostMeter) {
    this.#keeper = keeper;
    this.#meter = meter;
  }

  async next(): Promise<Batch | undefined> {
    if (this.#over) return undefined;
    try {
      if (this.#reader === undefined) await this.#open();
      const batch = await this.#reader?.next();
      if (batch === undefined || this.#over) return undefined;
      return await this.#pass(batch);
    } catch (thrown) {
      await this.#interrupt();
      throw thrown;
    }
  }

  cancel(reason: unknown): void {
    this.#left.abort(reason);
    this.#reader?.cancel(reason);
    void this.#interrupt();
  }

  async #open(): Promise<void> {
    this.#startedAt = new Date().toISOString();
    this.#timing.begin();
    const { reader, opening } = await this.#keeper.open(this.#left.signal);
    if (this.#over) {
      reader.cancel("the turn was left before it began");
      return;
    }
    this.#reader = reader;
    this.#opening = opening;
  }

  async #pass(batch: Batch): Promise<Batch> {
    const out: ChatEvent[] = [];
    for (const event of batch) {
      this.#transcript.push(event);
      this.#timing.event(event);
      this.#meter.push(event);
      if (event.type === "finish") {
        this.#over = true;
        await this.#keeper.complete({ ...this.#end(), finish: event });
      }
      out.push(event);
      if (event.type !== "start") continue;
      this.#model = event.model;
      out.push(...this.#opening);
      this.#opening = [];
    }
    return out;
  }

  #end(): TurnEnd {
    this.#timing.finish();
    const { ttftMs, durationMs = 0 } = this.#timing;
    return {
      startedAt: this.#startedAt,
      messages: this.#transcript.messages,
      usage: this.#transcript.usage,
      cost: this.#meter.total,
      timing: { ...(ttftMs !== undefined && { ttftMs: Math.round(ttftMs) }), durationMs: Math.round(durationMs) },
      model: this.#model,
    };
  }

  async #interrupt(): Promise<void> {
    if (this.#over) return;
    this.#over = true;
    await this.#keeper.interrupt(this.#end());
  }
}
