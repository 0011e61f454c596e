import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { JsonObject, JsonValue } from "../base/json.js";
import type { CallContext } from "../stream/call-context.js";
import type { ToolDefinition } from "../stream/chat-request.js";
import type { ChatStream } from "../stream/chat-stream.js";
import {
  boolean,
  type Check,
  callable,
  either,
  exactly,
  jsonObject,
  limit,
  milliseconds,
  oneOf,
  pattern,
  string,
} from "../stream/checks.js";
import { invalid } from "../stream/error.js";
import type { CacheHint, ChatMessage } from "../stream/message.js";
import { Slots } from "../stream/slots.js";
import {
  checkSchema,
  type InferSchema,
  jsonSchemaOf,
  type Schema,
  type Validation,
  validate,
} from "../structured/schema.js";
import { toolSchema } from "./tool-schema.js";

/** What a tool asks somebody. */
export interface ToolQuestion<S extends Schema = Schema> {
  /** The question, for people. */
  message: string;
  /** What the answer has to fit: a schema of a Standard Schema library that has a JSON Schema, or a JSON Schema. */
  schema: S;
}

/** The call of a tool, and the stream that it belongs to: for whoever runs it, and for whoever decides whether it may run. */
export interface ToolCallContext {
  /** Aborted as soon as nobody wants the result any more: the reader left, the time is over, the call was retracted. */
  signal: AbortSignal;
  /** The id of the call. */
  callId: string;
  /** The request that the model answered with this call. */
  messages: readonly ChatMessage[];
  /** The run, session, caller, trace and shared budget of the stream that this call belongs to, and the path of call ids. */
  context: CallContext;
}

/** What a running tool is given, and how it reports how far it is. */
export interface ToolContext extends ToolCallContext {
  /**
   * Reports how far the tool is: any JSON value. Resolves when the reader has taken it, so that a tool that awaits it goes no
   * faster than its reader. Of reports that nobody awaited, at most 100 are kept for a slow reader: the oldest give way.
   */
  progress: (value: unknown) => Promise<void>;
  /**
   * The run, session, caller, trace and shared budget of the stream that this call belongs to, and the path of call ids. Hand
   * it on to the calls that the tool makes itself: `model.stream(request, { context, signal })`.
   */
  context: CallContext;
  /**
   * The messages of the stream that this tool returned before it was suspended to wait for input, and what was answered since. Put
   * it behind the messages of the request, so that the inner stream goes on from there. Empty in the first run.
   */
  answered: readonly ChatMessage[];
  /**
   * Asks somebody a question, and returns the answer, which fits the schema. Where nobody answers while the stream runs, the
   * run ends here and the stream ends with `input-required`; with the answer, the tool is run again from its beginning, and
   * the same question returns at once. So ask before doing what must not be done twice. Code after a question that is not
   * answered never runs, not even `finally`: free what was opened by listening to `signal`.
   *
   * @throws {SluiceError} `declined` when nobody answers.
   */
  ask<S extends Schema>(question: ToolQuestion<S>): Promise<InferSchema<S>>;
}

/** A stream whose answer is the result: a model's or agent's stream, or the `ObjectStream` of `object()`. */
export type ToolStream = ChatStream | { readonly stream: ChatStream; readonly object: Promise<unknown> };

/**
 * What a tool may return: the result, a stream whose text (or value) is the result and whose events are nested in the outer
 * stream, or an async generator whose yields are progress or such streams, and whose return is the result.
 */
export type ToolReturn<T> = T | ToolStream | Promise<T | ToolStream> | AsyncGenerator<unknown, T | ToolStream, void>;

/** A tool that a model may call. Made by `tool()` or by a tool source. */
export interface Tool<Input = unknown> {
  /** Name, description and schema as the model gets them. */
  readonly definition: ToolDefinition;
  /** The most ms that one run may take. Default: the loop's `timeoutMs`. */
  readonly timeoutMs?: number;
  /** How many runs of it may go on at once in this process, over all streams. */
  readonly slots?: Slots;
  /** Holds the model's arguments to the schema. */
  readInput(input: JsonValue): Validation<Input> | Promise<Validation<Input>>;
  /** Whether a person has to allow the call. Absent: no. */
  needsApproval?(input: Input, call: ToolCallContext): boolean | Promise<boolean>;
  /** Runs it. Without it the caller of the model runs the tool: the stream ends with `tool-calls`. */
  run?(input: Input, context: ToolContext): unknown;
  /** Holds what it returned to the schema of its output. */
  readOutput?(output: unknown): Validation<unknown> | Promise<Validation<unknown>>;
}

