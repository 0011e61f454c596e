import type { JsonValue } from "../base/json.js";
import { LazyAbort } from "../base/lazy-abort.js";
import type { ChatEvent } from "../stream/chat-event.js";
import { SluiceError } from "../stream/error.js";
import type { ChatMessage, InputResponse, ToolCallPart } from "../stream/message.js";
import type { Usage } from "../stream/usage.js";
import type { ToolObservation } from "../telemetry/tool-spans.js";
import { type CallOutcome, type Pending, readOutcome, resultEvent, WAITS } from "./call-outcome.js";
import { CallPath } from "./call-path.js";
import { CallRequests } from "./call-requests.js";
import type { OpenCall } from "./history.js";
import { InnerAnswers, innerRequests } from "./inner-answers.js";
import { InnerStreams } from "./inner-streams.js";
import type { RunSettings } from "./run-settings.js";
import { RunningTool, type ToolCaller } from "./running-tool.js";
import { Suspension } from "./suspension.js";
import { TimeLimit } from "./time-limit.js";
import type { Tool, ToolCallContext } from "./tool.js";
import { toJson } from "./tool-output.js";

/** What a tool is run with. */
export interface GivenArguments {
  input: unknown;
  /** Set where somebody edited what the model had asked for. */
  edited?: JsonValue;
}

/** Where the events of an execution go. */
export interface ExecutionOutput {
  /** Whether nobody wants the result any more. */
  readonly cancelled: boolean;
  emit(events: readonly ChatEvent[]): void;
  /** Resolves when the reader has taken the events, or will not get them. */
  deliver(events: readonly ChatEvent[]): Promise<void>;
}

/**
 * The execution of one call's tool: in its turn, within its time, seen by whoever observes it, and again from the beginning once
 * what it waited for was answered. What most calls do not need (requests, inner streams, a time limit) is made when it is needed.
 */
export class ToolExecution implements ToolCaller {
  readonly #call: ToolCallPart;
  readonly #settings: RunSettings;
  readonly #resumed: OpenCall | undefined;
  readonly #output: ExecutionOutput;
  readonly #abort = new LazyAbort();
  #ownPath: CallPath | undefined;
  #ownRequests: CallRequests | undefined;
  #answers: InnerAnswers | undefined;
  #streams: InnerStreams | undefined;
  #running: RunningTool | undefined;
  #observation: ToolObservation | undefined;
  /** Gives back its place among the tools that run. */
  #release: (() => void) | undefined;

  /** @param resumed what was asked and answered before, where the call is resumed. */
  constructor(call: ToolCallPart, settings: RunSettings, resumed: OpenCall | undefined, output: ExecutionOutput) {
    this.#call = call;
    this.#settings = settings;
    this.#resumed = resumed;
    this.#output = output;
  }

  /** Of the model calls inside, as far as it is known; `undefined` if there was none. */
  get usage(): Usage | undefined {
    return this.#streams?.usage;
  }

  get callId(): string {
    return this.#call.callId;
  }

  get messages(): readonly ChatMessage[] {
    return this.#settings.messages;
  }

  get answered(): readonly ChatMessage[] {
    return this.#answers?.messages ?? [];
  }

  /** The call, for whoever decides of it before it is run. */
  get callContext(): ToolCallContext {
    const { callId } = this.#call;
    const { messages, context } = this.#settings;
    const abort = this.#abort;
    const callPath = this.path;
    return {
      callId,
      messages,
      context: { ...context, callPath },
      get signal() {
        return abort.signal;
      },
    };
  }

