import type { Clock } from "../base/clock.js";
import { isJsonObject, type JsonValue } from "../base/json.js";
import type { ChatEvent, ToolResultEvent } from "../stream/chat-event.js";
import { describe, messageOf, SluiceError } from "../stream/error.js";
import type { ChatMessage, InputResponse, ToolCallPart } from "../stream/message.js";
import { describeIssues, type Validation } from "../structured/schema.js";
import type { OpenCall } from "./history.js";
import { type ApprovalHandler, denial } from "./input-response.js";
import type { Slots } from "./slots.js";
import type { Tool } from "./tool.js";
import { ToolOutput, toJson } from "./tool-output.js";

/** What the runs of one model call have in common. */
export interface RunSettings {
  tools: { get(name: string): Tool | undefined; readonly names: readonly string[] };
  /** Tools that the request brought: their calls are the caller's to answer. */
  callersTools: ReadonlySet<string>;
  messages: readonly ChatMessage[];
  slots: Slots;
  /** Ms, for tools without a limit of their own. */
  timeoutMs: number;
  clock: Clock;
  onApproval: ApprovalHandler | undefined;
  /** The id of a request for input about a call. */
  requestId: (callId: string) => string;
}

/** Whom a run tells what happens. */
export interface RunListener {
  /** An event of the run. Resolves when the reader has taken it. */
  say(event: ChatEvent, run: CallRun): Promise<void>;
  /** The run is over: `outcome` is set. */
  ended(run: CallRun): void;
}

/** How a run ended: with a result, or open, when somebody outside has to answer the call. */
export type RunOutcome =
  /** `error`: why the run failed, where it did. */
  { type: "result"; result: ToolResultEvent; error?: unknown } | { type: "open"; waitsFor: "input" | "caller" };

/** One tool call from its arguments to its result: arguments checked, approval asked, run within its limits. */
export class CallRun {
  readonly call: ToolCallPart;
  outcome: RunOutcome | undefined;
  readonly #settings: RunSettings;
  readonly #listener: RunListener;
  readonly #controller = new AbortController();
  /** Of the request that was made about the call, now or before it was resumed. */
  #requestId: string | undefined;
  #cancelled = false;

  constructor(call: ToolCallPart, settings: RunSettings, listener: RunListener) {
    this.call = call;
    this.#settings = settings;
    this.#listener = listener;
  }

