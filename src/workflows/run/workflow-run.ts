import type { JsonObject, JsonValue } from "../../base/json.js";
import type { ChatStream } from "../../stream/chat-stream.js";
import type { Usage } from "../../stream/usage.js";
import type { OpenQuestion } from "../engines/engine.js";
import type { StepResult } from "../steps/step-type.js";

/** How a run ended. */
export interface WorkflowResult {
  /** What resumes it, where it waits. */
  runId: string;
  /** `waiting`: somebody has to answer `questions` first, or a time has to come. */
  status: "completed" | "waiting";
  /** What the step that answers made. */
  output: JsonValue;
  /** The answer as text: the text of the run's stream. */
  text: string;
  /** What each step made, by its id; steps that were skipped are not there. */
  results: { [step: string]: StepResult };
  /** What the run waits for. */
  questions: OpenQuestion[];
  /** Until when it waits for a time, in ms since 1970. */
  wakeAt?: number;
  /** Tokens of all steps. */
  usage: Usage;
}

/** A step of a run. */
export interface StepReport {
  /** The step's id. */
  id: string;
  /** The name of its step type. */
  type: string;
  /** Where it stands. */
  state: "pending" | "running" | "waiting" | "completed" | "skipped" | "failed";
  /** What it made so far. */
  results?: JsonObject;
}

/** A run of a workflow. */
export interface WorkflowRun {
  /** What resumes it, here or in another process. */
  readonly runId: string;
  /**
   * Everything that happens, while it happens: what each step streams is nested under the step's key, the text is the
   * answer. It has one reader.
   */
  readonly stream: ChatStream;
  /** How it ends. Reads the stream if nobody else does. Rejects with the error that ended the run. */
  readonly result: Promise<WorkflowResult>;
  /** The steps as they stand now, also after a failure. */
  readonly steps: readonly StepReport[];
  /** Stops the run: steps end, connections close. What was finished is kept by the engine. */
  cancel(reason?: unknown): void;
}
