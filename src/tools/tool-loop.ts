import { uuid } from "../base/uuid.js";
import type { Batch, BatchSource, BatchTaker } from "../stream/batch-source.js";
import type { ChatEvent, ToolCallEvent } from "../stream/chat-event.js";
import type { CallOptions, ChatModel } from "../stream/chat-model.js";
import type { ChatRequest } from "../stream/chat-request.js";
import { SluiceError } from "../stream/error.js";
import type { ChatMessage, ToolCallPart, ToolResultPart } from "../stream/message.js";
import { nextThen, type Reads, TakerChain } from "../stream/read-into.js";
import { Slots } from "../stream/slots.js";
import { type Pulled, truncated } from "../stream/sources/transform.js";
import { CallRun, type RunListener } from "./call-run.js";
import { distinctCall } from "./distinct-call.js";
import { EventQueue } from "./event-queue.js";
import { checkResponses, type History, type OpenCall, readHistory } from "./history.js";
import type { LoopSettings } from "./loop-settings.js";
import { LoopTotals } from "./loop-totals.js";
import { ModelCall } from "./model-call.js";
import { RequestIds } from "./request-ids.js";
import type { RunSettings } from "./run-settings.js";
import { StepCalls } from "./step-calls.js";
import { stepMessages } from "./step-messages.js";
import { StepCounter } from "./step-relay.js";
import { stepRequest } from "./step-request.js";
import { Toolbox } from "./toolbox.js";

const NOTHING: Batch = [];

/**
 * Model calls and the tools between them, as one source. The model is read only as fast as the reader asks; tools run
 * meanwhile, and what they say goes to the reader first.
 */
export class ToolLoop implements BatchSource, RunListener {
  readonly #model: ChatModel;
  readonly #request: ChatRequest;
  readonly #options: CallOptions;
  readonly #settings: LoopSettings;
  readonly #slots: Slots;
  readonly #callersTools: ReadonlySet<string>;
  readonly #totals: LoopTotals;
  readonly #steps = new StepCounter();
  readonly #queue = new EventQueue<CallRun>();
  #phase: "beginning" | "answering" | "running" | "over" = "beginning";
  #toolbox = new Toolbox([]);
  /** What the next model call is sent. */
  #messages: readonly ChatMessage[];
  /** Inner streams that each tool call had so far. */
  readonly #attempts = new Map<string, number>();
  #modelCall: ModelCall | undefined;
  #calls = this.#newCalls();
  #runs: RunSettings | undefined;
  readonly #history: History;
  /** Of calls at the end of the request: all of them, and the results that some have. */
  #resumed: { calls: readonly ToolCallPart[]; results: readonly ToolResultPart[] } | undefined;
  readonly #requestIds: RequestIds;
  #failure: SluiceError | undefined;
  #left = false;
  #wake = () => {};

