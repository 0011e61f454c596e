import { type ReadonlySignal, signal } from "@preact/signals";
import { uuid } from "../../../src/base/uuid.js";
import { native } from "../../../src/dialects/native/native.js";
import type { ChatEvent } from "../../../src/stream/chat-event.js";
import { SluiceError } from "../../../src/stream/error.js";
import { isContent } from "../../../src/stream/is-content.js";
import type { Usage } from "../../../src/stream/usage.js";
import { AnswerLog } from "../answer/answer-log.js";
import { AnswerView } from "../answer/answer-view.js";
import { beginRun, stopRun } from "../api/follow-run.js";
import { askJson } from "../api/server.js";

/** How an answer went. */
export interface Figures {
  /** Until the first content, or until the whole answer where it did not stream, in ms. */
  ttftMs?: number;
  /** Until now where it goes on. */
  totalMs?: number;
  usage?: Usage;
  costUsd?: number;
}

/** Where an answer is. */
export type ContenderState = "idle" | "running" | "done" | "failed" | "stopped";

/** One model's answer to the prompt. */
export class Contender {
  readonly key: number;
  /** By the name that it is served under. */
  readonly model = signal("");
  /** Whether its answer is shown as it comes, or when it is whole. */
  readonly streams = signal(true);
  readonly #view = signal(new AnswerView());
  readonly #state = signal<ContenderState>("idle");
  readonly #figures = signal<Figures>({});
  readonly #error = signal<SluiceError | undefined>(undefined);
  #stop: AbortController | undefined;
  #run = "";

  constructor(key: number, model: string) {
    this.key = key;
    this.model.value = model;
  }

  get view(): ReadonlySignal<AnswerView> {
    return this.#view;
  }

  get state(): ReadonlySignal<ContenderState> {
    return this.#state;
  }

  get figures(): ReadonlySignal<Figures> {
    return this.#figures;
  }

  get error(): ReadonlySignal<SluiceError | undefined> {
    return this.#error;
  }

  /** Asks it. What it answered before is gone. */
  async ask(prompt: string, system: string): Promise<void> {
    this.stop();
    const leaving = new AbortController();
    this.#stop = leaving;
    const view = new AnswerView();
    this.#view.value = view;
    this.#state.value = "running";
    this.#figures.value = {};
    this.#error.value = undefined;
    const [began, log] = [performance.now(), new AnswerLog()];
    const since = () => performance.now() - began;
    const take = (events: readonly ChatEvent[]) => {
      for (const event of events) {
        view.push(event);
        log.push(event);
        if (this.#figures.value.ttftMs === undefined && isContent(event)) this.#note({ ttftMs: since() });
        if (event.type === "finish") this.#note({ usage: event.usage });
      }
    };
    const messages = [
      ...(system === "" ? [] : [{ role: "system", content: system }]),
      { role: "user", content: prompt },
    ];
    const body = { model: this.model.value, messages };
    try {
      if (this.streams.value) await this.#stream(body, take, leaving.signal);
      else
        take(
          native.readBody(
            await askJson("v1/runs", { method: "POST", body: { ...body, stream: false }, signal: leaving.signal }),
          ),
        );
      if (this.#stop === leaving) this.#state.value = "done";
    } catch (thrown) {
      if (this.#stop !== leaving) return;
      const error = SluiceError.from(thrown);
      this.#state.value = leaving.signal.aborted || error.code === "cancelled" ? "stopped" : "failed";
      if (this.#state.value === "failed") this.#error.value = error;
    } finally {
      view.end();
      if (this.#stop === leaving) {
        this.#note({ totalMs: since() });
        void this.#price(log);
      }
    }
  }

  /** Ends its answer, here and at the server. */
  stop(): void {
    if (this.#state.value !== "running") return;
    this.#stop?.abort();
    if (this.#run !== "") void stopRun(this.#run).catch(() => {});
  }

  #stream(body: object, take: (events: readonly ChatEvent[]) => void, signal: AbortSignal): Promise<void> {
    this.#run = uuid();
    return beginRun(body, this.#run, { signal, onEvents: take });
  }

  async #price(log: AnswerLog): Promise<void> {
    const { priceOf } = await import("../price/price-of.js");
    const costUsd = priceOf(this.model.value, log.events);
    if (costUsd !== undefined) this.#note({ costUsd });
  }

  #note(more: Figures): void {
    this.#figures.value = { ...this.#figures.value, ...more };
  }
}
