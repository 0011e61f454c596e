import { type ReadonlySignal, signal } from "@preact/signals";
import { isJsonObject, type JsonObject, type JsonValue } from "../../../src/base/json.js";
import type { GraphJson } from "../../../src/server/workflows/graph-json.js";
import type { ChatEvent } from "../../../src/stream/chat-event.js";
import { SluiceError } from "../../../src/stream/error.js";
import type { RunStatus } from "../../../src/workflows/engines/engine.js";
import { outermostStep } from "../../../src/workflows/engines/step-key.js";
import type { StepProgress } from "../../../src/workflows/run/run-core.js";
import { AnswerView } from "../answer/answer-view.js";
import { beginRunAt, type FollowOptions, resumeRun } from "../api/follow-run.js";
import { StepView } from "./step-view.js";
import { cancelRun, type RunDetails, readRun } from "./workflow-api.js";

const WORKFLOW_RUN_HEADER = "x-sluice-workflow-run";

/** A run of a workflow that is shown: its steps as they go on, and what the server keeps of it. */
export class LiveRun {
  /** By the ids of the outermost steps. */
  readonly steps: ReadonlyMap<string, StepView>;
  readonly graph: GraphJson;
  readonly #id = signal("");
  readonly #status = signal<RunStatus>("running");
  readonly #error = signal<SluiceError | undefined>(undefined);
  readonly #details = signal<RunDetails | undefined>(undefined);
  readonly #answer = signal(new AnswerView());
  readonly #connection = signal<"connected" | "reconnecting">("connected");
  #leaving = new AbortController();

  /** What it is a run of, until the server says. */
  readonly name: string;

  constructor(graph: GraphJson, name = "") {
    this.graph = graph;
    this.name = name;
    this.steps = new Map(graph.nodes.map(({ id }) => [id, new StepView(id)]));
  }

  /** A run that the server keeps; it is followed where it goes on. */
  static async open(id: string): Promise<LiveRun> {
    const details = await readRun(id);
    const run = new LiveRun(details.graph ?? { nodes: [], edges: [] });
    run.#id.value = id;
    run.#adopt(details);
    if (details.run?.state === "running")
      void run.#follow((options) => resumeRun({ run: details.run?.id ?? "", seq: -1 }, options));
    return run;
  }

  /** Its id; empty until the server has begun it. */
  get id(): ReadonlySignal<string> {
    return this.#id;
  }

  get status(): ReadonlySignal<RunStatus> {
    return this.#status;
  }

  get error(): ReadonlySignal<SluiceError | undefined> {
    return this.#error;
  }

  /** What the server keeps, as of the last time that it was asked. */
  get details(): ReadonlySignal<RunDetails | undefined> {
    return this.#details;
  }

  /** What the run answers. */
  get answer(): ReadonlySignal<AnswerView> {
    return this.#answer;
  }

  get connection(): ReadonlySignal<"connected" | "reconnecting"> {
    return this.#connection;
  }

  /** Begins it. */
  begin(path: string, body: object): Promise<void> {
    return this.#follow((options) => beginRunAt(path, body, options));
  }

  /** Answers a question; the run goes on. */
  respond(questionId: string, answer: JsonValue): Promise<void> {
    return this.#again("answers", { answers: { [questionId]: answer } });
  }

  /** Goes on where it stands. */
  resume(): Promise<void> {
    return this.#again("resume", {});
  }

