import type { JsonValue } from "../base/json.js";
import { LazyAbort } from "../base/lazy-abort.js";
import type { ChatEvent, ToolResultEvent } from "../stream/chat-event.js";
import { messageOf, SluiceError } from "../stream/error.js";
import type { ChatMessage, InputResponse, ToolCallPart } from "../stream/message.js";
import { suspendedEvent } from "../stream/suspended-call.js";
import type { Usage } from "../stream/usage.js";
import { describeIssues, type Validation } from "../structured/schema.js";
import type { ToolObservation } from "../telemetry/tool-spans.js";
import { CallRequests } from "./call-requests.js";
import { cutOutput } from "./cut-output.js";
import type { OpenCall } from "./history.js";
import { InnerAnswers, innerRequests } from "./inner-answers.js";
import { InnerStreams } from "./inner-streams.js";
import { denial } from "./input-response.js";
import { readArguments } from "./read-arguments.js";
import type { RunSettings } from "./run-settings.js";
import { RunningTool } from "./running-tool.js";
import { Suspension } from "./suspension.js";
import { TimeLimit } from "./time-limit.js";
import type { Tool } from "./tool.js";
import { ToolOutput, toJson } from "./tool-output.js";

/** Whom a run tells what happens. */
export interface RunListener {
  /** Events of the run. Resolves when the reader has taken them. */
  emit(events: readonly ChatEvent[], run: CallRun): Promise<void>;
  /** The run is over: `outcome` is set. */
  ended(run: CallRun): void;
}

/** How a run ended: with a result, or open, when somebody outside has to answer the call. */
export type CallOutcome =
  /** `error`: why the run failed, where it did. */
  | { type: "result"; result: ToolResultEvent; error?: unknown }
  /** `messages`: what the inner stream that waits has answered, where one does. */
  | { type: "open"; waitsFor: "input" | "caller"; messages?: readonly ChatMessage[] };

const WAITS = { type: "open", waitsFor: "input" } as const;

/** One tool call from its arguments to its result: arguments checked, approval asked, run within its limits. */
export class CallRun {
  readonly call: ToolCallPart;
  outcome: CallOutcome | undefined;
  readonly #settings: RunSettings;
  readonly #listener: RunListener;
  readonly #resumed: OpenCall | undefined;
  readonly #requests: CallRequests;
  readonly #abort = new LazyAbort();
  #pathAndFirst: { path: string; used: boolean } | undefined;
  #inner: InnerStreams | undefined;
  #observation: ToolObservation | undefined;
  readonly #answers: InnerAnswers;
  #cancelled = false;

