import type { JsonObject, JsonValue } from "../../base/json.js";
import type { ConversationStore } from "../../chat/conversation-store.js";
import type { Usage } from "../../stream/usage.js";
import type { MemoryIndex } from "../memory/memory-index.js";
import type { StepResult } from "../steps/step-type.js";

/** Where a run stands. */
export type RunStatus = "running" | "waiting" | "completed" | "failed" | "cancelled";

/** A step that is over. */
export interface StepRecord {
  /** The step, where it stands in other steps' bodies and its round: `each[3]/summarise#2`. */
  key: string;
  /** `failed` only where the run went on all the same. */
  status: "completed" | "failed";
  /** What it made. */
  results: StepResult;
  /** Tokens of it and what is inside. */
  usage: Usage;
  /** How often it was tried. */
  attempts: number;
  /** ISO 8601. */
  startedAt: string;
  /** How long all attempts took. */
  elapsedMs: number;
  /** The error of a step that failed while the run went on. */
  error?: { code: string; message: string };
}

/** A question that waits for somebody. */
export interface OpenQuestion {
  /** Answers name it. */
  id: string;
  /** The key of the step that asks. */
  step: string;
  /** The question, for people. */
  message: string;
  /** The JSON Schema of the answer. */
  schema: JsonObject;
  /** What whoever answers should see beside the question. */
  shown?: JsonObject;
  /** ISO 8601: until when an answer is taken. */
  until?: string;
  /** Somebody has answered it, and the run has not gone on yet. */
  answered?: true;
}

/** What is known of a run. */
export interface WorkflowRunRecord {
  /** The run's id. */
  id: string;
  /** The workflow's name. */
  workflow: string;
  /** Where it stands. */
  status: RunStatus;
  /** Who began it: the `caller` of its call context. Absent where nobody is named. */
  owner?: string;
  /** ISO 8601. */
  createdAt: string;
  /** ISO 8601. */
  updatedAt: string;
  /** What the run was given. */
  inputs: JsonObject;
  /** The whole workflow, so that a run goes on as it began. */
  document: JsonObject;
  /** The version of the interpreter's format that it was begun with. */
  format: number;
  /** What the step that answers made; absent before the end. */
  output?: JsonValue;
  /** The error of a run that failed or was cancelled. */
  error?: { code: string; message: string };
  /** What it waits for; empty where it does not. */
  questions: OpenQuestion[];
}

/** A run and its steps. */
export interface RunDetails extends WorkflowRunRecord {
  /** Those that are over, in the order in which they ended. */
  steps: StepRecord[];
}

/** A run as it begins. */
export type NewRun = Pick<WorkflowRunRecord, "id" | "workflow" | "inputs" | "document" | "format" | "owner">;

/** Which runs to list. */
export interface ListRuns {
  /** How many at most. Default 100. */
  limit?: number;
  /** Only those that stand so. */
  status?: RunStatus;
  /** Only those of this workflow. */
  workflow?: string;
  /** Only those that this caller began. */
  owner?: string;
  /** Only those that come after this one: the last one of the page before. */
  after?: Pick<WorkflowRunRecord, "createdAt" | "id">;
}

/** What one run writes down. Whoever has it is the only one who runs it. */
export interface RunJournal {
  /** Aborted when the run was taken by somebody else, or cancelled: whoever runs it stops. */
  readonly lost: AbortSignal;
  /** How many steps are over. */
  readonly stepCount: number;
  /** A step that is over since an earlier time. */
  step(key: string): StepRecord | undefined;
  /** Keeps a step's record; durable when it returns or its promise resolves. */
  record(record: StepRecord): void | Promise<void>;
  /** Something that was noted. */
  note(key: string): JsonValue | undefined;
  /** Notes something; durable as a record. */
  setNote(key: string, value: JsonValue): void | Promise<void>;
  /** The state of the run, at its end or where it waits. */
  finish(state: {
    status: RunStatus;
    output?: JsonValue;
    error?: { code: string; message: string };
    questions: OpenQuestion[];
  }): Promise<void>;
  /** Lets go of the run. */
  close(): Promise<void>;
}

/**
 * Keeps what runs must not lose: their document, the results of their steps, what they wait for and how they stand. What
 * a run streams does not go through it.
 */
export interface WorkflowEngine {
  /** For messages. */
  readonly name: string;
  /** Where conversations of runs are kept, so that they are there when a run goes on. */
  readonly conversations?: ConversationStore;
  /** Where `memory_store` keeps texts, so that other runs and later processes find them. */
  readonly memory?: MemoryIndex;
  /** Writes down a new run and takes it. @throws {SluiceError} `conflict` for an id that is taken. */
  begin(run: NewRun): Promise<RunJournal>;
  /**
   * Takes a run that somebody began.
   *
   * @returns `run` as it stood before.
   * @throws {SluiceError} `not-found`; `conflict` while another process runs it.
   */
  resume(id: string): Promise<{ run: WorkflowRunRecord; journal: RunJournal }>;
  /** Keeps the answer to a question of a run, once. @throws {SluiceError} `not-found`; `conflict` where it was answered. */
  answer(runId: string, questionId: string, answer: JsonValue): Promise<void>;
  /** The runs, the newest first. @throws {SluiceError} `invalid-argument` for unknown options. */
  list(options?: ListRuns): Promise<WorkflowRunRecord[]>;
  /** Runs that somebody began to run, and that nobody runs any more: their process died, or lost them. The oldest first. */
  abandoned(): Promise<WorkflowRunRecord[]>;
  /** A run with its steps. @throws {SluiceError} `not-found`. */
  show(id: string): Promise<RunDetails>;
  /**
   * Forgets what steps made and what they noted, so that the run goes on from there.
   *
   * @param isForgotten is asked of each step's key.
   * @throws {SluiceError} `not-found`; `conflict` while somebody runs it.
   */
  forget(id: string, isForgotten: (key: string) => boolean): Promise<void>;
  /** Marks a run as cancelled; whoever runs it stops. */
  cancel(id: string): Promise<void>;
  /** Frees connections and files. Runs that go on lose their journal. */
  close(): Promise<void>;
}

/** The version of the format that this interpreter runs. A run that was begun with another is not taken. */
export const FORMAT = 1;