  /** Runs again from a step. */
  async rerun(from: string): Promise<void> {
    for (const id of this.#after(from)) this.steps.get(id)?.clear();
    this.#answer.value = new AnswerView();
    await this.#again("rerun", { from });
  }

  async cancel(): Promise<void> {
    await cancelRun(this.#id.value);
    await this.refresh();
  }

  /** Nobody looks any more. The run itself goes on. */
  leave(): void {
    this.#leaving.abort();
  }

  /** Asks the server what it keeps. */
  async refresh(): Promise<void> {
    if (this.#id.value !== "") this.#adopt(await readRun(this.#id.value));
  }

  #again(action: string, body: object): Promise<void> {
    const path = `v1/workflow-runs/${encodeURIComponent(this.#id.value)}/${action}`;
    return this.#follow((options) => beginRunAt(path, body, options));
  }

  async #follow(start: (options: FollowOptions) => Promise<void>): Promise<void> {
    this.#leaving.abort();
    const leaving = new AbortController();
    this.#leaving = leaving;
    const [before, errorBefore] = [this.#status.value, this.#error.value];
    this.#error.value = undefined;
    this.#status.value = "running";
    let begun = false;
    try {
      await start({
        signal: leaving.signal,
        onResponse: ({ headers }) => {
          begun = true;
          this.#id.value = headers.get(WORKFLOW_RUN_HEADER) ?? this.#id.value;
        },
        onEvents: (events) => {
          begun = true;
          for (const event of events) this.#take(event);
        },
        onConnection: (state) => {
          this.#connection.value = state;
        },
      });
    } catch (thrown) {
      if (leaving.signal.aborted) return;
      // What was refused has changed nothing.
      if (!begun) {
        [this.#status.value, this.#error.value] = [before, errorBefore];
        throw thrown;
      }
      this.#error.value = SluiceError.from(thrown);
      this.#status.value = "failed";
    }
    this.#answer.value.end();
    await this.refresh().catch(() => {});
  }

  #take(event: ChatEvent): void {
    if (event.type === "nested") {
      this.steps.get(outermostStep(event.from))?.push(event.from, event.attempt ?? 1, event.event);
      return;
    }
    if (event.type === "data" && event.name === "workflow/step" && isJsonObject(event.value)) {
      const progress = event.value as unknown as StepProgress;
      this.steps.get(outermostStep(progress.step))?.progress(progress);
      return;
    }
    if (event.type === "data") return;
    if (event.type === "start" && this.#answer.value.state.value !== "waiting") this.#answer.value = new AnswerView();
    // Questions stand at their steps.
    if (event.type !== "input-request") this.#answer.value.push(event);
    if (event.type === "finish") this.#status.value = event.reason === "input-required" ? "waiting" : "completed";
  }

  #adopt(details: RunDetails): void {
    this.#details.value = details;
    if (details.run?.state !== "running") this.#status.value = details.status;
    for (const { key, status, elapsedMs, attempts } of details.steps) {
      const step = this.steps.get(key.replace(/#\d+$/, ""));
      if (step !== undefined) step.set(status, elapsedMs, attempts);
    }
    for (const { step } of details.questions) this.steps.get(outermostStep(step))?.set("waiting");
    if (details.error !== undefined && this.#error.value === undefined) {
      this.#error.value = new SluiceError("tool-failed", details.error.message);
    }
    const { output } = details;
    const isShown = this.#answer.value.parts.value.length > 0;
    if (details.status === "completed" && typeof output === "string" && !isShown) this.#showText(output);
    const ended = details.status === "completed" || details.status === "cancelled";
    if (ended) for (const step of this.steps.values()) if (step.state.value === "pending") step.set("skipped");
  }

  /** An answer that was given before one looked. */
  #showText(text: string): void {
    const view = new AnswerView();
    view.push({ type: "text-delta", text });
    view.end();
    this.#answer.value = view;
  }

  /** A step and those that it leads to. */
  #after(from: string): Set<string> {
    const found = new Set([from]);
    for (let grown = true; grown; ) {
      grown = false;
      for (const edge of this.graph.edges) {
        if (!found.has(edge.from) || found.has(edge.to) || edge.kind === "loop") continue;
        found.add(edge.to);
        grown = true;
      }
    }
    return found;
  }

  /** What a step made, by its name; of the last round. */
  resultOf(id: string): JsonObject | undefined {
    return this.#details.value?.steps.findLast(({ key }) => key.replace(/#\d+$/, "") === id)?.results;
  }
}
