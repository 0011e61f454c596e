import type { JsonObject } from "../base/json.js";
import { LazyAbort } from "../base/lazy-abort.js";
import type { ChatStream } from "../stream/chat-stream.js";
import { SluiceError } from "../stream/error.js";
import type { ChatMessage } from "../stream/message.js";
import { jsonSchemaOf, type Schema, validate } from "../structured/schema.js";
import type { CallRequests } from "./call-requests.js";
import type { InnerStreams } from "./inner-streams.js";
import { Suspension } from "./suspension.js";
import type { TimeLimit } from "./time-limit.js";
import type { Tool, ToolContext, ToolQuestion } from "./tool.js";
import { isAsyncGenerator, isChatStream, isStreamedValue } from "./tool-stream.js";

/** The call that a tool is run for. */
export interface ToolCaller {
  readonly callId: string;
  /** The request that the model answered with the call. */
  readonly messages: readonly ChatMessage[];
  /** What the tool's inner stream goes on from; empty in the first run. */
  readonly answered: readonly ChatMessage[];
  readonly inner: InnerStreams;
  readonly requests: CallRequests;
  /** Resolves when the reader has taken the report. */
  progress(value: unknown): Promise<void>;
}

/** One run of a tool: its function is called, and what it yields or returns is read, streams included. */
export class RunningTool {
  readonly #tool: Tool;
  readonly #caller: ToolCaller;
  readonly #limit: TimeLimit | undefined;
  readonly #abort = new LazyAbort();
  /** Ends the wait for the tool. */
  #leave: ((reason: unknown) => void) | undefined;
  /** Streams of this run that have ended. */
  #streamsEnded = 0;

  /** @param limit does not count the time that questions wait. */
  constructor(tool: Tool, caller: ToolCaller, limit: TimeLimit | undefined) {
    this.#tool = tool;
    this.#caller = caller;
    this.#limit = limit;
  }

  /** The tool's signal is aborted, and nobody waits for it any more: the run fails with the reason. */
  abort(reason: unknown): void {
    this.#abort.abort(reason);
    this.#leave?.(reason);
  }

  /**
   * Runs the tool. Gives what it returned: without a promise, where it waited for nothing.
   *
   * @throws {Suspension} when it waits for input.
   */
  run(input: unknown): unknown {
    const returned = this.#tool.run?.(input, contextOf(this.#caller, this.#abort, this.#ask));
    if (isPending(returned)) return this.#whenReturned(returned);
    this.#checkResumed();
    return returned;
  }

  #whenReturned(returning: unknown): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.#leave = reject;
      // The tool itself may have left while it was called.
      if (this.#abort.aborted) reject(this.#abort.reason);
      this.#resultOf(returning).then(resolve, reject);
    });
  }

  /** What is returned as a result: a stream's answer, what a generator returns, any other value as it is. */
  async #resultOf(returning: unknown): Promise<unknown> {
    const result = await this.#readResult(await returning);
    this.#checkResumed();
    return result;
  }

  #readResult(returned: unknown): unknown {
    if (isChatStream(returned)) return this.#read(returned);
    if (isStreamedValue(returned)) return this.#read(returned.stream).then(() => returned.object);
    return isAsyncGenerator(returned) ? this.#drive(returned) : returned;
  }

  async #drive(generator: AsyncGenerator<unknown, unknown, undefined>): Promise<unknown> {
    const close = () => void generator.return(undefined).catch(() => {});
    // Lets the generator clean up, whether or not it looks at the signal.
    this.#abort.onAbort(close);
    try {
      for (;;) {
        const { done, value } = await generator.next();
        if (this.#abort.aborted) return undefined;
        if (done) return await this.#resultOf(value);
        if (isChatStream(value)) await this.#read(value);
        else if (isStreamedValue(value)) await this.#read(value.stream);
        else await this.#caller.progress(value);
      }
    } catch (thrown) {
      close();
      throw thrown;
    }
  }

  /** Reads an inner stream to its end. A tool is run again when it has waited, so it waits in its first stream only. */
  async #read(stream: ChatStream): Promise<string> {
    try {
      const text = await this.#caller.inner.read(stream);
      this.#streamsEnded++;
      return text;
    } catch (thrown) {
      if (thrown instanceof Suspension) {
        this.#checkResumed();
        this.#refuseToRepeat();
      }
      throw thrown;
    }
  }

  /** @throws {SluiceError} `declined` where nobody answers. */
  readonly #ask = async <S extends Schema>({ message, schema }: ToolQuestion<S>): Promise<never> => {
    const { requests } = this.#caller;
    const limit = this.#limit;
    const advice = "ask with a JSON Schema";
    const jsonSchema: JsonObject = jsonSchemaOf(schema, "schema", advice);
    const answered = await requests.question({ message, schema: jsonSchema }, (ask) =>
      limit === undefined ? ask() : limit.without(ask),
    );
    if (answered === undefined) return this.#wait();
    const read = await validate<Schema>(schema, answered.value);
    if (read.issues === undefined) return read.value as never;
    throw new SluiceError("invalid-argument", `the answer to ${JSON.stringify(message)} does not fit its schema`);
  };

  /** Ends the run until somebody has answered. Never settles: the tool must not go on, not even to handle an error. */
  #wait(): Promise<never> {
    this.#refuseToRepeat();
    // Questions that are asked at once wait together.
    queueMicrotask(() => this.#leave?.(new Suspension([])));
    return new Promise(() => {});
  }

  #refuseToRepeat(): void {
    if (this.#streamsEnded === 0) return;
    throw new SluiceError(
      "tool-failed",
      `${this.#name} waits for input after a stream of it has ended: it would run that stream again; let the first one wait`,
    );
  }

  #checkResumed(): void {
    const { answered } = this.#caller;
    if (answered.length === 0 || this.#caller.inner.resumed) return;
    throw new SluiceError(
      "tool-failed",
      `${this.#name} does not go on from where it waited: put context.answered behind the messages of its stream`,
    );
  }

  get #name(): string {
    return this.#tool.definition.name;
  }
}

/**
 * What a tool is given. Its signal and its context are made when it asks for them, which most do not; a copy of it (`{ ...context }`)
 * has them too.
 */
function contextOf(caller: ToolCaller, abort: LazyAbort, ask: ToolContext["ask"]): ToolContext {
  return {
    callId: caller.callId,
    messages: caller.messages,
    answered: caller.answered,
    progress: (value) => caller.progress(value),
    ask,
    get signal() {
      return abort.signal;
    },
    get context() {
      return caller.inner.context;
    },
  };
}

/** Whether what a tool returned is not its result yet. */
function isPending(returned: unknown): boolean {
  if (returned instanceof Promise) return true;
  if (typeof returned !== "object" && typeof returned !== "function") return false;
  if (returned === null) return false;
  return "then" in returned || isChatStream(returned) || isStreamedValue(returned) || isAsyncGenerator(returned);
}
