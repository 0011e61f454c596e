import type { JsonValue } from "../base/json.js";
import { LazyAbort } from "../base/lazy-abort.js";
import type { ChatEvent } from "../stream/chat-event.js";
import { messageOf, SluiceError } from "../stream/error.js";
import type { ChatMessage, InputResponse, ToolCallPart } from "../stream/message.js";
import { suspendedEvent } from "../stream/suspended-call.js";
import type { Usage } from "../stream/usage.js";
import { describeIssues } from "../structured/schema.js";
import type { ToolObservation } from "../telemetry/tool-spans.js";
import { type CallOutcome, failed, type Pending, readOutcome, resultEvent, WAITS } from "./call-outcome.js";
import { CallPath } from "./call-path.js";
import { CallRequests } from "./call-requests.js";
import type { OpenCall } from "./history.js";
import { InnerAnswers, innerRequests } from "./inner-answers.js";
import { InnerStreams } from "./inner-streams.js";
import { denial } from "./input-response.js";
import { type ReadArguments, readArguments } from "./read-arguments.js";
import type { RunSettings } from "./run-settings.js";
import { RunningTool, type ToolCaller } from "./running-tool.js";
import { Suspension } from "./suspension.js";
import { TimeLimit } from "./time-limit.js";
import type { Tool } from "./tool.js";
import { toJson } from "./tool-output.js";

/** Whom a run tells what happens. */
export interface RunListener {
  /** Events of the run. @param taken called when the reader has taken them, or will not get them. */
  emit(events: readonly ChatEvent[], run: CallRun, taken?: () => void): void;
  /** The run is over: `outcome` is set. */
  ended(run: CallRun): void;
}

/** What a call's tool is run with. */
interface Arguments {
  input: unknown;
  /** Set where somebody edited what the model had asked for. */
  edited?: JsonValue;
}

/** Comes before what is read next, and behind what runs now. */
const NEXT = Promise.resolve();

/**
 * One tool call from its arguments to its result: arguments checked, approval asked, run within its limits. What most calls do
 * not need (requests, inner streams, a time limit) is made when it is needed.
 */
export class CallRun implements ToolCaller {
  readonly call: ToolCallPart;
  outcome: CallOutcome | undefined;
  readonly #settings: RunSettings;
  readonly #listener: RunListener;
  readonly #resumed: OpenCall | undefined;
  readonly #abort = new LazyAbort();
  #ownPath: CallPath | undefined;
  #ownRequests: CallRequests | undefined;
  #answers: InnerAnswers | undefined;
  #streams: InnerStreams | undefined;
  #running: RunningTool | undefined;
  #observation: ToolObservation | undefined;
  /** Gives back its place among the tools that run. */
  #release: (() => void) | undefined;
  #cancelled = false;

  /** @param resumed what was asked and answered before, where the call is resumed. */
  constructor(call: ToolCallPart, settings: RunSettings, listener: RunListener, resumed?: OpenCall) {
    this.call = call;
    this.#settings = settings;
    this.#listener = listener;
    this.#resumed = resumed;
  }

  /**
   * Begins. What the tool throws becomes an outcome: nothing is thrown here, now or later.
   *
   * @param refusal why the call is not run, where it is not.
   */
  start(refusal?: string): this {
    // The model goes first: what it emits in the same turn does not wait for its tools.
    void NEXT.then(() => this.#begin(refusal));
    return this;
  }

  /** Nobody wants the result any more: the tool's signal is aborted, inner streams are left, and the run says nothing more. */
  cancel(reason: unknown): void {
    if (this.#cancelled || this.outcome !== undefined) return;
    this.#cancelled = true;
    this.#giveUp(reason);
  }

  /** Of the model calls inside, as far as it is known; `undefined` where there was none. */
  get usage(): Usage | undefined {
    return this.#streams?.usage;
  }

  get callId(): string {
    return this.call.callId;
  }

  get messages(): readonly ChatMessage[] {
    return this.#settings.messages;
  }

  get answered(): readonly ChatMessage[] {
    return this.#answers?.messages ?? [];
  }

  get requests(): CallRequests {
    this.#ownRequests ??= new CallRequests({
      call: this.call,
      resumed: this.#resumed,
      nextId: () => this.#path.nextRequestId(),
      handler: this.#settings.onInput,
      messages: this.#settings.messages,
      signal: () => this.#abort.signal,
      emit: (request) => this.#emit([request]),
    });
    return this.#ownRequests;
  }

