import type { Batch, BatchSource } from "../stream/batch-source.js";
import type { CallOptions, ChatModel } from "../stream/chat-model.js";
import type { ChatRequest } from "../stream/chat-request.js";
import { innerSource } from "../stream/inner-source.js";
import { type Reads, readsOf } from "../stream/read-into.js";
import type { Usage } from "../stream/usage.js";
import { BudgetShare } from "./budget-share.js";
import { type StepCounter, StepRelay } from "./step-relay.js";

/** What came of one read: a batch, `undefined` at the end, or what it failed with. */
export type Arrival = { batch: Batch | undefined } | { thrown: unknown };

/** One model call of a loop: its stream, read only as fast as the reader asks, and its share of a budget. */
export class ModelCall {
  /** What the reader gets of it. */
  readonly relay: StepRelay;
  readonly #source: BatchSource;
  /** What is read in place of the source, once that was read. */
  #reads: Reads | undefined;
  readonly #share: BudgetShare | undefined;
  readonly #onArrival: () => void;
  #booked = false;
  #pulling = false;
  #arrival: Arrival | undefined;

  /** @param onArrival called when something has come that `read` did not find. */
  constructor(
    model: ChatModel,
    request: ChatRequest,
    { context, ...options }: CallOptions,
    steps: StepCounter,
    onArrival: () => void,
  ) {
    this.relay = new StepRelay(steps);
    this.#onArrival = onArrival;
    this.#share = context?.budget && new BudgetShare(context.budget);
    const own = context && { context: { ...context, ...(this.#share && { budget: this.#share }) } };
    this.#source = innerSource(model, request, { ...options, ...own });
  }

  /** Its source, once it was read, for a reader of its own, where nothing of it is on the way. */
  get idle(): Reads | undefined {
    if (this.#pulling || this.#arrival !== undefined) return undefined;
    this.#reads ??= readsOf(this.#source);
    return this.#reads;
  }

  /** What has come; where nothing has, one batch is asked for. */
  read(): Arrival | undefined {
    if (this.#arrival === undefined && !this.#pulling) this.#pull();
    const arrival = this.#arrival;
    this.#arrival = undefined;
    return arrival;
  }

  /** Books what the call used, once. Default: what is known of it. */
  book(usage: Usage = this.relay.usage): void {
    if (!this.#booked) this.#share?.settle(usage, this.relay.model);
    this.#booked = true;
  }

  cancel(reason: unknown): void {
    this.#source.cancel(reason);
    this.book();
  }

  #pull(): void {
    const pulled = this.#source.next();
    if (!(pulled instanceof Promise)) {
      this.#arrival = { batch: pulled };
      return;
    }
    this.#pulling = true;
    const arrive = (arrival: Arrival) => {
      this.#pulling = false;
      this.#arrival = arrival;
      this.#onArrival();
    };
    pulled.then(
      (batch) => arrive({ batch }),
      (thrown: unknown) => arrive({ thrown }),
    );
  }
}
