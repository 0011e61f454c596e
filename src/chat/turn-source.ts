import { LazyAbort } from "../base/lazy-abort.js";
import type { CostMeter } from "../models/prices/cost-meter.js";
import type { Batch, BatchSource } from "../stream/batch-source.js";
import type { ChatEvent } from "../stream/chat-event.js";
import type { ChatMessage } from "../stream/message.js";
import { plainText } from "../stream/plain-text.js";
import { opened } from "../stream/sources/opened.js";
import { type Transform, transform } from "../stream/sources/transform.js";
import { StreamTiming } from "../stream/timing.js";
import { Transcript } from "../stream/transcript.js";
import { addUsage, type Usage } from "../stream/usage.js";
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

/** A turn whose model is asked. */
export interface OpenedTurn {
  source: BatchSource;
  opening: readonly ChatEvent[];
  /** What was used before the model was asked, as for a summary; cost in USD, `undefined` where it is not known. */
  before?: { usage: Usage; cost: number | undefined };
}

/** What a turn needs of its conversation. */
export interface TurnKeeper {
  /** Opens the model's stream. Called when the turn is first read. @param left aborted when the reader leaves. */
  open(left: AbortSignal): Promise<OpenedTurn>;
  /** Stores a complete turn; the reader sees `finish` after this. */
  complete(end: TurnEnd): Promise<void>;
  /** Stores a turn that was stopped or failed, if it has any output. Never rejects: the reader has left, or has the first error. */
  interrupt(end: TurnEnd): Promise<void>;
}

/** One turn of a conversation as a source: the model's events, stored once when complete. */
export function turnSource(keeper: TurnKeeper, meter: CostMeter): BatchSource {
  const turn = new Turn(keeper, meter);
  return opened(
    () => turn.open(),
    (reason) => turn.cancel(reason),
  );
}

class Turn implements Transform {
  readonly #keeper: TurnKeeper;
  readonly #meter: CostMeter;
  readonly #transcript = new Transcript(true);
  readonly #timing = new StreamTiming();
  readonly #left = new LazyAbort();
  #startedAt = "";
  #opening: readonly ChatEvent[] = [];
  #before: OpenedTurn["before"];
  #model: string | undefined;
  #over = false;

  constructor(keeper: TurnKeeper, meter: CostMeter) {
    this.#keeper = keeper;
    this.#meter = meter;
  }

  async open(): Promise<BatchSource> {
    this.#startedAt = new Date().toISOString();
    this.#timing.begin();
    try {
      const { source, opening, before } = await this.#keeper.open(this.#left.signal);
      this.#opening = opening;
      this.#before = before;
      return transform(source, this);
    } catch (thrown) {
      await this.#interrupt();
      throw thrown;
    }
  }

  push(batch: Batch): Batch | Promise<Batch> {
    const plain = this.#opening.length > 0 ? undefined : plainText(batch);
    if (plain !== undefined) {
      this.#transcript.pushText(plain);
      this.#timing.passed(batch.length);
      return batch;
    }
    for (const event of batch) {
      this.#transcript.push(event);
      this.#timing.event(event);
      this.#meter.push(event);
      if (event.type === "start") this.#model = event.model;
    }
    const last = batch[batch.length - 1];
    const out = this.#opening.length > 0 ? this.#withOpening(batch) : batch;
    if (last?.type !== "finish") return out;
    this.#over = true;
    const finish = { ...last, usage: this.#withBefore(last.usage) };
    const ended = this.#before === undefined ? out : [...out.slice(0, -1), finish];
    return this.#keeper.complete({ ...this.#end(), finish }).then(() => ended);
  }

  async fail(): Promise<Batch> {
    await this.#interrupt();
    return [];
  }

  cancel(reason: unknown): void {
    this.#left.abort(reason);
    void this.#interrupt();
  }

  /** What the turn opens with stands after its start. */
  #withOpening(batch: Batch): Batch {
    const at = batch.findIndex(({ type }) => type === "start");
    if (at === -1) return batch;
    const opening = this.#opening;
    this.#opening = [];
    return [...batch.slice(0, at + 1), ...opening, ...batch.slice(at + 1)];
  }

  #withBefore(usage: Usage): Usage {
    return this.#before === undefined ? usage : addUsage(usage, this.#before.usage);
  }

  #end(): TurnEnd {
    this.#timing.finish();
    const own = this.#meter.total;
    const before = this.#before === undefined ? 0 : this.#before.cost;
    const { ttftMs, durationMs = 0 } = this.#timing;
    return {
      startedAt: this.#startedAt,
      messages: this.#transcript.messages,
      usage: this.#withBefore(this.#transcript.usage),
      cost: own === undefined || before === undefined ? undefined : own + before,
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
