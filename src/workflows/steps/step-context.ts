import type { JsonObject, JsonValue } from "../../base/json.js";
import type { Conversation } from "../../chat/conversation.js";
import type { Window } from "../../chat/window.js";
import type { CallContext } from "../../stream/call-context.js";
import type { ChatModel } from "../../stream/chat-model.js";
import type { ChatStream } from "../../stream/chat-stream.js";
import type { DataName } from "../../stream/data-name.js";
import type { AssistantMessage } from "../../stream/message.js";
import type { Usage } from "../../stream/usage.js";
import type { MemoryIndex } from "../memory/memory-index.js";
import type { RunLimits } from "../plan/plan.js";
import type { ModelAsked, WorkflowServices } from "../services.js";
import type { StepResult } from "./step-type.js";

/** A whole answer that a step has read. */
export interface StepAnswer {
  text: string;
  message: AssistantMessage;
  usage: Usage;
  finishReason: string;
  /** The text as it arrived. */
  chunks: string[];
  /** The text as it went on, where the step has a `stream_buffer`. */
  buffered?: string[];
  /** Until the first text, in ms. */
  ttftMs?: number;
  /** How long the whole answer took, in ms. */
  durationMs: number;
  /** How often a model was called. */
  steps: number;
  /** What the buffer did, where the step has one. */
  bufferStats?: JsonObject;
  /** The pieces of sound, in order. */
  sound: Uint8Array[];
  /** Files that the model made. */
  files: { mediaType: string; data: Uint8Array }[];
}

/** What a step wants to know from somebody. */
export interface StepQuestion {
  /** Tells the questions of one step apart, where it asks several. */
  name?: string;
  /** For people. */
  message: string;
  /** What the answer looks like. */
  schema: JsonObject;
  /** What the person should see beside it. */
  shown?: JsonObject;
  /** How long it is waited for, in ms; then `fallback` is the answer. Default: for ever. */
  timeoutMs?: number;
  fallback?: JsonValue;
}

/** What a running step has. */
export interface StepContext {
  /** The step's id. */
  readonly id: string;
  /** Of the run. */
  readonly runId: string;
  /** Names this run of the step: the same when a resumed run runs it again, another for each item and round. */
  readonly idempotencyKey: string;
  /** Counted from 1. */
  readonly attempt: number;
  /** Ends with the run, with the step's timeout, and when nobody wants the result any more. */
  readonly signal: AbortSignal;
  /** What belongs to the run and not to a question: handed on to every model that is called. */
  readonly callContext: CallContext | undefined;
  /** What the workflow's steps can use. */
  readonly services: WorkflowServices;
  /** The workflow's own `config`. */
  readonly settings: JsonObject;
  /** The names of the declared outputs. */
  readonly outputs: readonly string[];
  /** Whether the workflow looks at this step's failures itself: it reads `success` or `error`, or routes by them. */
  readonly handlesFailure: boolean;
  /** What memory_store and memory_retrieve use. */
  readonly memory: MemoryIndex;
  /** JSON structures of `json_props`, filled in. */
  readonly json: JsonObject;
  /** The prompt of `prompt_ref`, where there is one. */
  readonly prompt: { id: string; version?: string; variables: JsonObject } | undefined;
  /** The names of the inputs, in the order of the document; those included that are still being written. */
  readonly inputNames: readonly string[];
  /** The inputs, looked up and filled in; those left out that are still being written. */
  readonly inputs: JsonObject;
  /** The settings, looked up and filled in. */
  readonly config: JsonObject;
  /** An input; where its step is still running, when that is over. */
  input(name: string): Promise<JsonValue>;
  /** One field, from the inputs or else the settings. */
  field(name: string): JsonValue | undefined;
  /** The one field that must be there; where there is a single input, whatever its name, it is meant. */
  need(name: string): JsonValue;
  /**
   * The model that the step asks for. What it thinks in its text is reasoning, unless the workflow or the step shows it, or
   * `thinking` is `within`.
   */
  model(asked?: Partial<ModelAsked>, options?: { thinking?: "apart" | "within" }): ChatModel;
  /** A conversation of the run. */
  conversation(id: string, model?: ChatModel, options?: { window?: Window; withoutSystem?: boolean }): Conversation;
  /**
   * Reads a stream to its end; its events reach the run's reader while they arrive, nested under the step.
   *
   * @param how `goesOn`: it goes on with an answer that an attempt before read, which is not void.
   */
  read(stream: ChatStream, how?: { goesOn?: boolean }): Promise<StepAnswer>;
  /** The text of an input while it is written, where that is still going on. */
  live(name: string): AsyncIterable<string> | undefined;
  /** Emits a piece of the run's answer, where this step is the one that answers. */
  answer(text: string): void | Promise<void>;
  /** Takes back the answer so far. */
  retractAnswer(reason: string): void;
  /** Emits a `data` event to the run's reader. A step type of an application takes names that begin with `app/`. */
  emitData(name: DataName, value: JsonValue): void;
  /** Waits for somebody's answer, without keeping this process: the run may end here and go on in another. */
  ask(question: StepQuestion): Promise<JsonValue>;
  /** Waits until a time, in ms since 1970, also across restarts. */
  waitUntil(name: string, ms: number): Promise<void>;
  /** Remembers something for when a resumed run runs this step again. */
  note(name: string, value: JsonValue): Promise<void>;
  /** What was remembered. */
  noted(name: string): JsonValue | undefined;
  /** Runs the steps of a body once. `variables` are what they see as `$name`. */
  runBody(body: string, label: string, variables: JsonObject): Promise<BodyResult>;
  /** The names of the bodies that the step has. */
  readonly bodies: readonly string[];
  /** Runs another workflow inside this run. */
  runWorkflow(document: JsonValue, inputs: JsonObject, label: string): Promise<BodyResult>;
  /** What the run was given, without what is inside loops. */
  readonly variables: JsonObject;
  /** How many steps may run at once. */
  readonly limits: RunLimits;
}

/** What the steps of a body made. */
export interface BodyResult {
  /** By step id; steps that were skipped are not there. */
  results: { [step: string]: StepResult };
  /** What the step that answers made, or the last one. */
  output: JsonValue;
  /** As text. */
  text: string;
  /** Where a step of the body left its loop for; empty: for what comes after it. */
  left?: string;
}
