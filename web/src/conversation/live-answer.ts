import { type ReadonlySignal, signal } from "@preact/signals";
import { uuid } from "../../../src/base/uuid.js";
import type { ChatEvent } from "../../../src/stream/chat-event.js";
import { SluiceError } from "../../../src/stream/error.js";
import { errorFromJson, errorToJson } from "../../../src/stream/error-json.js";
import { isContent } from "../../../src/stream/is-content.js";
import type { InputResponsePart } from "../../../src/stream/message.js";
import { AnswerLog } from "../answer/answer-log.js";
import { AnswerView } from "../answer/answer-view.js";
import { beginRun, type FollowOptions, type RunPlace, resumeRun, stopRun } from "../api/follow-run.js";
import type { AnswerFigures, AnswerLeg, AnswerTurn } from "../store/records.js";

/** How often an answer that grows is kept, in ms; a long one less often. */
const KEEP_MS = 1_500;

/** How an answer is begun: the body of a native request, and what changes its events on their way. */
export interface AnswerRequest {
  body: object;
  /** Takes an event and gives what is shown and kept of it. */
  through?: ((event: ChatEvent, emit: (event: ChatEvent) => void) => void) | undefined;
}

/** Where an answer is kept. */
export interface AnswerKeeper {
  /**
   * Resolves when it is stored for good. `false`: it is not this tab's any more, since another one has more of it or has deleted it.
   *
   * @param begun whether the server knows its run.
   */
  keep(record: AnswerTurn, begun: boolean): Promise<boolean>;
  /** Stores it at once: the page is being left. */
  keepNow(record: AnswerTurn): Promise<void>;
}

/** An answer that is shown: one that arrives, or one that is kept. */
export class LiveAnswer {
  readonly view = new AnswerView();
  readonly #record: AnswerTurn;
  readonly #keeper: AnswerKeeper;
  readonly #state;
  readonly #error = signal<SluiceError | undefined>(undefined);
  readonly #connection = signal<"connected" | "reconnecting">("connected");
  readonly #figures;
  #log = new AnswerLog();
  /** As long as it is followed. */
  #stop: AbortController | undefined;
  #known = false;
  #began = 0;
  #keptAt = 0;
  #keepCost = 0;

  constructor(record: AnswerTurn, keeper: AnswerKeeper) {
    this.#record = record;
    this.#keeper = keeper;
    this.#state = signal(record.state);
    this.#figures = signal(record.figures);
    if (record.error !== undefined) this.#error.value = errorFromJson(record.error);
    for (const { responses, events } of record.legs) {
      for (const { id, response } of responses) this.view.respond(id, response);
      for (const event of events) this.view.push(event);
    }
    if (record.state !== "running") this.view.end();
  }

  get record(): AnswerTurn {
    return this.#record;
  }

  get state(): ReadonlySignal<AnswerTurn["state"]> {
    return this.#state;
  }

  /** What it failed with. */
  get error(): ReadonlySignal<SluiceError | undefined> {
    return this.#error;
  }

  get connection(): ReadonlySignal<"connected" | "reconnecting"> {
    return this.#connection;
  }

  get figures(): ReadonlySignal<AnswerFigures> {
    return this.#figures;
  }

