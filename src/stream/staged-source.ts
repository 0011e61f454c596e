import type { Batch, BatchSource } from "./batch-source.js";
import type { ChatEvent } from "./chat-event.js";
import type { Stage } from "./stage.js";

/** A source with a stage in its way. */
export class StagedSource implements BatchSource {
  readonly #source: BatchSource;
  readonly #stage: Stage;
  #out: ChatEvent[] = [];
  #ended = false;
  /** Thrown after what was held back has gone out. */
  #failure: { thrown: unknown } | undefined;

  constructor(source: BatchSource, stage: Stage) {
    this.#source = source;
    this.#stage = stage;
  }

  next(): Batch | undefined | Promise<Batch | undefined> {
    for (;;) {
      if (this.#failure !== undefined) throw this.#failure.thrown;
      let pulled: ReturnType<BatchSource["next"]>;
      try {
        pulled = this.#source.next();
      } catch (thrown) {
        return this.#failed(thrown);
      }
      if (pulled instanceof Promise) {
        return pulled.then(
          (batch) => this.#stageBatch(batch) ?? (batch === undefined ? undefined : this.next()),
          (thrown) => this.#failed(thrown),
        );
      }
      const out = this.#stageBatch(pulled);
      if (out !== undefined || pulled === undefined) return out;
    }
  }

  cancel(reason: unknown): void {
    this.#source.cancel(reason);
  }

  readonly #emit = (event: ChatEvent): void => {
    this.#out.push(event);
  };

  /** What the stage makes of a batch, or `undefined` when it holds everything back. */
  #stageBatch(batch: Batch | undefined): Batch | undefined {
    if (batch === undefined) return undefined;
    for (const event of batch) {
      if (event.type === "finish") this.#end();
      this.#stage.push(event, this.#emit);
    }
    const out = this.#take();
    // A stage may finish early (a budget): then nobody will pull the source again.
    if (out?.some((event) => event.type === "finish") && !batch.some((event) => event.type === "finish")) {
      this.#source.cancel("a stage finished the stream");
    }
    return out;
  }

  #failed(thrown: unknown): Batch {
    this.#end();
    const out = this.#take();
    if (out === undefined) throw thrown;
    this.#failure = { thrown };
    return out;
  }

  #end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#stage.end?.(this.#emit);
  }

  #take(): Batch | undefined {
    if (this.#out.length === 0) return undefined;
    const out = this.#out;
    this.#out = [];
    return out;
  }
}
