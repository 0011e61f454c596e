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

/** What one run of a tool needs. */
export interface RunningToolSettings {
  tool: Tool;
  input: unknown;
  callId: string;
  messages: readonly ChatMessage[];
  answered: readonly ChatMessage[];
  inner: () => InnerStreams;
  requests: CallRequests;
  limit: TimeLimit;
  progress: (value: unknown) => Promise<void>;
}

/** One run of a tool: its function is called, and what it yields or returns is read, streams included. */
export class RunningTool {
  readonly #settings: RunningToolSettings;
  readonly #abort = new LazyAbort();
  #suspend: ((suspension: Suspension) => void) | undefined;
  /** Streams of this run that have ended. */
  #streamsEnded = 0;

  constructor(settings: RunningToolSettings) {
    this.#settings = settings;
  }

  /** The tool's signal is aborted; the run's outcome is nobody's from here on. */
  abort(reason: unknown): void {
    this.#abort.abort(reason);
  }

  /**
   * Runs the tool.
   *
   * @throws {Suspension} when it waits for input.
   */
  async run(): Promise<unknown> {
    try {
      const result = await this.#unlessSuspended();
      this.#checkResumed();
      return result;
    } catch (thrown) {
      // What is still running of it must not go on: it will be run again from its beginning.
      if (thrown instanceof Suspension) this.#abort.abort(new SluiceError("cancelled", "the tool waits for input"));
      throw thrown;
    }
  }

  /** What the tool returns, unless it waits for input before. */
  #unlessSuspended(): Promise<unknown> {
    const { tool, input } = this.#settings;
    return new Promise((resolve, reject) => {
      this.#suspend = reject;
      this.#resultOf(tool.run?.(input, this.#context())).then(resolve, reject);
    });
  }

  #context(): ToolContext {
    const { callId, messages, answered, inner, progress } = this.#settings;
    const abort = this.#abort;
    return {
      get signal() {
        return abort.signal;
      },
      get context() {
        return inner().context;
      },
      callId,
      messages,
      answered,
      progress,
      ask: (question) => this.#ask(question),
    };
  }

  /** What is returned as a result: a stream's answer, what a generator returns, any other value as it is. */
  async #resultOf(returning: unknown): Promise<unknown> {
    const returned = await returning;
    if (isChatStream(returned)) return this.#read(returned);
    if (isStreamedValue(returned)) {
      await this.#read(returned.stream);
      return returned.object;
    }
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
        else await this.#settings.progress(value);
      }
    } catch (thrown) {
      close();
      throw thrown;
    }
  }

  /** Reads an inner stream to its end. A tool is run again when it has waited, so it waits in its first stream only. */
  async #read(stream: ChatStream): Promise<string> {
    try {
      const text = await this.#settings.inner().read(stream);
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
  async #ask<S extends Schema>({ message, schema }: ToolQuestion<S>): Promise<never> {
    const { requests, limit } = this.#settings;
    const advice = "ask with a JSON Schema";
    const jsonSchema: JsonObject = jsonSchemaOf(schema, "schema", advice);
    const answered = await requests.question({ message, schema: jsonSchema }, (ask) => limit.without(ask));
    if (answered === undefined) return this.#wait();
    const read = await validate<Schema>(schema, answered.value);
    if (read.issues === undefined) return read.value as never;
    throw new SluiceError("invalid-argument", `the answer to ${JSON.stringify(message)} does not fit its schema`);
  }

  /** Ends the run until somebody has answered. Never settles: the tool must not go on, not even to handle an error. */
  #wait(): Promise<never> {
    this.#refuseToRepeat();
    // Questions that are asked at once wait together.
    queueMicrotask(() => this.#suspend?.(new Suspension([])));
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
    const { answered, inner } = this.#settings;
    if (answered.length === 0 || inner().resumed) return;
    throw new SluiceError(
      "tool-failed",
      `${this.#name} does not go on from where it waited: put context.answered behind the messages of its stream`,
    );
  }

  get #name(): string {
    return this.#settings.tool.definition.name;
  }
}