  /** Begins. What the tool throws becomes an outcome: nothing is thrown here, now or later. */
  start(resumed: Pick<OpenCall, "request" | "response"> = {}): this {
    this.#requestId = resumed.request?.id;
    void this.#settle(resumed.response).then(
      (outcome) => this.#end(outcome),
      (thrown: unknown) => this.#end(this.#failed(messageOf(thrown), thrown)),
    );
    return this;
  }

  /** Nobody wants the result any more: the tool's signal is aborted, and the run says nothing from here on. */
  cancel(reason: unknown): void {
    if (this.#cancelled || this.outcome !== undefined) return;
    this.#cancelled = true;
    this.#controller.abort(reason);
  }

  get cancelled(): boolean {
    return this.#cancelled;
  }

  async #settle(response: InputResponse | undefined): Promise<RunOutcome> {
    const { name, input, invalid } = this.call;
    const { tools, callersTools } = this.#settings;
    const tool = tools.get(name);
    if (tool === undefined) {
      return callersTools.has(name)
        ? { type: "open", waitsFor: "caller" }
        : this.#failed(`There is no tool ${name}; there are: ${tools.names.join(", ")}`);
    }
    if (invalid) return this.#failed(`The arguments of ${name} are not valid JSON: ${whyNotJson(input)}`);
    const read = await tool.readInput(input);
    if (read.issues !== undefined) return this.#refused("arguments", read.issues);
    if (tool.run === undefined) return { type: "open", waitsFor: "caller" };
    const needed = response !== undefined || ((await tool.needsApproval?.(read.value)) ?? false);
    return needed ? this.#runApproved(tool, read.value, response ?? (await this.#ask())) : this.#run(tool, read.value);
  }

  /** Asks for approval; `undefined` where there is nobody to ask now. */
  async #ask(): Promise<InputResponse | undefined> {
    const { callId, name, input } = this.call;
    const { onApproval, messages, requestId } = this.#settings;
    const { signal } = this.#controller;
    this.#requestId ??= requestId(callId);
    const id = this.#requestId;
    void this.#say({ type: "input-request", id, kind: "approval", callId, name, input });
    if (onApproval === undefined) return undefined;
    const part = await this.#unlessAborted(onApproval({ id, callId, name, input, messages, signal }));
    if (part?.id === id) return part.response;
    const found = isJsonObject(part) ? `a response to ${describe(part.id)}` : describe(part);
    const allowed = `approve, deny or edit of ${JSON.stringify(id)}`;
    throw new SluiceError("invalid-argument", `onApproval: found ${found}; allowed: ${allowed}`);
  }

  async #runApproved(tool: Tool, input: unknown, response: InputResponse | undefined): Promise<RunOutcome> {
    switch (response?.type) {
      case undefined:
        return { type: "open", waitsFor: "input" };
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

  async #run(tool: Tool, input: unknown, editedInput?: JsonValue): Promise<RunOutcome> {
    const { signal } = this.#controller;
    const release = await tool.slots?.take(signal);
    try {
      const releaseShared = await this.#settings.slots.take(signal);
      try {
        return await this.#read(tool, await this.#withinTime(tool, input), editedInput);
      } finally {
        releaseShared();
      }
    } finally {
      release?.();
    }
  }

  async #read(tool: Tool, returned: unknown, editedInput: JsonValue | undefined): Promise<RunOutcome> {
    const { value, isError, opaque } = returned instanceof ToolOutput ? returned : new ToolOutput(returned);
    const read: Validation<unknown> = isError ? { value } : ((await tool.readOutput?.(value)) ?? { value });
    if (read.issues !== undefined) {
      throw new SluiceError(
        "tool-failed",
        `${this.call.name} returned what its schema does not allow: ${describeIssues(read.issues)}`,
      );
    }
    const output = toJson(read.value);
    const said = editedInput === undefined ? output : { editedInput, output };
    const result: ToolResultEvent = { ...this.#result(said, isError), ...(opaque && { opaque }) };
    if (!isError) return { type: "result", result };
    return { type: "result", result, error: new SluiceError("tool-failed", textOf(output)) };
  }

  /** Runs the tool, but waits no longer than its time or the caller's patience. */
  async #withinTime(tool: Tool, input: unknown): Promise<unknown> {
    const { timeoutMs: ms = this.#settings.timeoutMs } = tool;
    const callOff =
      ms === Number.POSITIVE_INFINITY
        ? undefined
        : this.#settings.clock.after(ms, () => {
            this.#controller.abort(new SluiceError("tool-failed", `${this.call.name} took longer than ${ms} ms`));
          });
    try {
      return await this.#unlessAborted(this.#drive(tool, input));
    } finally {
      callOff?.();
    }
  }

  /** Calls the tool; passes on what an async generator yields, at the reader's pace. */
  async #drive(tool: Tool, input: unknown): Promise<unknown> {
    const { signal } = this.#controller;
    const { callId } = this.call;
    const progress = (value: unknown) => this.#say({ ...this.#result(toJson(value), false), preliminary: true });
    const returned = tool.run?.(input, { signal, callId, progress, messages: this.#settings.messages });
    if (!isAsyncGenerator(returned)) return returned;
    // Lets the generator clean up, whether or not it looks at the signal.
    signal.addEventListener("abort", () => void returned.return(undefined).catch(() => {}), { once: true });
    try {
      for (;;) {
        const { done, value } = await returned.next();
        if (done || signal.aborted) return value;
        await progress(value);
      }
    } catch (thrown) {
      void returned.return(undefined).catch(() => {});
      throw thrown;
    }
  }

  /** The promise, or the signal's reason as soon as it is aborted. What comes later is nobody's. */
  #unlessAborted<T>(promise: T | Promise<T>): Promise<T> {
    const { signal } = this.#controller;
    return new Promise<T>((resolve, reject) => {
      const onAbort = () => reject(signal.reason);
      if (signal.aborted) onAbort();
      else signal.addEventListener("abort", onAbort, { once: true });
      Promise.resolve(promise)
        .finally(() => signal.removeEventListener("abort", onAbort))
        .then(resolve, reject);
    });
  }

  async #say(event: ChatEvent): Promise<void> {
    if (!this.#cancelled && this.outcome === undefined) await this.#listener.say(event, this);
  }

  #end(outcome: RunOutcome): void {
    if (this.#cancelled) return;
    if (outcome.type === "result") void this.#say(outcome.result);
    this.outcome = outcome;
    this.#listener.ended(this);
  }

  #refused(what: string, issues: Parameters<typeof describeIssues>[0]): RunOutcome {
    return this.#failed(`The ${what} of ${this.call.name} are not valid: ${describeIssues(issues)}`);
  }

  #failed(message: string, error?: unknown): RunOutcome {
    return { type: "result", result: this.#result(message, true), ...(error !== undefined && { error }) };
  }

  #result(output: JsonValue, isError: boolean): ToolResultEvent {
    const { callId, name } = this.call;
    return { type: "tool-result", callId, name, output, ...(isError && { isError: true as const }) };
  }
}

function isAsyncGenerator(value: unknown): value is AsyncGenerator<unknown, unknown, undefined> {
  return (
    typeof value === "object" && value !== null && Symbol.asyncIterator in value && "next" in value && "return" in value
  );
}

function textOf(output: JsonValue): string {
  return typeof output === "string" ? output : JSON.stringify(output);
}

function whyNotJson(text: JsonValue): string {
  try {
    JSON.parse(String(text));
    return "they are incomplete";
  } catch (thrown) {
    return messageOf(thrown);
  }
}
