import type { JsonObject, JsonValue } from "../base/json.js";
import type { DataName } from "./data-name.js";
import type { Opaque } from "./opaque.js";
import type { AudioDeltaEvent, SentenceEvent } from "./speech-event.js";
import type { Usage } from "./usage.js";

/** Why a model stopped. */
export type FinishReason =
  /** It was done, or a stop sequence was reached. */
  | "stop"
  /** The token limit was reached. */
  | "length"
  /** It waits for the results of its tool calls, which the caller has to run. */
  | "tool-calls"
  /** Somebody has to answer an `input-request` before it goes on. */
  | "input-required"
  /** The provider's filter cut the answer. */
  | "content-filter"
  /** The model declined to answer. */
  | "refusal"
  /** The provider paused a long turn; sending the conversation back continues it. */
  | "pause"
  /** A budget of this process (tokens, cost, time or steps) ended it. */
  | "budget"
  /** A reason this version does not know; `rawReason` has the provider's word. */
  | "other";

/** Something the model cites: a web page, or a document that the caller or the provider holds. */
export interface Source {
  /** What is cited. */
  kind: "url" | "document";
  /** The provider's id, where it has one. */
  id?: string;
  /** Of a page, or of a document that has one. */
  url?: string;
  /** As the provider gives it. */
  title?: string;
  /** Of a document. */
  filename?: string;
  /** Of a document. */
  mediaType?: string;
  /** What is cited, in the source's words. */
  quote?: string;
  /** The cited span of the answer's text, in UTF-16 code units from the start of the block. */
  span?: { start: number; end: number };
  /** Whatever else the provider sent with it. */
  opaque?: Opaque;
}

/** The stream begins, or a model begins again after a `retract`. */
export interface StartEvent {
  type: "start";
  /** The provider's id of the answer, or a generated one. */
  id: string;
  /** The model that answers, as the provider names it. */
  model: string;
  /** Set when the whole answer was there before its first event: it was cut up, not streamed. */
  simulated?: true;
  /** Options of the request that this model could not honour exactly, and what was done instead. */
  warnings?: Warning[];
  /** Ids of tool calls that the request left open and that this stream answers first, before the model is called. */
  resumes?: string[];
}

/** An option of the request that was not sent as it was given. */
export interface Warning {
  /** The path of the option, for example `topK`. */
  field: string;
  /** What was done with it and why. */
  message: string;
}

/** A piece of the answer. */
export interface TextDeltaEvent {
  type: "text-delta";
  /** The next characters; whole ones. */
  text: string;
  /** Index of the content block it belongs to, where the provider has several. */
  block?: number;
  /** Set when this text is the model declining to answer. */
  refusal?: true;
  /** State that belongs to the block's text (Gemini signs text as well as reasoning). */
  opaque?: Opaque;
}

/** A piece of the model's reasoning; `text` may be empty where only `opaque` arrived. */
export interface ReasoningDeltaEvent {
  type: "reasoning-delta";
  /** The next characters. */
  text: string;
  /** Index of the content block it belongs to, where the provider has several. */
  block?: number;
  /** The provider's signature or encrypted form of the block. */
  opaque?: Opaque;
}

/** A piece of a tool call's arguments: JSON text, not yet complete. */
export interface ToolInputDeltaEvent {
  type: "tool-input-delta";
  /** The provider's id of the call, or a generated one. */
  callId: string;
  /** The tool's name. */
  name: string;
  /** The next piece of the JSON text. */
  delta: string;
  /** Set when the provider runs the tool itself. */
  providerExecuted?: true;
}

/** A complete tool call. Each call has exactly one, whether or not its arguments were streamed before. */
export interface ToolCallEvent {
  type: "tool-call";
  /** The provider's id of the call, or a generated one. */
  callId: string;
  /** The tool's name. */
  name: string;
  /** The parsed arguments; the text as it came where it was not JSON, with `invalid` set. */
  input: JsonValue;
  /** Set when the arguments were not valid JSON. */
  invalid?: true;
  /** Set when the provider runs the tool itself: it is not to be run here. */
  providerExecuted?: true;
  /** State of the provider that must come back with it. */
  opaque?: Opaque;
}

/** What a tool returned: one that ran here, or one that the provider ran. */
export interface ToolResultEvent {
  type: "tool-result";
  /** That of the call it answers. */
  callId: string;
  /** The tool's name. */
  name: string;
  /** What the tool returned, or what is wrong. */
  output: JsonValue;
  /** Set when the tool failed: `output` then says why, for the model. */
  isError?: true;
  /** Set on a progress report: a final result for the same call follows. */
  preliminary?: true;
  /** Set when the provider ran the tool itself. */
  providerExecuted?: true;
  /** State of the provider that must come back with it. */
  opaque?: Opaque;
}