  /** Whether this tab takes its events from the server, and whether it has lost them. */
  get following(): "no" | "yes" | "lost" {
    if (this.#stop === undefined) return "no";
    return this.#connection.value === "connected" ? "yes" : "lost";
  }

  /** Asks for it, or, after somebody has answered its requests, for the rest of it. Resolves when it is over. */
  async begin(responses: InputResponsePart[], { body, through }: AnswerRequest): Promise<void> {
    for (const { id, response } of responses) this.view.respond(id, response);
    this.#log = new AnswerLog();
    const place = { run: uuid(), seq: -1 };
    this.#record.legs = [...this.#record.legs, { responses, events: [], place }];
    this.#known = false;
    await this.#follow((options) => beginRun(body, place.run, options), through);
  }

  /** Goes on with one that was running when the page was left. */
  async resume(through?: AnswerRequest["through"]): Promise<void> {
    const { place, events } = this.#leg;
    this.#known = true;
    if (place === undefined) {
      await this.#end("failed", neverBegan());
      return;
    }
    this.#log = new AnswerLog();
    for (const event of events) this.#log.push(event);
    const resumed = (options: FollowOptions) =>
      resumeRun(place, options).catch((thrown: unknown) => {
        throw place.seq < 0 && SluiceError.from(thrown).code === "not-found" ? neverBegan() : thrown;
      });
    await this.#follow(resumed, through);
  }

  /** Ends it where it is. The page shows that at once; the server is asked to. */
  stop(): void {
    const { run } = this.#leg.place ?? {};
    if (run !== undefined && this.#state.value === "running") void stopRun(run).catch(() => {});
    if (this.#stop === undefined && this.#state.value === "running") void this.#end("stopped");
    this.#stop?.abort();
  }

  /** Leaves it, while the server goes on. */
  leave(): void {
    if (this.#stop !== undefined) void this.#store(true);
    this.abandon();
  }

  /** Leaves it to another tab. */
  abandon(): void {
    this.#stop?.abort("left");
  }

  /** Keeps what has come so far, at once. */
  keepNow(): void {
    if (this.#stop !== undefined) void this.#keeper.keepNow(this.#snapshot()).catch(() => {});
  }

  /** @returns whether it is this tab's to go on with. */
  async #store(begun = this.#known): Promise<boolean> {
    // An answer that cannot be stored is shown all the same.
    return this.#keeper.keep(this.#snapshot(), begun).catch(() => true);
  }

  #snapshot(): AnswerTurn {
    if (this.#stop !== undefined) this.#leg.events = this.#log.events;
    // Storing takes a while, in which more comes: what is stored belongs together.
    return { ...this.#record, legs: this.#record.legs.map((leg) => ({ ...leg })) };
  }

  get #leg(): AnswerLeg {
    const leg = this.#record.legs.at(-1);
    if (leg !== undefined) return leg;
    const first: AnswerLeg = { responses: [], events: [] };
    this.#record.legs.push(first);
    return first;
  }

  async #follow(follow: (options: FollowOptions) => Promise<void>, through?: AnswerRequest["through"]): Promise<void> {
    this.#stop = new AbortController();
    const { signal: stopped } = this.#stop;
    this.#state.value = "running";
    this.#record.state = "running";
    this.#error.value = undefined;
    delete this.#record.error;
    // Before the run is asked for: a page that is reloaded at any time finds it.
    if (!(await this.#store())) {
      this.#stop = undefined;
      return;
    }
    this.#began = performance.now();
    const take = (event: ChatEvent) => this.#take(event);
    const onEvents = (events: readonly ChatEvent[], place: RunPlace) => {
      for (const event of events) through === undefined ? take(event) : through(event, take);
      this.#leg.place = place;
      this.#keepSometimes();
    };
    const onConnection = (state: "connected" | "reconnecting") => {
      this.#connection.value = state;
    };
    const onResponse = () => {
      this.#known = true;
      void this.#store();
    };
    try {
      await follow({ onEvents, onConnection, onResponse, signal: stopped });
      await this.#end("done");
    } catch (thrown) {
      if (stopped.reason === "left") return;
      const error = SluiceError.from(thrown);
      if (stopped.aborted || error.code === "cancelled") await this.#end("stopped");
      else await this.#end("failed", error);
    }
  }

  #take(event: ChatEvent): void {
    this.#log.push(event);
    this.view.push(event);
    const { ttftMs, usage } = this.#figures.value;
    if (ttftMs === undefined && isContent(event)) this.#figure({ ttftMs: performance.now() - this.#began });
    if (event.type === "usage") this.#figure({ usage: { ...usage, ...event.usage } });
    if (event.type === "finish") this.#figure({ usage: event.usage });
  }

  #figure(figures: AnswerFigures): void {
    this.#figures.value = { ...this.#figures.value, ...figures };
    this.#record.figures = this.#figures.value;
  }

  async #end(state: "done" | "stopped" | "failed", error?: SluiceError): Promise<void> {
    this.view.end();
    this.#figure({ durationMs: performance.now() - this.#began });
    this.#record.state = state;
    this.#connection.value = "connected";
    if (error !== undefined) this.#record.error = errorToJson(error);
    const kept = this.#store();
    this.#stop = undefined;
    // What failed here may have gone on in another tab.
    if (error !== undefined && !(await kept)) return;
    this.#error.value = error;
    this.#state.value = state;
  }

  /** What keeping costs grows with the answer: it takes a small share of the time. */
  #keepSometimes(): void {
    const at = performance.now();
    if (at - this.#keptAt < Math.max(KEEP_MS, this.#keepCost * 50)) return;
    void this.#store();
    this.#keptAt = performance.now();
    this.#keepCost = this.#keptAt - at;
  }
}

function neverBegan(): SluiceError {
  return new SluiceError("cancelled", "The page was left before the answer began.", { retryable: true });
}