  get requests(): CallRequests {
    this.#ownRequests ??= new CallRequests({
      call: this.#call,
      resumed: this.#resumed,
      nextId: () => this.#callPath.nextRequestId(),
      handler: this.#settings.onInput,
      context: () => this.callContext,
      emit: (request) => this.#output.emit([request]),
    });
    return this.#ownRequests;
  }

  get inner(): InnerStreams {
    const { name, callId } = this.#call;
    const { nextAttempt } = this.#settings;
    const { context } = this.#observation ?? this.#settings;
    this.#streams ??= new InnerStreams({
      name,
      callId,
      path: this.path,
      context,
      nextAttempt: () => nextAttempt(name, callId),
      emit: (events) => this.#output.deliver(events),
    });
    return this.#streams;
  }

  progress(value: unknown): Promise<void> {
    return this.#output.deliver([{ ...resultEvent(this.#call, toJson(value), false), preliminary: true }]);
  }

  /** The call ids that lead to the call, and its own. */
  get path(): string {
    return this.#callPath.id;
  }

  get #callPath(): CallPath {
    this.#ownPath ??= new CallPath(this.#call.callId, this.#settings.requestId, this.#resumed);
    return this.#ownPath;
  }

  get #innerAnswers(): InnerAnswers {
    this.#answers ??= new InnerAnswers(this.#call.name, this.requests);
    return this.#answers;
  }

  /**
   * Takes up what an inner stream of an earlier execution waited for. Returns what that stream had answered where it goes on
   * waiting: its requests are then made again.
   */
  resume(): readonly ChatMessage[] | undefined {
    const resumed = this.#resumed;
    if (resumed?.suspended === undefined) return undefined;
    if (this.#innerAnswers.resume(resumed, this.#settings.onInput !== undefined)) return undefined;
    this.inner.repeat(innerRequests(resumed.suspended).map(({ request }) => request));
    return resumed.suspended.messages;
  }

  /** Asks for approval; `undefined` where there is nobody to ask now. */
  approval(): Promise<InputResponse | undefined> {
    return this.#abort.race(this.requests.approval());
  }

  /** Runs the tool, when there is a place for it: at once, where there is one. */
  run(tool: Tool, given: GivenArguments): Pending<CallOutcome> {
    const release = tool.slots === undefined ? this.#settings.slots.tryTake() : undefined;
    if (release === undefined) return this.#runInTurn(tool, given);
    this.#release = release;
    return this.#runObserved(tool, given);
  }

  /** Runs the tool when there is a place for it: among the runs of this tool, and of all. */
  async #runInTurn(tool: Tool, given: GivenArguments): Promise<CallOutcome> {
    const { slots } = this.#settings;
    const own = tool.slots && (tool.slots.tryTake() ?? (await tool.slots.take(this.#abort.signal)));
    let shared: (() => void) | undefined;
    this.#release = () => {
      shared?.();
      own?.();
    };
    shared = slots.tryTake() ?? (await slots.take(this.#abort.signal));
    return this.#runObserved(tool, given);
  }

  /** Runs the tool where somebody watches: what it waited for here before it ran again is part of what is seen. */
  #runObserved(tool: Tool, given: GivenArguments): Pending<CallOutcome> {
    const { observe, context } = this.#settings;
    if (observe === undefined) return this.#runUntilAnswered(tool, given);
    const { name, callId } = this.#call;
    const { description } = tool.definition;
    const run = { name, callId, input: given.edited ?? this.#call.input, context };
    const observation = observe.begin(description === undefined ? run : { ...run, description });
    if (observation === undefined) return this.#runUntilAnswered(tool, given);
    this.#observation = observation;
    return this.#runWithin(observation, tool, given);
  }

  async #runWithin(observation: ToolObservation, tool: Tool, given: GivenArguments): Promise<CallOutcome> {
    try {
      const outcome = await observation.within(() => this.#runUntilAnswered(tool, given));
      if (outcome.type === "open") observation.suspend();
      else if (outcome.error !== undefined) observation.fail(outcome.error);
      else observation.end(outcome.result.output);
      return outcome;
    } catch (thrown) {
      observation.fail(this.#output.cancelled ? new SluiceError("cancelled", "nobody wants the result") : thrown);
      throw thrown;
    }
  }

  /** Runs the tool; again from its beginning, when what it waited for was answered by a handler. */
  #runUntilAnswered(tool: Tool, given: GivenArguments): Pending<CallOutcome> {
    const limit = this.#limitOf(tool);
    const running = new RunningTool(tool, this, limit);
    this.#running = running;
    try {
      const returned = running.run(given.input);
      if (!(returned instanceof Promise)) return this.#outcomeOf(tool, returned, given);
      return this.#whenReturned(returned, limit, tool, given);
    } catch (thrown) {
      limit?.stop();
      throw thrown;
    }
  }

  /** Waits for the tool, but no longer than its time or the caller's patience. */
  async #whenReturned(
    returning: Promise<unknown>,
    limit: TimeLimit | undefined,
    tool: Tool,
    given: GivenArguments,
  ): Promise<CallOutcome> {
    let returned: unknown;
    try {
      returned = await returning;
    } catch (thrown) {
      if (thrown instanceof Suspension) return this.#suspended(thrown, tool, given);
      throw thrown;
    } finally {
      limit?.stop();
    }
    return this.#outcomeOf(tool, returned, given);
  }

  async #suspended(suspension: Suspension, tool: Tool, given: GivenArguments): Promise<CallOutcome> {
    // What is still running of it must not go on: it will be run again from its beginning.
    this.#running?.abort(new SluiceError("cancelled", "the tool waits for input"));
    if (suspension.messages.length === 0) return WAITS;
    const messages = [...this.answered, ...suspension.messages];
    const suspended = { callId: this.#call.callId, path: this.path, messages };
    if (!(await this.#abort.race(this.#innerAnswers.ask(suspended)))) return { ...WAITS, messages };
    this.requests.restart();
    return this.#runUntilAnswered(tool, given);
  }

  #outcomeOf(tool: Tool, returned: unknown, { edited }: GivenArguments): Pending<CallOutcome> {
    return readOutcome(this.#call, tool, returned, { edited, maxResultChars: this.#settings.maxResultChars });
  }

  #limitOf({ timeoutMs = this.#settings.timeoutMs }: Tool): TimeLimit | undefined {
    if (timeoutMs === Number.POSITIVE_INFINITY) return undefined;
    return new TimeLimit(timeoutMs, this.#settings.clock, () =>
      this.cancel(new SluiceError("tool-failed", `${this.#call.name} took longer than ${timeoutMs} ms`)),
    );
  }

  /** Nobody waits for the tool any more: its signal is aborted, and inner streams are left. */
  cancel(reason: unknown): void {
    this.#abort.abort(reason);
    this.#running?.abort(reason);
    this.#streams?.cancel(reason);
  }

  /** The outcome is known: the place is free for another one. */
  end(): void {
    this.#release?.();
    this.#running = undefined;
  }
}
