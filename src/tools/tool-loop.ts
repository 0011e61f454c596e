import { uuid } from "../base/uuid.js";
import type { Batch, BatchSource, BatchTaker } from "../stream/batch-source.js";
import type { ChatEvent } from "../stream/chat-event.js";
import type { CallOptions, ChatModel } from "../stream/chat-model.js";
import type { ChatRequest } from "../stream/chat-request.js";
import { SluiceError } from "../stream/error.js";
import type { ChatMessage } from "../stream/message.js";
import { nextThen, type Reads, TakerChain } from "../stream/read-into.js";
import type { Pulled } from "../stream/sources/transform.js";
import { truncated } from "../stream/sources/truncated.js";
import type { CallRun, RunListener } from "./call-run.js";
import { EventQueue } from "./event-queue.js";
import { checkResponses, type History, readHistory } from "./history.js";
import type { LoopSettings } from "./loop-settings.js";
import { LoopStep, type StepBeginning } from "./loop-step.js";
import { LoopTotals } from "./loop-totals.js";
import { ModelCall } from "./model-call.js";
import { StepCounter } from "./step-relay.js";
import { stepRequest } from "./step-request.js";
import { ToolRunner } from "./tool-runner.js";
import type { Toolbox } from "./toolbox.js";

const NOTHING: Batch = [];
const NO_CALLS = { calls: [], results: [], open: [] };

/**
 * Model calls and the tools between them, as one source. The model is read only as fast as the reader asks; tools run
 * meanwhile, and what they say goes to the reader first.
 */
export class ToolLoop implements BatchSource, RunListener {
  readonly #model: ChatModel;
  readonly #request: ChatRequest;
  readonly #options: CallOptions;
  readonly #settings: LoopSettings;
  readonly #totals: LoopTotals;
  readonly #steps = new StepCounter();
  readonly #queue = new EventQueue<CallRun>();
  #phase: "beginning" | "answering" | "running" | "over" = "beginning";
  readonly #runner: ToolRunner;
  /** What the next model call is sent. */
  #messages: readonly ChatMessage[];
  readonly #history: History;
  /** The step that runs; `undefined` before the model is called. */
  #step: LoopStep | undefined;
  #failure: SluiceError | undefined;
  #left = false;
  #wake = () => {};

  constructor(model: ChatModel, request: ChatRequest, options: CallOptions, settings: LoopSettings) {
    this.#model = model;
    this.#request = request;
    this.#options = options;
    this.#settings = settings;
    this.#totals = new LoopTotals(settings);
    this.#messages = request.messages;
    this.#history = readHistory(request.messages);
    checkResponses(request.messages);
    this.#runner = new ToolRunner(request, options, settings, this.#totals, this);
  }

  next(): Pulled {
    const model = this.#alone;
    return model === undefined ? this.#next() : model.nextInto(this.#taker);
  }

  nextInto<T>(taker: BatchTaker<T>): T | Promise<T> {
    const model = this.#alone;
    return model === undefined ? nextThen(this, taker) : model.nextInto(this.#chain.before(taker));
  }

  /** The model's stream, while nobody but the model can say anything: then it is read without further ado. */
  get #alone(): Reads | undefined {
    if (this.#phase !== "answering" || this.#left || this.#failure !== undefined) return undefined;
    return this.#step?.alone;
  }

  readonly #onBatch = (batch: Batch | undefined): Pulled => {
    if (this.#left) return undefined;
    const step = this.#step;
    const out = step === undefined ? NOTHING : this.#read(batch, step);
    return out.length > 0 ? out : this.#next();
  };

  readonly #onFailure = (thrown: unknown): never => {
    this.#stop(thrown);
    throw thrown;
  };

  readonly #taker: BatchTaker<Batch | undefined> = { batch: this.#onBatch, failure: this.#onFailure };
  readonly #chain = new TakerChain(this.#taker);

