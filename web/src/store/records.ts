import type { JsonObject } from "../../../src/base/json.js";
import type { ChatEvent } from "../../../src/stream/chat-event.js";
import type { ReasoningEffort } from "../../../src/stream/chat-request.js";
import type { InputResponsePart } from "../../../src/stream/message.js";
import type { Usage } from "../../../src/stream/usage.js";
import type { RunPlace } from "../api/follow-run.js";

/** What is asked of the model in every turn of a conversation. */
export interface ConversationSettings {
  /** The name under which the server has it; the first that it serves where it is absent. */
  model?: string;
  /** Instructions to the model. */
  system?: string;
  /** 0 to 2. */
  temperature?: number;
  /** Of an answer, in tokens. */
  maxTokens?: number;
  effort?: ReasoningEffort;
  /** Whether personal data is taken out of what is sent. */
  hidePersonal?: boolean;
}

/** A conversation as it is kept in this browser. Its turns are a tree. */
export interface ConversationRecord {
  id: string;
  title: string;
  /** Ms since the epoch, as `updatedAt`. */
  createdAt: number;
  updatedAt: number;
  /** The last turn of the branch that is shown. */
  head?: string;
  settings: ConversationSettings;
}

interface TurnBase {
  id: string;
  conversation: string;
  /** The turn before; absent for the first. */
  parent?: string;
  /** Ms since the epoch. */
  at: number;
}

/** A file that the user has given. */
export interface GivenFile {
  name: string;
  mediaType: string;
  data: Uint8Array;
}

/** The user's message. */
export interface UserTurn extends TurnBase {
  kind: "user";
  text: string;
  files: GivenFile[];
}

/** One run of an answer; an answer that waited for somebody has several. */
export interface AnswerLeg {
  /** What was answered to the requests of the leg before. */
  responses: InputResponsePart[];
  events: ChatEvent[];
  /** Where in the run the events end; absent where it was never begun. */
  place?: RunPlace;
}

/** How fast an answer was, and what it used. */
export interface AnswerFigures {
  /** Ms until its first words. */
  ttftMs?: number;
  /** Ms until its end. */
  durationMs?: number;
  usage?: Usage;
}

/** What the model has answered. */
export interface AnswerTurn extends TurnBase {
  kind: "answer";
  /** The name that was asked. */
  model: string;
  legs: AnswerLeg[];
  state: "running" | "done" | "stopped" | "failed";
  /** What it failed with. */
  error?: JsonObject;
  figures: AnswerFigures;
}

export type TurnRecord = UserTurn | AnswerTurn;
