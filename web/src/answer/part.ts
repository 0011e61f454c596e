import type { ReadonlySignal, Signal } from "@preact/signals";
import type { JsonValue } from "../../../src/base/json.js";
import type { ApprovalRequestEvent, QuestionRequestEvent } from "../../../src/stream/chat-event.js";
import type { InputResponse } from "../../../src/stream/message.js";
import type { CodeText } from "../markdown/code-text.js";
import type { TextSource } from "../markdown/text-source.js";
import type { AnswerView } from "./answer-view.js";

interface Keyed {
  /** Unique in its answer. */
  readonly key: number;
}

/** Text of the answer. */
interface TextPartView extends Keyed {
  readonly kind: "text";
  readonly text: TextSource;
  /** Whether the model declines. */
  readonly refusal: boolean;
}

/** What the model thought. */
export interface ReasoningPartView extends Keyed {
  readonly kind: "reasoning";
  readonly text: TextSource;
  /** How long it took, in ms; `undefined` while it goes on, and where nobody measured it. */
  readonly tookMs: Signal<number | undefined>;
  readonly going: Signal<boolean>;
}

/** What a tool returned. */
interface ToolOutcome {
  readonly output: JsonValue;
  readonly isError: boolean;
}

/** A tool call, from its first argument to its result. */
export interface ToolPartView extends Keyed {
  readonly kind: "tool";
  readonly callId: string;
  readonly name: string;
  /** The arguments as JSON text, which grows. */
  readonly input: Signal<CodeText>;
  /** The arguments, once they are whole. */
  readonly called: Signal<{ input: JsonValue } | undefined>;
  readonly outcome: Signal<ToolOutcome | undefined>;
  /** Its last report of progress. */
  readonly progress: Signal<JsonValue | undefined>;
  /** Somebody has to allow it. */
  readonly approval: Signal<ApprovalRequestEvent | undefined>;
  readonly response: Signal<InputResponse | undefined>;
  /** What it asks somebody itself. */
  readonly question: Signal<OpenRequest | undefined>;
  /** Streams that run inside it. */
  readonly inner: Signal<readonly InnerPartView[]>;
  readonly byProvider: boolean;
}

/** A stream inside this one: an agent, a step of a workflow. */
export interface InnerPartView extends Keyed {
  readonly kind: "inner";
  readonly from: string;
  readonly attempt: number;
  readonly view: AnswerView;
}

/** A question whose answer fits a schema. */
export interface QuestionPartView extends Keyed {
  readonly kind: "question";
  readonly request: QuestionRequestEvent;
  readonly response: Signal<InputResponse | undefined>;
}

/** A file that the model made. */
export interface FilePartView extends Keyed {
  readonly kind: "file";
  readonly mediaType: string;
  readonly data: Uint8Array;
}

/** Something to know that is not part of the answer. */
interface NotePartView extends Keyed {
  readonly kind: "note";
  readonly tone: "info" | "warning";
  readonly text: string;
}

/** What an agent is going to do, as it is now. */
export interface PlanPartView extends Keyed {
  readonly kind: "plan";
  readonly items: Signal<readonly { text: string; status: string }[]>;
}

/** In a team: another agent speaks from here on. */
interface SpeakerPartView extends Keyed {
  readonly kind: "speaker";
  readonly name: string;
}

/** One thing that an answer shows, in order. */
export type PartView =
  | TextPartView
  | ReasoningPartView
  | ToolPartView
  | InnerPartView
  | QuestionPartView
  | FilePartView
  | NotePartView
  | PlanPartView
  | SpeakerPartView;

/** Where an answer is. */
export type AnswerState = "waiting" | "streaming" | "finished";

/** A request that waits for somebody. */
export interface OpenRequest {
  readonly id: string;
  readonly response: ReadonlySignal<InputResponse | undefined>;
}
