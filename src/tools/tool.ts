import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { JsonObject, JsonValue } from "../base/json.js";
import type { ToolDefinition } from "../stream/chat-request.js";
import { invalid } from "../stream/error.js";
import type { CacheHint, ChatMessage } from "../stream/message.js";
import { jsonSchemaOf, type Schema, type Validation, validate } from "../structured/schema.js";
import { Slots } from "./slots.js";
import { toolSchema } from "./tool-schema.js";

/** What a running tool is told, and how it says how far it is. */
export interface ToolContext {
  /** Aborted as soon as nobody wants the result any more: the reader left, the time is over, the call was retracted. */
  signal: AbortSignal;
  /** The id of the call that is run. */
  callId: string;
  /**
   * Says how far the tool is: any JSON value. Resolves when the reader has taken it, so that a tool that awaits it goes no
   * faster than its reader. Of reports that nobody awaited, at most 100 are kept for a slow reader: the oldest give way.
   */
  progress: (value: unknown) => Promise<void>;
  /** The request that the model answered with this call. */
  messages: readonly ChatMessage[];
}

/** What a tool may return: the result, or an async generator whose yields are progress and whose return is the result. */
export type ToolReturn<T> = T | Promise<T> | AsyncGenerator<unknown, T, void>;

/** A tool that a model may call. Made by `tool()` or by a tool source. */
export interface Tool<Input = unknown> {
  /** What the model is told of it. */
  readonly definition: ToolDefinition;
  /** Ms that one run may take. Default: the loop's `timeoutMs`. */
  readonly timeoutMs?: number;
  /** How many runs of it may go on at once in this process, over all streams. */
  readonly slots?: Slots;
  /** Holds the model's arguments to the schema. */
  readInput(input: JsonValue): Validation<Input> | Promise<Validation<Input>>;
  /** Whether a person has to allow the call. Absent: no. */
  needsApproval?(input: Input): boolean | Promise<boolean>;
  /** Runs it. Without it the caller of the model runs the tool: the stream ends with `tool-calls`. */
  run?(input: Input, context: ToolContext): unknown;
  /** Holds what it returned to the schema of its output. */
  readOutput?(output: unknown): Validation<unknown> | Promise<Validation<unknown>>;
}

/** The arguments that a tool's `run` gets. */
export type ToolInput<I extends Schema> = I extends StandardSchemaV1 ? StandardSchemaV1.InferOutput<I> : JsonObject;

/** Settings of `tool()`. */
export interface ToolOptions<I extends Schema, O extends Schema | undefined = undefined> {
  /** 1–64 of `A–Z a–z 0–9 _ -`, as all providers allow. */
  name: string;
  /** Tells the model what it does and when to use it. */
  description?: string;
  /** The arguments: a schema of any Standard Schema library, or a JSON Schema; of an object. */
  input: I;
  /** What the model is told of the arguments, where the library of `input` has no JSON Schema for it. */
  inputJsonSchema?: JsonObject;
  /** What `run` returns; anything else is an error of the tool. Default: any JSON value. */
  output?: O;
  /** Does it. Without it the caller of the model does: the stream ends with `tool-calls`. */
  run?: (
    input: ToolInput<I>,
    context: ToolContext,
  ) => ToolReturn<O extends StandardSchemaV1 ? StandardSchemaV1.InferInput<O> : unknown>;
  /** Whether a person has to allow a call, always or for some arguments. Default false. */
  approval?: boolean | ((input: ToolInput<I>) => boolean | Promise<boolean>);
  /** Ms that one run may take; the model is told when it is over. Default: the loop's `timeoutMs`. */
  timeoutMs?: number;
  /** How many runs of it may go on at once in this process, over all streams. Default: as many as the loop allows. */
  concurrency?: number;
  /** Ask the provider to hold the arguments to the schema, where it can. */
  strict?: boolean;
  cache?: CacheHint;
}

const NAME = /^[\w-]{1,64}$/;

/**
 * A tool with typed arguments.
 *
 * @throws {SluiceError} `invalid-argument` for a name, schema or limit that cannot be; `unsupported` for a schema without a
 *   JSON Schema: pass `inputJsonSchema` then.
 */
export function tool<I extends Schema, O extends Schema | undefined = undefined>(
  options: ToolOptions<I, O>,
): Tool<ToolInput<I>> {
  const { name, description, input, inputJsonSchema, output, run, approval, timeoutMs, concurrency, strict, cache } =
    options;
  if (!NAME.test(name)) throw invalid("name", name, "1 to 64 of A–Z a–z 0–9 _ -");
  if (timeoutMs !== undefined && !(timeoutMs > 0)) throw invalid("timeoutMs", timeoutMs, "ms above 0");
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