  #next(): Pulled {
    try {
      for (;;) {
        if (this.#left) return undefined;
        const emitted = this.#queue.take();
        if (emitted.length > 0) return emitted;
        if (this.#failure !== undefined) throw this.#failure;
        if (this.#phase === "over") return undefined;
        const advanced = this.#advance();
        if (advanced instanceof Promise) return advanced.then(this.#onAdvanced, this.#onFailure);
        if (advanced.length > 0) return advanced;
      }
    } catch (thrown) {
      return this.#onFailure(thrown);
    }
  }

  readonly #onAdvanced = (batch: Batch): Pulled => (batch.length > 0 ? batch : this.#next());

  cancel(reason: unknown): void {
    if (this.#left) return;
    this.#left = true;
    this.#stop(reason);
    this.#wake();
  }

  emit(events: readonly ChatEvent[], run: CallRun, taken?: () => void): void {
    this.#queue.push(events, run, taken);
    this.#wake();
  }

  ended({ call, outcome }: CallRun): void {
    if (this.#settings.throwOnError && outcome?.type === "result" && outcome.error !== undefined) {
      const { message } = SluiceError.from(outcome.error);
      this.#failure ??= new SluiceError("tool-failed", `${call.name}: ${message}`, { cause: outcome.error });
      this.#stop(this.#failure);
    }
    this.#wake();
  }

  /** One step further. Returns the events for the reader, if there are any. */
  #advance(): Batch | Promise<Batch> {
    switch (this.#phase) {
      case "beginning":
        return this.#begin();
      case "answering":
        return this.#listen();
      case "running":
        return this.#finishStep();
      case "over":
        return NOTHING;
      default:
        return this.#phase satisfies never;
    }
  }

  /** Calls that are still open at the end of the request are answered first. */
  #begin(): Batch | Promise<Batch> {
    const { messages, open } = this.#history;
    this.#messages = messages;
    this.#phase = "answering";
    return open.length === 0 ? NOTHING : this.#withTools(() => this.#resume());
  }

  #resume(): Batch {
    this.#phase = "running";
    this.#beginStep({ resumed: this.#history });
    this.#steps.started = true;
    const resumes = this.#history.open.map(({ call }) => call.callId);
    return [{ type: "start", id: uuid(), model: this.#model.id, resumes }];
  }

  #listen(): Batch | Promise<Batch> {
    if (this.#step === undefined) {
      return this.#budgetSpent ? this.#endUnasked() : this.#withTools(() => this.#ask());
    }
    const arrival = this.#step.arrival();
    if (arrival === undefined) return this.#something();
    if ("thrown" in arrival) throw arrival.thrown;
    return this.#read(arrival.batch, this.#step);
  }

  get #budgetSpent(): boolean {
    return this.#options.context?.budget?.exhausted !== undefined;
  }

  /** The shared budget was spent before the first model call. */
  #endUnasked(): Batch {
    this.#phase = "over";
    const finish: ChatEvent = { type: "finish", reason: "budget", usage: this.#totals.usage };
    if (this.#steps.started) return [finish];
    return [{ type: "start", id: uuid(), model: this.#model.id }, finish];
  }

  #ask(): Batch {
    const steering = this.#settings.steering?.() ?? [];
    if (steering.length > 0) this.#messages = [...this.#messages, ...steering];
    const asked = stepRequest(this.#request, this.#messages, this.#runner.toolbox.definitions);
    this.#totals.countModelCall();
    const modelCall = new ModelCall(this.#model, asked, this.#options, this.#steps, () => this.#wake());
    this.#beginStep({ modelCall });
    return NOTHING;
  }

  #beginStep(beginning: StepBeginning): void {
    this.#step = new LoopStep(beginning, this.#messages, this.#runner, (run) => {
      this.#queue.forget(run);
      this.#totals.book(run.usage);
    });
  }

  #read(batch: Batch | undefined, step: LoopStep): Batch {
    if (batch === undefined) throw truncated();
    const out = step.read(batch);
    if (step.finish !== undefined) {
      this.#phase = "running";
      this.#totals.book(step.finish.usage);
    }
    return out;
  }

  /** Once all tools are done: the next model call is prepared, or the stream ends. */
  #finishStep(): Batch | Promise<Batch> {
    const step = this.#step;
    if (step === undefined || step.calls.running) return this.#something();
    const out: ChatEvent[] = [];
    this.#totals.book(step.calls.innerUsage);
    const { reason = "tool-calls", rawReason } = step.finish ?? {};
    step.close(reason, out);
    const before = step.finish === undefined ? this.#history : NO_CALLS;
    const end = this.#totals.reasonToEnd(reason, step.calls, { budgetSpent: this.#budgetSpent, before });
    if (end === undefined) {
      this.#messages = [...this.#messages, ...step.messages];
      this.#phase = "answering";
      this.#step = undefined;
    } else {
      this.#phase = "over";
      const raw = end === reason && rawReason !== undefined ? { rawReason } : {};
      out.push({ type: "finish", reason: end, ...raw, usage: this.#totals.usage });
    }
    return out;
  }

  /** Goes on with the tools that there are now. A reader who leaves does not wait for them. */
  #withTools(then: () => Batch): Batch | Promise<Batch> {
    const tools = this.#settings.tools();
    if (tools instanceof Promise) return this.#unlessLeft(tools).then((found) => this.#goOn(found, then));
    return this.#goOn(tools, then);
  }

  #goOn(toolbox: Toolbox | undefined, then: () => Batch): Batch {
    if (toolbox === undefined || this.#left) return NOTHING;
    this.#runner.toolbox = toolbox;
    return then();
  }

  /** `undefined` as soon as the reader leaves. */
  #unlessLeft<T>(work: Promise<T>): Promise<T | undefined> {
    return new Promise((resolve, reject) => {
      this.#wake = () => {
        if (this.#left) resolve(undefined);
      };
      work.then(resolve, reject);
    });
  }

  /** Resolves when a tool emits something or is done, the model has emitted something, or the reader has left. */
  #something(): Promise<Batch> {
    return new Promise((resolve) => {
      this.#wake = () => resolve(NOTHING);
    });
  }

  #stop(reason: unknown): void {
    this.#step?.cancel(reason);
  }
}