  constructor(model: ChatModel, request: ChatRequest, options: CallOptions, settings: LoopSettings) {
    this.#model = model;
    this.#request = request;
    this.#options = options;
    this.#settings = settings;
    this.#totals = new LoopTotals(settings);
    this.#slots = new Slots(settings.concurrency);
    this.#callersTools = new Set(request.tools?.flatMap(({ name }) => (name === undefined ? [] : [name])));
    this.#messages = request.messages;
    this.#history = readHistory(request.messages);
    checkResponses(request.messages);
    this.#requestIds = new RequestIds(request.messages, options.context?.callPath);
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
    if (this.#phase !== "answering" || this.#left || this.#failure !== undefined || !this.#calls.none) return undefined;
    return this.#modelCall?.idle;
  }

  readonly #onBatch = (batch: Batch | undefined): Pulled => {
    if (this.#left) return undefined;
    const out = this.#read(batch);
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
    const { open, calls, results } = this.#history;
    this.#phase = "running";
    this.#resumed = { calls, results };
    for (const resumed of open) this.#calls.add(resumed.call, this.#run(resumed.call, resumed));
    this.#steps.started = true;
    const resumes = open.map(({ call }) => call.callId);
    return [{ type: "start", id: uuid(), model: this.#model.id, resumes }];
  }

  #listen(): Batch | Promise<Batch> {
    if (this.#modelCall === undefined) {
      return this.#budgetSpent ? this.#endUnasked() : this.#withTools(() => this.#ask());
    }
    const arrival = this.#modelCall.read();
    if (arrival === undefined) return this.#something();
    if ("thrown" in arrival) throw arrival.thrown;
    return this.#read(arrival.batch);
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
    const asked = stepRequest(this.#request, this.#messages, this.#toolbox.definitions);
    this.#totals.countModelCall();
    this.#modelCall = new ModelCall(this.#model, asked, this.#options, this.#steps, () => this.#wake());
    return NOTHING;
  }

  #read(batch: Batch | undefined): Batch {
    if (batch === undefined) throw truncated();
    const relay = this.#modelCall?.relay;
    // Text means nothing for the tools.
    if (relay?.passText(batch)) return batch;
    const out: ChatEvent[] = [];
    for (const arrived of batch) {
      const event =
        arrived.type === "tool-call" && !arrived.providerExecuted ? distinctCall(arrived, this.#calls) : arrived;
      if (event === undefined) continue;
      relay?.pass(event, out);
      this.#follow(event);
    }
    return out;
  }

  /** What an event of the model means for the tools. */
  #follow(event: ChatEvent): void {
    switch (event.type) {
      case "start":
      case "step-start":
        this.#calls.mark();
        return;
      case "tool-call":
        if (!event.providerExecuted) this.#call(event);
        return;
      case "tool-result":
        if (event.preliminary === undefined) this.#calls.answered(event.callId);
        return;
      case "retract":
        this.#calls.retract(event.reason);
        return;
      case "finish":
        this.#phase = "running";
        this.#totals.book(event.usage);
        this.#modelCall?.book(event.usage);
        this.#calls.end(event.reason, (call) => this.#run(call));
        return;
      default:
    }
  }

  #call(event: ToolCallEvent): void {
    const known = this.#toolbox.get(event.name) !== undefined;
    this.#calls.add(event, known ? this.#run(event) : undefined);
  }

  #run(call: ToolCallPart, resumed?: OpenCall): CallRun {
    this.#runs ??= this.#runSettings();
    return new CallRun(call, this.#runs, this, resumed).start(this.#totals.countToolCall());
  }

  #runSettings(): RunSettings {
    const { timeoutMs, clock, onInput, repairArguments, observe, maxResultChars } = this.#settings;
    return {
      tools: this.#toolbox,
      callersTools: this.#callersTools,
      messages: this.#messages,
      slots: this.#slots,
      timeoutMs,
      clock,
      maxResultChars,
      onInput,
      repairArguments,
      observe,
      context: this.#options.context,
      requestId: this.#requestIds.next,
      nextAttempt: this.#nextAttempt,
    };
  }

  readonly #nextAttempt = (name: string, callId: string): number => {
    const key = `${name} ${callId}`;
    const attempt = (this.#attempts.get(key) ?? 0) + 1;
    this.#attempts.set(key, attempt);
    return attempt;
  };

  /** Once all tools are done: the next model call is prepared, or the stream ends. */
  #finishStep(): Batch | Promise<Batch> {
    if (this.#calls.running) return this.#something();
    const out: ChatEvent[] = [];
    this.#totals.book(this.#calls.innerUsage);
    const relay = this.#modelCall?.relay;
    const { reason = "tool-calls", rawReason } = relay?.finish ?? {};
    relay?.close(!this.#calls.none && reason === "stop" ? "tool-calls" : reason, out);
    const end = this.#totals.reasonToEnd(reason, this.#calls, this.#budgetSpent);
    if (end === undefined) this.#continue();
    else {
      this.#phase = "over";
      const raw = end === reason && rawReason !== undefined ? { rawReason } : {};
      out.push({ type: "finish", reason: end, ...raw, usage: this.#totals.usage });
    }
    return out;
  }

  #continue(): void {
    const { calls = this.#calls.calls, results = [] } = this.#resumed ?? {};
    const answer = this.#modelCall?.relay.messages ?? [];
    this.#messages = [...this.#messages, ...stepMessages(answer, calls, [...results, ...this.#calls.results])];
    this.#phase = "answering";
    this.#modelCall = undefined;
    this.#resumed = undefined;
    this.#runs = undefined;
    this.#calls = this.#newCalls();
  }

  /** Goes on with the tools that there are now. A reader who leaves does not wait for them. */
  #withTools(then: () => Batch): Batch | Promise<Batch> {
    const tools = this.#settings.tools();
    if (tools instanceof Promise) return this.#unlessLeft(tools).then((found) => this.#goOn(found, then));
    return this.#goOn(tools, then);
  }

  #goOn(toolbox: Toolbox | undefined, then: () => Batch): Batch {
    if (toolbox === undefined || this.#left) return NOTHING;
    this.#toolbox = toolbox;
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

  #newCalls(): StepCalls {
    return new StepCalls((run) => {
      this.#queue.forget(run);
      this.#totals.book(run.usage);
    });
  }

  #stop(reason: unknown): void {
    this.#calls.cancel(reason);
    this.#modelCall?.cancel(reason);
  }
}
