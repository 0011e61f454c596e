import type { Clock } from "../base/clock.js";
import type { Batch, BatchReader, BatchSource } from "../stream/batch-source.js";
import type { ChatEvent, FinishReason, ToolCallEvent } from "../stream/chat-event.js";
import type { CallOptions, ChatModel } from "../stream/chat-model.js";
import type { ChatRequest } from "../stream/chat-request.js";
import { SluiceError } from "../stream/error.js";
import { type ChatMessage, resultsOf, type ToolCallPart, type ToolResultPart } from "../stream/message.js";
import { requestIdOf } from "../stream/request-id.js";
import { addUsage, totalTokens, type Usage } from "../stream/usage.js";

import { CallRun, type RunListener } from "./call-run.js";
import { EventQueue } from "./event-queue.js";
import { checkResponses, type History, inCallOrder, type OpenCall, readHistory } from "./history.js";
import type { ApprovalHandler } from "./input-response.js";
import { Slots } from "./slots.js";
import { StepCalls } from "./step-calls.js";
import { StepCounter, StepRelay } from "./step-relay.js";
import type { Tool } from "./tool.js";
import { Toolbox, type ToolSource } from "./toolbox.js";

/** Settings of a tool loop, all decided. */
export interface LoopSettings {
  tools: readonly (Tool | ToolSource)[];
  maxSteps: number;
  maxTotalTokens: number;
  concurrency: number;
  timeoutMs: number;
  onApproval: ApprovalHandler | undefined;
  throwOnError: boolean;
  clock: Clock;
}

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
  #usage: Usage = {};
  #answer: StepRelay | undefined;
  #reader: BatchReader | undefined;
  #pulling = false;
  #arrival: Arrival | undefined;
  #calls = this.#newCalls();
  readonly #history: History;
  /** Of calls at the end of the request: all of them, and the results that some have. */
  #resumed: { calls: readonly ToolCallPart[]; results: readonly ToolResultPart[] } | undefined;
  /** Of all requests for input so far, those in the history included. */
  readonly #requestIds: Set<string>;
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
    checkResponses(request.messages, this.#history.open);
    this.#requestIds = new Set(request.messages.flatMap(requestIdsIn));
  }

  async next(): Promise<Batch | undefined> {
    try {
      for (;;) {
        if (this.#left) return undefined;
        const spoken = this.#queue.take();
        if (spoken.length > 0) return spoken;
        if (this.#failure !== undefined) throw this.#failure;
        if (this.#phase === "over") return undefined;
        const batch = await this.#advance();
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

  say(event: ChatEvent, run: CallRun): Promise<void> {
    const taken = this.#queue.say(event, run);
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

  /** One step further; what the reader is told of it, if anything. */
  #advance(): Promise<Batch> {
    switch (this.#phase) {
      case "beginning":
        return this.#begin();
      case "answering":
        return this.#listen();
      case "running":
        return this.#finishStep();
      case "over":
        return Promise.resolve([]);
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
    // Whoever is asked here decides; what the messages say was decided may come from anywhere.
    const asks = this.#settings.onApproval !== undefined;
    for (const { call, ...resumed } of open) {
      if (asks) delete resumed.response;
      this.#calls.add(call, this.#run(call, resumed));
    }
    this.#steps.started = true;
    const resumes = open.map(({ call }) => call.callId);
    return [{ type: "start", id: crypto.randomUUID(), model: this.#model.id, resumes }];
  }

  async #listen(): Promise<Batch> {
    if (this.#reader === undefined) await this.#open();
    if (this.#left) return [];
    if (this.#arrival === undefined && !this.#pulling) this.#pull();
    const arrival = this.#arrival;
    if (arrival === undefined) {
      await this.#something();
      return [];
    }
    this.#arrival = undefined;
    if ("thrown" in arrival) throw arrival.thrown;
    return this.#read(arrival.batch ?? []);
  }

  async #open(): Promise<void> {
    await this.#gatherTools();
    if (this.#left) return;
    const own = this.#toolbox.definitions;
    const { tools: theirs = [], toolChoice, ...request } = this.#request;
    const tools = [...theirs, ...own];
    const forced = toolChoice === "required" || typeof toolChoice === "object";
    // A choice that is forced is made once: the answer to a tool's result would be another call, and so for ever.
    const choice = forced && this.#messages.at(-1)?.role === "tool" ? "auto" : toolChoice;
    const asked: ChatRequest = {
      ...request,
      messages: [...this.#messages],
      ...(tools.length > 0 && { tools }),
      ...(choice !== undefined && { toolChoice: choice }),
    };
    // The outer stream listens to the signal and keeps the answer.
    const { signal: _, ...options } = this.#options;
    this.#modelCalls++;
    this.#answer = new StepRelay(this.#steps);
    this.#reader = this.#model.stream(asked, { ...options, retain: false }).batches();
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

  #read(batch: Batch): ChatEvent[] {
    const out: ChatEvent[] = [];
    for (const event of batch) {
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
        this.#calls.end(event.reason, (call) => this.#run(call));
        return;
      default:
    }
  }

  /** Some services use a call id in several answers; a request's id is never used twice. */
  readonly #requestId = (callId: string): string => {
    const id = requestIdOf(this.#options.context?.callPath, callId, this.#requestIds);
    this.#requestIds.add(id);
    return id;
  };

  #call(event: ToolCallEvent): void {
    const known = this.#toolbox.get(event.name) !== undefined;
    this.#calls.add(event, known ? this.#run(event) : undefined);
  }

  #run(call: ToolCallPart, resumed?: Omit<OpenCall, "call">): CallRun {
    const { timeoutMs, clock, onApproval } = this.#settings;
    const settings = {
      tools: this.#toolbox,
      callersTools: this.#callersTools,
      messages: this.#messages,
      slots: this.#slots,
      timeoutMs,
      clock,
      onApproval,
      requestId: this.#requestId,
    };
    return new CallRun(call, settings, this).start(resumed);
  }

  /** Once all tools are done: the next model call is prepared, or the stream ends. */
  async #finishStep(): Promise<Batch> {
    if (this.#calls.running) {
      await this.#something();
      return [];
    }
    const out: ChatEvent[] = [];
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
    const { maxSteps, maxTotalTokens } = this.#settings;
    const spent = this.#modelCalls >= maxSteps || (totalTokens(this.#usage) ?? 0) >= maxTotalTokens;
    return spent ? "budget" : undefined;
  }

  #continue(): void {
    const { calls = this.#calls.calls, results = [] } = this.#resumed ?? {};
    const said = this.#answer?.messages ?? [];
    const last = said.at(-1);
    // A model that is a loop itself has answered some of its calls.
    const before = last?.role === "tool" ? resultsOf(last) : [];
    const answered = before.length > 0 ? said.slice(0, -1) : said;
    const all = inCallOrder([...before, ...results, ...this.#calls.results], calls);
    const answer: ChatMessage[] = all.length > 0 ? [...answered, { role: "tool", content: all }] : said;
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

  /** Resolves when a tool says something or is done, the model has said something, or the reader has left. */
  #something(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  #newCalls(): StepCalls {
    return new StepCalls((run) => this.#queue.forget(run));
  }

  #stop(reason: unknown): void {
    this.#calls.cancel(reason);
    this.#reader?.cancel(reason);
  }
}

function requestIdsIn({ content }: ChatMessage): string[] {
  if (typeof content === "string") return [];
  return content.flatMap((part) => (part.type === "input-request" ? [part.id] : []));
}