/** The arguments that a tool's `run` gets. */
export type ToolInput<I extends Schema> = I extends StandardSchemaV1 ? StandardSchemaV1.InferOutput<I> : JsonObject;

/** Whether a person has to allow calls of a tool: of all, of none, or what decides of each by its arguments and its caller. */
export type ToolApproval<Input = JsonObject> =
  | boolean
  | ((input: Input, call: ToolCallContext) => boolean | Promise<boolean>);

/** Settings of `tool()`. */
export interface ToolOptions<I extends Schema, O extends Schema | undefined = undefined> {
  /** 1–64 of `A–Z a–z 0–9 _ -`, as all providers allow. */
  name: string;
  /** What it does and when to use it, for the model. */
  description?: string;
  /** The arguments: a schema of any Standard Schema library, or a JSON Schema; of an object. */
  input: I;
  /** The JSON Schema of the arguments for the model, where the library of `input` cannot make one. */
  inputJsonSchema?: JsonObject;
  /** What `run` returns; anything else is an error of the tool. Default: any JSON value. */
  output?: O;
  /** Runs the tool. Without it the caller of the model does: the stream ends with `tool-calls`. */
  run?: (
    input: ToolInput<I>,
    context: ToolContext,
  ) => ToolReturn<O extends StandardSchemaV1 ? StandardSchemaV1.InferInput<O> : unknown>;
  /**
   * Whether a person has to allow a call: always, for some arguments, or for some callers (`call.context.caller`). The function is
   * called with checked arguments; where it throws, or returns neither true nor false, the call does not run, and the model is told why.
   * Default false.
   */
  approval?: ToolApproval<ToolInput<I>>;
  /** The most ms that one run may take; after it the model gets an error. Default: the loop's `timeoutMs`. */
  timeoutMs?: number;
  /** How many runs of it may go on at once in this process, over all streams. Default: as many as the loop allows. */
  concurrency?: number;
  /** Ask the provider to hold the arguments to the schema, where it can. */
  strict?: boolean;
  /** Everything up to and including this tool's definition may be cached by the provider. */
  cache?: CacheHint;
}

/** Whether calls need approval, or what decides of each. */
export const checkApproval: Check = either("true, false, or a function", boolean, callable);

const checkOptions = exactly("tool", {
  name: { required: pattern("1 to 64 of A–Z a–z 0–9 _ -", /^[\w-]{1,64}$/) },
  description: string,
  input: { required: checkSchema },
  inputJsonSchema: jsonObject,
  output: checkSchema,
  run: callable,
  approval: checkApproval,
  timeoutMs: milliseconds,
  concurrency: limit,
  strict: boolean,
  cache: oneOf("5m", "1h"),
});

/**
 * A tool with typed arguments.
 *
 * @throws {SluiceError} `invalid-argument` for an unknown option, and for an invalid name, schema or limit;
 *   `unsupported` for a schema without a JSON Schema: pass `inputJsonSchema` then.
 * @example
 * ```ts
 * import { tool } from "sluice";
 * import { z } from "zod";
 *
 * const add = tool({ name: "add", input: z.object({ a: z.number(), b: z.number() }), run: ({ a, b }) => a + b });
 * ```
 */
export function tool<I extends Schema, O extends Schema | undefined = undefined>(
  options: ToolOptions<I, O>,
): Tool<ToolInput<I>> {
  checkOptions(options, "");
  const { name, description, input, inputJsonSchema, output, run, approval, timeoutMs, concurrency, strict, cache } =
    options;
  const inputSchema = jsonSchemaOf(input, "input", "pass inputJsonSchema", inputJsonSchema);
  const type = inputSchema.type ?? "object";
  if (type !== "object") throw invalid("input", `a schema of type ${JSON.stringify(type)}`, "a schema of an object");
  return {
    definition: {
      name,
      ...(description !== undefined && { description }),
      inputSchema: toolSchema(inputSchema),
      ...(strict !== undefined && { strict }),
      ...(cache !== undefined && { cache }),
    },
    ...(timeoutMs !== undefined && { timeoutMs }),
    ...(concurrency !== undefined && { slots: new Slots(concurrency) }),
    ...(approval !== undefined && { needsApproval: typeof approval === "function" ? approval : () => approval }),
    readInput: (value) => validate<Schema>(input, value) as ReturnType<Tool<ToolInput<I>>["readInput"]>,
    ...(run && { run }),
    ...(output && { readOutput: (value: unknown) => validate<Schema>(output, value) }),
  };
}