  get inner(): InnerStreams {
    const { name, callId } = this.call;
    const { nextAttempt } = this.#settings;
    const { context } = this.#observation ?? this.#settings;
    this.#streams ??= new InnerStreams({
      name,
      callId,
      path: this.#path.id,
      context,
      nextAttempt: () => nextAttempt(name, callId),
      emit: (events) => this.#deliver(events),
    });
    return this.#streams;
  }

  progress(value: unknown): Promise<void> {
    return this.#deliver([{ ...resultEvent(this.call, toJson(value), false), preliminary: true }]);
  }

  get #path(): CallPath {
    this.#ownPath ??= new CallPath(this.call.callId, this.#settings.requestId, this.#resumed);
    return this.#ownPath;
  }

  get #innerAnswers(): InnerAnswers {
    this.#answers ??= new InnerAnswers(this.call.name, this.requests);
    return this.#answers;
  }

  #begin(refusal: string | undefined): void {
    if (this.#cancelled) return;
    let outcome: Pending<CallOutcome>;
    try {
      outcome = this.#settle(refusal);
    } catch (thrown) {
      this.#fail(thrown);
      return;
    }
    if (outcome instanceof Promise) void outcome.then(this.#end, this.#fail);
    else this.#end(outcome);
  }

  #settle(refusal: string | undefined): Pending<CallOutcome> {
    const { name } = this.call;
    const { tools, callersTools, repairArguments } = this.#settings;
    const tool = tools.get(name);
    if (tool === undefined) {
      return callersTools.has(name)
        ? { type: "open", waitsFor: "caller" }
        : failed(this.call, `There is no tool ${name}; there are: ${tools.names.join(", ")}`);
    }
    if (refusal !== undefined) return failed(this.call, refusal);
    const read = readArguments(tool, this.call, repairArguments);
    return read instanceof Promise ? read.then((later) => this.#called(tool, later)) : this.#called(tool, read);
  }

  #called(tool: Tool, read: ReadArguments): Pending<CallOutcome> {
    if ("problem" in read) return failed(this.call, read.problem);
    if (tool.run === undefined) return { type: "open", waitsFor: "caller" };
    const asks = this.#resumed !== undefined || tool.needsApproval !== undefined;
    return asks ? this.#runAnswered(tool, read.value) : this.#run(tool, { input: read.value });
  }

  /** Runs the tool where everything that was asked about the call is answered. */
  async #runAnswered(tool: Tool, input: unknown): Promise<CallOutcome> {
    const { unanswered, decided } = this.requests;
    if (unanswered.length > 0) {
      this.#emit(unanswered);
      return { ...WAITS, ...(this.#resumed?.suspended && { messages: this.#resumed.suspended.messages }) };
    }
    const { suspended } = this.#resumed ?? {};
    const asked = this.#settings.onInput !== undefined;
    if (this.#resumed && suspended && !this.#innerAnswers.resume(this.#resumed, asked)) {
      this.inner.repeat(innerRequests(suspended).map(({ request }) => request));
      return { ...WAITS, messages: suspended.messages };
    }
    const needed = decided !== undefined || (tool.needsApproval !== undefined && (await tool.needsApproval(input)));
    if (!needed) return this.#run(tool, { input });
    return this.#runApproved(tool, input, decided ?? (await this.#abort.race(this.requests.approval())));
  }

  async #runApproved(tool: Tool, input: unknown, response: InputResponse | undefined): Promise<CallOutcome> {
    switch (response?.type) {
      case undefined:
        return WAITS;
      case "approve":
        return this.#run(tool, { input });
      case "deny":
        return { type: "result", result: resultEvent(this.call, denial(response.reason), true) };
      case "edit": {
        const read = await tool.readInput(response.input);
        if (read.issues !== undefined) {
          const problem = `The edited arguments of ${this.call.name} are not valid: ${describeIssues(read.issues)}`;
          return failed(this.call, problem);
        }
        return this.#run(tool, { input: read.value, edited: response.input });
      }
      default:
        throw new SluiceError(
          "invalid-argument",
          `${this.call.name}: an approval is answered by approve, deny or edit`,
        );
    }
  }

  #run(tool: Tool, given: Arguments): Pending<CallOutcome> {
    const release = tool.slots === undefined ? this.#settings.slots.tryTake() : undefined;
    if (release === undefined) return this.#runInTurn(tool, given);
    this.#release = release;
    return this.#runObserved(tool, given);
  }

  /** Runs the tool when there is a place for it: among the runs of this tool, and of all. */
  async #runInTurn(tool: Tool, given: Arguments): Promise<CallOutcome> {
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
  #runObserved(tool: Tool, given: Arguments): Pending<CallOutcome> {
    const { observe, context } = this.#settings;
    if (observe === undefined) return this.#runUntilAnswered(tool, given);
    const { name, callId } = this.call;
    const { description } = tool.definition;
    const run = { name, callId, input: given.edited ?? this.call.input, context };
    const observation = observe.begin(description === undefined ? run : { ...run, description });
    if (observation === undefined) return this.#runUntilAnswered(tool, given);
    this.#observation = observation;
    return this.#runWithin(observation, tool, given);
  }

  async #runWithin(observation: ToolObservation, tool: Tool, given: Arguments): Promise<CallOutcome> {
    try {
      const outcome = await observation.within(() => this.#runUntilAnswered(tool, given));
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
  #runUntilAnswered(tool: Tool, given: Arguments): Pending<CallOutcome> {
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
    given: Arguments,
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

  async #suspended(suspension: Suspension, tool: Tool, given: Arguments): Promise<CallOutcome> {
    // What is still running of it must not go on: it will be run again from its beginning.
    this.#running?.abort(new SluiceError("cancelled", "the tool waits for input"));
    if (suspension.messages.length === 0) return WAITS;
    const messages = [...this.answered, ...suspension.messages];
    const suspended = { callId: this.call.callId, path: this.#path.id, messages };
    if (!(await this.#abort.race(this.#innerAnswers.ask(suspended)))) return { ...WAITS, messages };
    this.requests.restart();
    return this.#runUntilAnswered(tool, given);
  }

  #outcomeOf(tool: Tool, returned: unknown, { edited }: Arguments): Pending<CallOutcome> {
    return readOutcome(this.call, tool, returned, { edited, maxResultChars: this.#settings.maxResultChars });
  }

  #limitOf({ timeoutMs = this.#settings.timeoutMs }: Tool): TimeLimit | undefined {
    if (timeoutMs === Number.POSITIVE_INFINITY) return undefined;
    return new TimeLimit(timeoutMs, this.#settings.clock, () =>
      this.#giveUp(new SluiceError("tool-failed", `${this.call.name} took longer than ${timeoutMs} ms`)),
    );
  }

  /** Nobody waits for the tool any more. */
  #giveUp(reason: unknown): void {
    this.#abort.abort(reason);
    this.#running?.abort(reason);
    this.#streams?.cancel(reason);
  }

  #emit(events: readonly ChatEvent[]): void {
    if (!this.#cancelled && this.outcome === undefined) this.#listener.emit(events, this);
  }

  /** Resolves when the reader has taken the events, or will not get them. */
  #deliver(events: readonly ChatEvent[]): Promise<void> {
    if (this.#cancelled || this.outcome !== undefined) return Promise.resolve();
    return new Promise((resolve) => this.#listener.emit(events, this, resolve));
  }

  readonly #end = (outcome: CallOutcome): void => {
    this.#release?.();
    this.#running = undefined;
    if (this.#cancelled) return;
    if (outcome.type === "result") this.#emit([outcome.result]);
    else if (outcome.messages !== undefined) {
      const { callId } = this.call;
      this.#emit([suspendedEvent({ callId, path: this.#path.id, messages: [...outcome.messages] })]);
    }
    this.outcome = outcome;
    this.#listener.ended(this);
  };

  readonly #fail = (thrown: unknown): void => this.#end(failed(this.call, messageOf(thrown), thrown));
}
