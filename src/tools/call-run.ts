import type { ChatEvent } from "../stream/chat-event.js";
import { invalid, messageOf } from "../stream/error.js";
import type { InputResponse, ToolCallPart } from "../stream/message.js";
import { suspendedEvent } from "../stream/suspended-call.js";
import type { Usage } from "../stream/usage.js";
import { describeIssues } from "../structured/schema.js";
import { type CallOutcome, failed, type Pending, resultEvent, WAITS } from "./call-outcome.js";
import type { OpenCall } from "./history.js";
import { denial } from "./input-response.js";
import { type ReadArguments, readArguments } from "./read-arguments.js";
import type { RunSettings } from "./run-settings.js";
import type { Tool } from "./tool.js";
import { type ExecutionOutput, ToolExecution } from "./tool-execution.js";

/** Receives what happens in a run. */
export interface RunListener {
  /** Events of the run. @param taken called when the reader has taken them, or will not get them. */
  emit(events: readonly ChatEvent[], run: CallRun, taken?: () => void): void;
  /** The run is over: `outcome` is set. */
  ended(run: CallRun): void;
}

/** Comes before what is read next, and behind what runs now. */
const NEXT = Promise.resolve();

/**
 * One tool call from its arguments to its result: arguments checked, everything that is asked about the call answered, and then
 * its tool executed.
 */
export class CallRun implements ExecutionOutput {
  readonly call: ToolCallPart;
  outcome: CallOutcome | undefined;
  readonly #settings: RunSettings;
  readonly #listener: RunListener;
  readonly #resumed: OpenCall | undefined;
  readonly #execution: ToolExecution;
  #cancelled = false;

  /** @param resumed what was asked and answered before, where the call is resumed. */
  constructor(call: ToolCallPart, settings: RunSettings, listener: RunListener, resumed?: OpenCall) {
    this.call = call;
    this.#settings = settings;
    this.#listener = listener;
    this.#resumed = resumed;
    this.#execution = new ToolExecution(call, settings, resumed, this);
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
    this.#execution.cancel(reason);
  }

  /** Of the model calls inside, as far as it is known; `undefined` if there was none. */
  get usage(): Usage | undefined {
    return this.#execution.usage;
  }

  get cancelled(): boolean {
    return this.#cancelled;
  }

  emit(events: readonly ChatEvent[]): void {
    if (!this.#cancelled && this.outcome === undefined) this.#listener.emit(events, this);
  }

  deliver(events: readonly ChatEvent[]): Promise<void> {
    if (this.#cancelled || this.outcome !== undefined) return Promise.resolve();
    return new Promise((resolve) => this.#listener.emit(events, this, resolve));
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
    return asks ? this.#runAnswered(tool, read.value) : this.#execution.run(tool, { input: read.value });
  }

  /** Runs the tool where everything that was asked about the call is answered. */
  async #runAnswered(tool: Tool, input: unknown): Promise<CallOutcome> {
    const { unanswered, decided } = this.#execution.requests;
    if (unanswered.length > 0) {
      this.emit(unanswered);
      return { ...WAITS, ...(this.#resumed?.suspended && { messages: this.#resumed.suspended.messages }) };
    }
    const waiting = this.#execution.resume();
    if (waiting !== undefined) return { ...WAITS, messages: waiting };
    const needed = decided !== undefined || (await this.#needsApproval(tool, input));
    if (!needed) return this.#execution.run(tool, { input });
    return this.#runApproved(tool, input, decided ?? (await this.#execution.approval()));
  }

  /** What is neither yes nor no is no leave to run. */
  async #needsApproval(tool: Tool, input: unknown): Promise<boolean> {
    if (tool.needsApproval === undefined) return false;
    const needed: unknown = await tool.needsApproval(input, this.#execution.callContext);
    if (typeof needed === "boolean") return needed;
    throw invalid(`approval of ${this.call.name}`, needed, "true or false");
  }

  async #runApproved(tool: Tool, input: unknown, response: InputResponse | undefined): Promise<CallOutcome> {
    switch (response?.type) {
      case undefined:
        return WAITS;
      case "approve":
        return this.#execution.run(tool, { input });
      case "deny":
        return { type: "result", result: resultEvent(this.call, denial(response.reason), true) };
      case "edit": {
        const read = await tool.readInput(response.input);
        if (read.issues !== undefined) {
          const problem = `The edited arguments of ${this.call.name} are not valid: ${describeIssues(read.issues)}`;
          return failed(this.call, problem);
        }
        return this.#execution.run(tool, { input: read.value, edited: response.input });
      }
      default:
        throw invalid(`the response to ${this.call.name}`, response?.type, "approve, deny or edit of the call");
    }
  }

  readonly #end = (outcome: CallOutcome): void => {
    this.#execution.end();
    if (this.#cancelled) return;
    if (outcome.type === "result") this.emit([outcome.result]);
    else if (outcome.messages !== undefined) {
      const { callId } = this.call;
      this.emit([suspendedEvent({ callId, path: this.#execution.path, messages: [...outcome.messages] })]);
    }
    this.outcome = outcome;
    this.#listener.ended(this);
  };

  readonly #fail = (thrown: unknown): void => this.#end(failed(this.call, messageOf(thrown), thrown));
}