/** Asks for a yes or no before a tool call runs. */
export interface ApprovalRequestEvent {
  type: "input-request";
  /** Unique in the conversation. The answer refers to it. */
  id: string;
  kind: "approval";
  /** That of the call that waits. */
  callId: string;
  /** The tool's name. */
  name: string;
  /** The parsed arguments. */
  input: JsonValue;
}

/** Asks somebody a question whose answer has to fit a JSON Schema. */
export interface QuestionRequestEvent {
  type: "input-request";
  /** Unique in the conversation. The answer refers to it. */
  id: string;
  kind: "question";
  /** The question, for people. */
  message: string;
  /** The JSON Schema of the answer. */
  schema: JsonObject;
  /** That of the tool call that asks, where one does. */
  callId?: string;
}

/**
 * Somebody has to answer before the stream can go on. Where nobody does while it runs, the stream ends with
 * `input-required` and is resumed by the same messages and an `InputResponsePart` with this id.
 */
export type InputRequestEvent = ApprovalRequestEvent | QuestionRequestEvent;

/** The model cites a source. */
export interface SourceEvent {
  type: "source";
  /** What is cited. */
  source: Source;
  /** Index of the content block that cites it, where the provider has several. */
  block?: number;
}

/** The model made a file: an image, a sound. */
export interface FileEvent {
  type: "file";
  /** IANA media type, for example `image/png`. */
  mediaType: string;
  /** The whole file. */
  data: Uint8Array;
  /** State of the provider that must come back with it. */
  opaque?: Opaque;
}

/** What no other event carries. Applications choose names that begin with `app/`. */
export interface DataEvent {
  type: "data";
  /** Says what `value` is, for example `chat/window`. */
  name: DataName;
  /** Whatever JSON can carry. */
  value: JsonValue;
  /** Set when the message must carry it back to the provider: it becomes an `OpaquePart`. */
  opaque?: Opaque;
}

/**
 * What happens inside: an event of a stream of its own (a workflow's step, an agent that is a tool of another, a tool that
 * streams). The inner events are a lawful stream by themselves. They are never part of the outer text, message or history;
 * their usage is part of the outer `finish`.
 */
export interface NestedEvent {
  type: "nested";
  /** Who speaks inside: the name of a step, tool or agent. */
  from: string;
  /** The outer tool call that this stream runs for, where there is one. */
  callId?: string;
  /** Counted from 1, where the inner stream is tried again. Absent: 1. */
  attempt?: number;
  /** The inner event; may be nested again. */
  event: ChatEvent;
}

/** The id under which this conversation can be continued. */
export interface ContextEvent {
  type: "context";
  /** What a later request names to go on from here. */
  contextId: string;
}

/** Running totals of the current model call, as early as they are known. Each count replaces the one before. */
export interface UsageEvent {
  type: "usage";
  /** Tokens. A count that is absent is not known yet. */
  usage: Usage;
}

/** One model call of several begins. */
export interface StepStartEvent {
  type: "step-start";
  /** Counted from 0. Each number opens once and closes once. */
  step: number;
  /** The model that answers, as the provider names it. */
  model: string;
  /** In a team: the agent that speaks, as a path from the outermost (`desk/refunds`). */
  agent?: string;
}

/** One model call of several is over, its tools included. */
export interface StepFinishEvent {
  type: "step-finish";
  /** That of its `step-start`. */
  step: number;
  /** Why this call stopped. */
  reason: FinishReason;
  /** Tokens of this call alone. */
  usage: Usage;
}

/** Everything since the last `start` or `step-start` is void. */
export interface RetractEvent {
  type: "retract";
  /** For people: why it is void. */
  reason: string;
}

/** The stream is over. Nothing follows. */
export interface FinishEvent {
  type: "finish";
  /** Why the last model call stopped. */
  reason: FinishReason;
  /** The provider's own word, where it is not the same. */
  rawReason?: string;
  /** Over all model calls of the stream. */
  usage: Usage;
}

/** Everything that can happen in a stream. The same union for models, conversations, agents, workflows and speech. */
export type ChatEvent =
  | StartEvent
  | TextDeltaEvent
  | ReasoningDeltaEvent
  | ToolInputDeltaEvent
  | ToolCallEvent
  | ToolResultEvent
  | InputRequestEvent
  | SourceEvent
  | FileEvent
  | SentenceEvent
  | AudioDeltaEvent
  | DataEvent
  | NestedEvent
  | ContextEvent
  | UsageEvent
  | StepStartEvent
  | StepFinishEvent
  | RetractEvent
  | FinishEvent;

/** Takes one event. What a reader or a stage is given to emit with. */
export type Emit = (event: ChatEvent) => void;
