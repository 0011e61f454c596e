import { type ReadonlySignal, signal } from "@preact/signals";
import type { ChatEvent } from "../../../src/stream/chat-event.js";
import type { StepProgress } from "../../../src/workflows/run/run-core.js";
import { AnswerView } from "../answer/answer-view.js";

/** How a step stands. */
export type StepState = "pending" | "running" | "waiting" | "retrying" | "completed" | "skipped" | "failed";

/** One stream of a step: an attempt, a round, an item of a loop. */
export interface StepStream {
  /** The step where it stands, and its round: `each[3]/summarise#2`. */
  from: string;
  attempt: number;
  view: AnswerView;
}

/** Characters of the end of a step's text that its box shows. */
const TAIL = 120;

/** An outermost step of a run while it goes on, with everything that runs inside it. */
export class StepView {
  readonly id: string;
  readonly #state = signal<StepState>("pending");
  readonly #streams = signal<readonly StepStream[]>([]);
  readonly #tail = signal("");
  readonly #notes = signal<readonly string[]>([]);
  readonly #elapsedMs = signal<number | undefined>(undefined);
  readonly #attempts = signal(0);
  #text = "";

  constructor(id: string) {
    this.id = id;
  }

  get state(): ReadonlySignal<StepState> {
    return this.#state;
  }

  /** What it streamed, attempt by attempt. */
  get streams(): ReadonlySignal<readonly StepStream[]> {
    return this.#streams;
  }

  /** The end of the text that it streams. */
  get tail(): ReadonlySignal<string> {
    return this.#tail;
  }

  /** What was tried again, and why. */
  get notes(): ReadonlySignal<readonly string[]> {
    return this.#notes;
  }

  get elapsedMs(): ReadonlySignal<number | undefined> {
    return this.#elapsedMs;
  }

  get attempts(): ReadonlySignal<number> {
    return this.#attempts;
  }

  /** The run goes on with it: what was shown before stays where it is over. */
  set(state: StepState, elapsedMs?: number, attempts?: number): void {
    this.#state.value = state;
    if (elapsedMs !== undefined) this.#elapsedMs.value = elapsedMs;
    if (attempts !== undefined) this.#attempts.value = attempts;
  }

  /** It is run again. */
  clear(): void {
    this.#state.value = "pending";
    this.#streams.value = [];
    this.#notes.value = [];
    this.#tail.value = "";
    this.#text = "";
    this.#elapsedMs.value = undefined;
    this.#attempts.value = 0;
  }

  /** Takes progress of the step itself, or of one inside it. */
  progress({ step, state, attempt, elapsedMs, message }: StepProgress): void {
    const own = step.replace(/#\d+$/, "") === this.id;
    if (message !== undefined && (state === "retrying" || state === "failed")) {
      const text = state === "retrying" ? `Attempt ${attempt ?? 1} failed: ${message}` : message;
      this.#notes.value = [...this.#notes.value, own ? text : `${step}: ${text}`];
    }
    if (!own) {
      if (this.#state.value === "pending") this.#state.value = "running";
      return;
    }
    this.set(STATES[state], elapsedMs, attempt);
    if (state === "completed" || state === "failed") for (const { view } of this.#streams.value) view.end();
  }

  /** Takes what is streamed inside. */
  push(from: string, attempt: number, event: ChatEvent): void {
    const { value } = this.#streams;
    let stream = value.findLast((one) => one.from === from && one.attempt === attempt);
    if (stream === undefined) {
      // Of an attempt that was not seen here nothing is shown.
      if (event.type === "retract") return;
      stream = { from, attempt, view: new AnswerView() };
      this.#streams.value = [...value, stream];
      this.#text = "";
    }
    stream.view.push(event);
    if (event.type === "text-delta") {
      this.#text = (this.#text + event.text).slice(-TAIL);
      this.#tail.value = this.#text;
    } else if (event.type === "retract") {
      this.#text = "";
      this.#tail.value = "";
    } else if (event.type === "nested" && event.event.type === "text-delta") {
      this.#text = (this.#text + event.event.text).slice(-TAIL);
      this.#tail.value = this.#text;
    }
  }
}

const STATES: Readonly<Record<StepProgress["state"], StepState>> = {
  started: "running",
  completed: "completed",
  skipped: "skipped",
  failed: "failed",
  waiting: "waiting",
  retrying: "retrying",
  resumed: "completed",
};
