import { uuid } from "../base/uuid.js";
import type { Batch, BatchSource, BatchTaker } from "../stream/batch-source.js";
import type { ChatEvent, FinishReason, ToolCallEvent } from "../stream/chat-event.js";
import type { CallOptions, ChatModel } from "../stream/chat-model.js";
import type { ChatRequest } from "../stream/chat-request.js";
import { markChecked } from "../stream/checked-messages.js";
import { SluiceError } from "../stream/error.js";
import { innerSource } from "../stream/inner-source.js";
import { type ChatMessage, resultsOf, type ToolCallPart, type ToolResultPart } from "../stream/message.js";
import { nextThen, readInto, TakerChain } from "../stream/read-into.js";
import { Slots } from "../stream/slots.js";
import { truncated } from "../stream/sources/transform.js";
import { addUsage, totalTokens, type Usage } from "../stream/usage.js";
import { BudgetShare } from "./budget-share.js";
import { CallRun, type RunListener } from "./call-run.js";
import { distinctCall } from "./distinct-call.js";
import { EventQueue } from "./event-queue.js";
import { checkResponses, type History, inCallOrder, type OpenCall, readHistory } from "./history.js";
import type { LoopSettings } from "./loop-settings.js";
import { RequestIds } from "./request-ids.js";
import { StepCalls } from "./step-calls.js";
import { StepCounter, StepRelay } from "./step-relay.js";
import { stepRequest } from "./step-request.js";
import { Toolbox } from "./toolbox.js";