  /** @param resumed what was asked and answered before, where the call is resumed. */
  constructor(call: ToolCallPart, settings: RunSettings, listener: RunListener, resumed?: OpenCall) {
    this.call = call;
    this.#settings = settings;
    this.#listener = listener;
    this.#resumed = resumed;
    this.#requests = new CallRequests({
      call,
      resumed,
      nextId: () => this.#nextRequestId(),
      handler: settings.onInput,
      messages: settings.messages,
      signal: () => this.#abort.signal,
      emit: (request) => void this.#emit([request]),
    });
    this.#answers = new InnerAnswers(call.name, this.#requests);
  }

  /** Begins. What the tool throws becomes an outcome: nothing is thrown here, now or later. */
  start(): this {
    void this.#settle().then(
      (outcome) => this.#end(outcome),
      (thrown: unknown) => this.#end(this.#failed(messageOf(thrown), thrown)),
    );
    return this;
  }

  /** Nobody wants the result any more: the tool's signal is aborted, inner streams are left, and the run says nothing more. */
  cancel(reason: unknown): void {
    if (this.#cancelled || this.outcome !== undefined) return;
    this.#cancelled = true;
    this.#abort.abort(reason);
    this.#inner?.cancel(reason);
  }

  /** Of the model calls inside, as far as it is known; `undefined` where there was none. */
  get usage(): Usage | undefined {
    return this.#inner?.usage;
  }

  async #settle(): Promise<CallOutcome> {
    const { name } = this.call;
    const { tools, callersTools, repairArguments } = this.#settings;
    const tool = tools.get(name);
    if (tool === undefined) {
      return callersTools.has(name)
        ? { type: "open", waitsFor: "caller" }
        : this.#failed(`There is no tool ${name}; there are: ${tools.names.join(", ")}`);
    }
    if (this.#settings.refusal !== undefined) return this.#failed(this.#settings.refusal);
    // The model goes first: what it emits in the same turn does not wait for its tools.
    const read = await readArguments(tool, this.call, repairArguments);
    if ("problem" in read) return this.#failed(read.problem);
    if (tool.run === undefined) return { type: "open", waitsFor: "caller" };
    return this.#runAnswered(tool, read.value);
  }

  /** Runs the tool where everything that was asked about the call is answered. */
  async #runAnswered(tool: Tool, input: unknown): Promise<CallOutcome> {
    const { unanswered, decided } = this.#requests;
    if (unanswered.length > 0) {
      void this.#emit(unanswered);
      return { ...WAITS, ...(this.#resumed?.suspended && { messages: this.#resumed.suspended.messages }) };
    }
    const { suspended } = this.#resumed ?? {};
    if (this.#resumed && suspended && !this.#answers.resume(this.#resumed, this.#settings.onInput !== undefined)) {
      this.#innerStreams().repeat(innerRequests(suspended).map(({ request }) => request));
      return { ...WAITS, messages: suspended.messages };
    }
    const needed = decided !== undefined || (tool.needsApproval !== undefined && (await tool.needsApproval(input)));
    if (!needed) return this.#run(tool, input);
    return this.#runApproved(tool, input, decided ?? (await this.#abort.race(this.#requests.approval())));
  }

  async #runApproved(tool: Tool, input: unknown, response: InputResponse | undefined): Promise<CallOutcome> {
    switch (response?.type) {
      case undefined:
        return WAITS;
      case "approve":
        return this.#run(tool, input);
      case "deny":
        return { type: "result", result: this.#result(denial(response.reason), true) };
      case "edit": {
        const read = await tool.readInput(response.input);
        if (read.issues !== undefined) return this.#refused("edited arguments", read.issues);
        return this.#run(tool, read.value, response.input);
      }
      default:
        throw new SluiceError(
          "invalid-argument",
          `${this.call.name}: an approval is answered by approve, deny or edit`,
        );
    }
  }

  async #run(tool: Tool, input: unknown, editedInput?: JsonValue): Promise<CallOutcome> {
    const slots = this.#settings.slots;
    const release = tool.slots && (tool.slots.tryTake() ?? (await tool.slots.take(this.#abort.signal)));
    let releaseShared: (() => void) | undefined;
    try {
      releaseShared = slots.tryTake() ?? (await slots.take(this.#abort.signal));
      return await this.#runObserved(tool, input, editedInput);
    } finally {
      releaseShared?.();
      release?.();
    }
  }

  /** Runs the tool where somebody watches: what it waited for here before it ran again is part of what is seen. */
  #runObserved(tool: Tool, input: unknown, editedInput: JsonValue | undefined): Promise<CallOutcome> {
    const { observe, context } = this.#settings;
    if (observe === undefined) return this.#runUntilAnswered(tool, input, editedInput);
    const { name, callId } = this.call;
    const { description } = tool.definition;
    const run = { name, callId, input: editedInput ?? this.call.input, context };
    const observation = observe.begin(description === undefined ? run : { ...run, description });
    if (observation === undefined) return this.#runUntilAnswered(tool, input, editedInput);
    this.#observation = observation;
    return this.#runWithin(observation, tool, input, editedInput);
  }

  async #runWithin(
    observation: ToolObservation,
    tool: Tool,
    input: unknown,
    editedInput: JsonValue | undefined,
  ): Promise<CallOutcome> {
    try {
      const outcome = await observation.within(() => this.#runUntilAnswered(tool, input, editedInput));
      if (outcome.type === "open") observation.suspend();
      else if (outcome.error !== undefined) observation.fail(outcome.error);
      else observation.end(outcome.result.output);
      return outcome;
    } catch (thrown) {
      observation.fail(this.#cancelled ? new SluiceError("cancelled", "nobody wants the result") : thrown);
      throw thrown;
    }
  }

  /** Runs the tool; again from its beginning, when what it waited for was answered by a handler. */
  async #runUntilAnswered(tool: Tool, input: unknown, editedInput: JsonValue | undefined): Promise<CallOutcome> {
    for (;;) {
      try {
        return await this.#read(tool, await this.#withinTime(tool, input), editedInput);
      } catch (thrown) {
        if (!(thrown instanceof Suspension)) throw thrown;
        if (thrown.messages.length === 0) return WAITS;
        const messages = [...this.#answers.messages, ...thrown.messages];
        const suspended = { callId: this.call.callId, path: this.#path.path, messages };
        if (!(await this.#abort.race(this.#answers.ask(suspended)))) return { ...WAITS, messages };
        this.#requests.restart();
      }
    }
  }

  /** Runs the tool, but waits no longer than its time or the caller's patience. */
  async #withinTime(tool: Tool, input: unknown): Promise<unknown> {
    const { timeoutMs = this.#settings.timeoutMs } = tool;
    const { clock } = this.#settings;
    const limit = new TimeLimit(timeoutMs, clock, () => {
      const late = new SluiceError("tool-failed", `${this.call.name} took longer than ${timeoutMs} ms`);
      this.#abort.abort(late);
      this.#inner?.cancel(late);
    });
    const running = new RunningTool({
      tool,
      input,
      callId: this.call.callId,
      messages: this.#settings.messages,
      answered: this.#answers.messages,
      inner: () => this.#innerStreams(),
      requests: this.#requests,
      limit,
      progress: (value) => this.#emit([{ ...this.#result(toJson(value), false), preliminary: true }]),
    });
    try {
      return await this.#abort.race(running.run(), () => running.abort(this.#abort.reason));
    } finally {
      limit.stop();
    }
  }

  #read(tool: Tool, returned: unknown, editedInput: JsonValue | undefined): CallOutcome | Promise<CallOutcome> {
    const output = returned instanceof ToolOutput ? returned : new ToolOutput(returned);
    const { value, isError } = output;
    const read = isError ? undefined : tool.readOutput?.(value);
    if (read instanceof Promise) return read.then((found) => this.#outcome(output, found, editedInput));
    return this.#outcome(output, read ?? { value }, editedInput);
  }

  #outcome(
    { isError, opaque }: ToolOutput,
    read: Validation<unknown>,
    editedInput: JsonValue | undefined,
  ): CallOutcome {
    if (read.issues !== undefined) {
      throw new SluiceError(
        "tool-failed",
        `${this.call.name} returned what its schema does not allow: ${describeIssues(read.issues)}`,
      );
    }
    const output = cutOutput(toJson(read.value), this.#settings.maxResultChars);
    const shown = editedInput === undefined ? output : { editedInput, output };
    const result: ToolResultEvent = { ...this.#result(shown, isError), ...(opaque && { opaque }) };
    if (!isError) return { type: "result", result };
    return { type: "result", result, error: new SluiceError("tool-failed", textOf(output)) };
  }

  /** The call ids that lead to this one, and its own: made when first asked for, and the same when it is resumed. */
  get #path(): { path: string; used: boolean } {
    const earlier = this.#resumed?.suspended?.path ?? this.#resumed?.requests[0]?.id;
    this.#pathAndFirst ??= {
      path: earlier ?? this.#settings.requestId(this.call.callId),
      used: this.#resumed?.requests[0] !== undefined,
    };
    return this.#pathAndFirst;
  }

  /** The first request about a call has the id that is the call's path; those after it are numbered. */
  #nextRequestId(): string {
    const own = this.#path;
    if (own.used) return this.#settings.requestId(this.call.callId);
    own.used = true;
    return own.path;
  }

  #innerStreams(): InnerStreams {
    const { name, callId } = this.call;
    const { nextAttempt } = this.#settings;
    const { context } = this.#observation ?? this.#settings;
    this.#inner ??= new InnerStreams({
      name,
      callId,
      path: this.#path.path,
      context,
      nextAttempt: () => nextAttempt(name, callId),
      emit: (events) => this.#emit(events),
    });
    return this.#inner;
  }

  #emit(events: readonly ChatEvent[]): Promise<void> {
    const heard = !this.#cancelled && this.outcome === undefined;
    return heard ? this.#listener.emit(events, this) : Promise.resolve();
  }

  #end(outcome: CallOutcome): void {
    if (this.#cancelled) return;
    if (outcome.type === "result") void this.#emit([outcome.result]);
    else if (outcome.messages !== undefined) {
      const { callId } = this.call;
      void this.#emit([suspendedEvent({ callId, path: this.#path.path, messages: [...outcome.messages] })]);
    }
    this.outcome = outcome;
    this.#listener.ended(this);
  }

  #refused(what: string, issues: Parameters<typeof describeIssues>[0]): CallOutcome {
    return this.#failed(`The ${what} of ${this.call.name} are not valid: ${describeIssues(issues)}`);
  }

  #failed(message: string, error?: unknown): CallOutcome {
    return { type: "result", result: this.#result(message, true), ...(error !== undefined && { error }) };
  }

  #result(output: JsonValue, isError: boolean): ToolResultEvent {
    const { callId, name } = this.call;
    return { type: "tool-result", callId, name, output, ...(isError && { isError: true as const }) };
  }
}

function textOf(output: JsonValue): string {
  return typeof output === "string" ? output : JSON.stringify(output);
}