/** What the model's stream has given and nobody has looked at yet. */
type Arrival = { batch: Batch | undefined } | { thrown: unknown };

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
  readonly #steps = new StepCounter();
  readonly #queue = new EventQueue<CallRun>();
  #phase: "beginning" | "answering" | "running" | "over" = "beginning";
  #toolbox = new Toolbox([]);
  /** What the next model call is sent. */
  #messages: readonly ChatMessage[];
  #modelCalls = 0;
  /** Tool calls that were run, or begun. */
  #toolCalls = 0;
  /** Of the model calls that have ended, and of what ran inside tools. */
  #usage: Usage = {};
  /** Inner streams that each tool call had so far. */
  readonly #attempts = new Map<string, number>();
  /** The shared budget, as the running model call has it. */
  #share: BudgetShare | undefined;
  #answer: StepRelay | undefined;
  #reader: BatchSource | undefined;
  #pulling = false;
  #arrival: Arrival | undefined;
  #calls = this.#newCalls();
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
    this.#slots = new Slots(settings.concurrency);
    this.#callersTools = new Set(request.tools?.flatMap(({ name }) => (name === undefined ? [] : [name])));
    this.#messages = request.messages;
    this.#history = readHistory(request.messages);
    checkResponses(request.messages);
    this.#requestIds = new RequestIds(request.messages, options.context?.callPath);
  }

  next(): Batch | undefined | Promise<Batch | undefined> {
    const reader = this.#alone;
    if (reader === undefined) return this.#next();
    try {
      const pulled = reader.next();
      if (pulled instanceof Promise) return pulled.then(this.#onBatch, this.#onFailure);
      return this.#onBatch(pulled);
    } catch (thrown) {
      return this.#onFailure(thrown);
    }
  }

  nextInto<T>(taker: BatchTaker<T>): T | Promise<T> {
    const reader = this.#alone;
    return reader === undefined ? nextThen(this, taker) : readInto(reader, this.#chain.before(taker));
  }

  /** The model's stream, while nobody but the model can say anything: then it is read without further ado. */
  get #alone(): BatchSource | undefined {
    const answering = this.#phase === "answering" && !this.#pulling && this.#arrival === undefined;
    return answering && !this.#left && this.#failure === undefined && this.#calls.none ? this.#reader : undefined;
  }

  readonly #onBatch = (batch: Batch | undefined): Batch | undefined | Promise<Batch | undefined> => {
    if (this.#left) return undefined;
    const out = this.#read(batch);
    return out.length > 0 ? out : this.#next();
  };

  readonly #onFailure = (thrown: unknown): never => {
    this.#stop(thrown);
    throw thrown;
  };

  readonly #chain = new TakerChain({ batch: this.#onBatch, failure: this.#onFailure });

  async #next(): Promise<Batch | undefined> {
    try {
      for (;;) {
        if (this.#left) return undefined;
        const emitted = this.#queue.take();
        if (emitted.length > 0) return emitted;
        if (this.#failure !== undefined) throw this.#failure;
        if (this.#phase === "over") return undefined;
        const advanced = this.#advance();
        const batch = advanced instanceof Promise ? await advanced : advanced;
        if (batch.length > 0) return batch;
      }
    } catch (thrown) {
      this.#stop(thrown);
      throw thrown;
    }
  }

  cancel(reason: unknown): void {
    if (this.#left) return;
    this.#left = true;
    this.#stop(reason);
    this.#wake();
  }

  emit(events: readonly ChatEvent[], run: CallRun): Promise<void> {
    const taken = this.#queue.push(events, run);
    this.#wake();
    return taken;
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
        return [];
      default:
        return this.#phase satisfies never;
    }
  }

  /** Calls that are still open at the end of the request are answered first. */
  async #begin(): Promise<Batch> {
    const { messages, open, calls, results } = this.#history;
    this.#messages = messages;
    this.#phase = "answering";
    if (open.length === 0) return [];
    await this.#gatherTools();
    if (this.#left) return [];
    this.#phase = "running";
    this.#resumed = { calls, results };
    for (const resumed of open) this.#calls.add(resumed.call, this.#run(resumed.call, resumed));
    this.#steps.started = true;
    const resumes = open.map(({ call }) => call.callId);
    return [{ type: "start", id: uuid(), model: this.#model.id, resumes }];
  }

  #listen(): Batch | Promise<Batch> {
    if (this.#reader === undefined) {
      if (this.#options.context?.budget?.exhausted !== undefined) return this.#endUnasked();
      return this.#open().then(nothing);
    }
    if (this.#arrival === undefined && !this.#pulling) this.#pull();
    const arrival = this.#arrival;
    if (arrival === undefined) return this.#something().then(nothing);
    this.#arrival = undefined;
    if ("thrown" in arrival) throw arrival.thrown;
    return this.#read(arrival.batch);
  }

  /** The shared budget was spent before the first model call. */
  #endUnasked(): Batch {
    this.#phase = "over";
    const finish: ChatEvent = { type: "finish", reason: "budget", usage: this.#usage };
    if (this.#steps.started) return [finish];
    return [{ type: "start", id: uuid(), model: this.#model.id }, finish];
  }

  async #open(): Promise<void> {
    await this.#gatherTools();
    if (this.#left) return;
    const steering = this.#settings.steering?.() ?? [];
    if (steering.length > 0) this.#messages = [...this.#messages, ...steering];
    const asked = stepRequest(this.#request, this.#messages, this.#toolbox.definitions);
    const { context, ...options } = this.#options;
    this.#modelCalls++;
    this.#answer = new StepRelay(this.#steps);
    this.#share = context?.budget && new BudgetShare(context.budget);
    const own = context && { context: { ...context, ...(this.#share && { budget: this.#share }) } };
    this.#reader = innerSource(this.#model, asked, { ...options, ...own });
  }

  /** Asks the model for one batch more. */
  #pull(): void {
    const reader = this.#reader;
    if (reader === undefined) return;
    const pulled = reader.next();
    if (!(pulled instanceof Promise)) {
      this.#arrival = { batch: pulled };
      return;
    }
    this.#pulling = true;
    const arrive = (arrival: Arrival) => {
      this.#pulling = false;
      this.#arrival = arrival;
      this.#wake();
    };
    pulled.then(
      (batch) => arrive({ batch }),
      (thrown: unknown) => arrive({ thrown }),
    );
  }

  #read(batch: Batch | undefined): Batch {
    if (batch === undefined) throw truncated();
    // Text means nothing for the tools.
    if (this.#answer?.passText(batch)) return batch;
    const out: ChatEvent[] = [];
    for (const arrived of batch) {
      const event =
        arrived.type === "tool-call" && !arrived.providerExecuted ? distinctCall(arrived, this.#calls) : arrived;
      if (event === undefined) continue;
      this.#answer?.pass(event, out);
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
        this.#usage = addUsage(this.#usage, event.usage);
        this.#share?.settle(event.usage, this.#answer?.model ?? this.#model.id);
        this.#share = undefined;
        this.#calls.end(event.reason, (call) => this.#run(call));
        return;
      default:
    }
  }

  #call(event: ToolCallEvent): void {
    const known = this.#toolbox.get(event.name) !== undefined;
    this.#calls.add(event, known ? this.#run(event) : undefined);
  }

  readonly #nextAttempt = (name: string, callId: string): number => {
    const key = `${name} ${callId}`;
    const attempt = (this.#attempts.get(key) ?? 0) + 1;
    this.#attempts.set(key, attempt);
    return attempt;
  };

  #run(call: ToolCallPart, resumed?: OpenCall): CallRun {
    const { timeoutMs, clock, onInput, repairArguments, observe, maxCalls, maxResultChars } = this.#settings;
    const refusal =
      ++this.#toolCalls > maxCalls ? `Not run: no more than ${maxCalls} tool calls are allowed.` : undefined;
    const settings = {
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
      refusal,
      context: this.#options.context,
      requestId: this.#requestIds.next,
      nextAttempt: this.#nextAttempt,
    };
    return new CallRun(call, settings, this, resumed).start();
  }

  /** Once all tools are done: the next model call is prepared, or the stream ends. */
  #finishStep(): Batch | Promise<Batch> {
    if (this.#calls.running) return this.#something().then(nothing);
    const out: ChatEvent[] = [];
    this.#bookInner(this.#calls.innerUsage);
    const { reason = "tool-calls", rawReason } = this.#answer?.finish ?? {};
    this.#answer?.close(!this.#calls.none && reason === "stop" ? "tool-calls" : reason, out);
    const end = this.#reasonToEnd(reason);
    if (end === undefined) this.#continue();
    else {
      this.#phase = "over";
      const raw = end === reason && rawReason !== undefined ? { rawReason } : {};
      out.push({ type: "finish", reason: end, ...raw, usage: this.#usage });
    }
    return out;
  }

  /** Why the stream ends here; `undefined` where the model is called again. */
  #reasonToEnd(reason: FinishReason): FinishReason | undefined {
    if (reason === "budget") return reason;
    const { waiting } = this.#calls;
    if (waiting !== undefined) return waiting;
    if (this.#calls.none && reason !== "pause") return reason;
    const { maxSteps, maxTotalTokens, maxCalls, stopWhen } = this.#settings;
    if (stopWhen !== undefined) {
      const { calls, results } = this.#calls;
      if (stopWhen({ steps: this.#modelCalls, usage: this.#usage, calls, results })) return "stop";
    }
    const spent =
      this.#modelCalls >= maxSteps ||
      this.#toolCalls > maxCalls ||
      (totalTokens(this.#usage) ?? 0) >= maxTotalTokens ||
      this.#options.context?.budget?.exhausted !== undefined;
    return spent ? "budget" : undefined;
  }

  /** Adds what model calls inside tools used. */
  #bookInner(usage: Usage | undefined): void {
    if (usage !== undefined) this.#usage = addUsage(this.#usage, usage);
  }

  #continue(): void {
    const { calls = this.#calls.calls, results = [] } = this.#resumed ?? {};
    const emitted = this.#answer?.messages ?? [];
    const last = emitted.at(-1);
    // A model that is a loop itself has answered some of its calls.
    const before = last?.role === "tool" ? resultsOf(last) : [];
    const answered = before.length > 0 ? emitted.slice(0, -1) : emitted;
    const all = inCallOrder([...before, ...results, ...this.#calls.results], calls);
    const answer: ChatMessage[] = all.length > 0 ? [...answered, { role: "tool", content: all }] : emitted;
    markChecked(answer);
    this.#messages = [...this.#messages, ...answer];
    this.#phase = "answering";
    this.#answer = undefined;
    this.#reader = undefined;
    this.#resumed = undefined;
    this.#calls = this.#newCalls();
  }

  async #gatherTools(): Promise<void> {
    const gathered = Toolbox.gather(this.#settings.tools);
    let failed: { thrown: unknown } | undefined;
    let done = false;
    gathered.then(
      (toolbox) => {
        this.#toolbox = toolbox;
        done = true;
        this.#wake();
      },
      (thrown: unknown) => {
        failed = { thrown };
        this.#wake();
      },
    );
    while (!done && failed === undefined && !this.#left) await this.#something();
    if (failed !== undefined) throw failed.thrown;
  }

  /** Resolves when a tool emits something or is done, the model has emitted something, or the reader has left. */
  #something(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  #newCalls(): StepCalls {
    return new StepCalls((run) => {
      this.#queue.forget(run);
      this.#bookInner(run.usage);
    });
  }

  #stop(reason: unknown): void {
    this.#calls.cancel(reason);
    this.#reader?.cancel(reason);
    // A model call that was left is booked with what is known of it.
    if (this.#answer !== undefined) this.#share?.settle(this.#answer.usage, this.#answer.model);
    this.#share = undefined;
  }
}

function nothing(): Batch {
  return [];
}
