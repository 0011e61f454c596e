import type { JsonObject, JsonValue } from "../../base/json.js";
import type { Condition } from "../format/condition.js";
import type { Reference, Value } from "../format/value.js";
import type { StreamBufferSettings } from "../run/stream-buffer.js";
import type { StepType } from "../steps/step-type.js";

/** In place of a step's index: the run ends here. */
export const END = -1;

/** What must be over before a step begins. */
export interface Need {
  from: number;
  /** `data`: its result is read; `order`: it only comes before. */
  kind: "data" | "order";
  /** The step is skipped where this one was. */
  required: boolean;
  /** One of several that exclude one another: the step is skipped where all of them were. */
  alternative?: true;
  /** It is enough that this one has begun to stream. */
  live: boolean;
}

/** Which step comes next, by a step's value. */
export interface StepRoutes {
  /** By value, in lower case. */
  cases: ReadonlyMap<string, number>;
  /** For any other value. */
  otherwise?: number;
}

/** What happens when a step fails for good. */
export type OnError =
  | { action: "fail" }
  /** The run goes on; the step's main result is this. */
  | { action: "continue"; value: JsonValue }
  | { action: "go"; to: number };

/** How often a step is tried. */
export interface Retry {
  /** In all. */
  attempts: number;
  /** Before the second attempt, in ms. */
  delayMs: number;
  /** What the delay is multiplied with after each. */
  factor: number;
}

/** A condition and what its names mean. */
interface BoundCondition {
  condition: Condition;
  bindings: ReadonlyMap<string, Value>;
}

/** Decides whether a step runs. */
export interface StepCondition extends BoundCondition {
  /** Where to go when it holds, after the step. */
  then?: number;
  /** Where to go when it does not. */
  otherwise?: number;
}

/** A step that is ready to be run. */
export interface PlannedStep {
  index: number;
  id: string;
  path: string;
  type: StepType;
  config: ReadonlyMap<string, Value>;
  inputs: ReadonlyMap<string, Value>;
  /** Declared outputs, and the result each stands for. */
  outputs: ReadonlyMap<string, string>;
  condition?: StepCondition;
  /** Runs once for each item of a list. */
  each?: { over: Value; body?: string; as?: string };
  routes?: StepRoutes;
  next?: number;
  needs: readonly Need[];
  /** Steps whose choice decides whether this one runs; empty: it runs without being chosen. */
  gates: readonly number[];
  /** Steps inside it, by the field of its config. */
  bodies: ReadonlyMap<string, WorkflowPlan>;
  retry: Retry;
  timeoutMs?: number;
  onError: OnError;
  /** The limit it counts for beside that of all steps. */
  group?: string;
  priority: number;
  buffer?: StreamBufferSettings;
  /** How often it may run in one run. */
  maxIterations: number;
  keepsHistory: boolean;
  /** JSON structures that are filled in for its message, by name. */
  json: ReadonlyMap<string, Value>;
  prompt?: { id: string; version?: string; variables: ReadonlyMap<string, Value> };
}

/** A way back to an earlier step: everything from there to here runs again. */
export interface LoopBack {
  from: number;
  to: number;
}

/** Steps and how they hang together. */
export interface WorkflowPlan {
  steps: readonly PlannedStep[];
  byId: ReadonlyMap<string, number>;
  loops: readonly LoopBack[];
  /** Where choices below `END` lead, the first one's first: steps around the loop of which this is the body; empty: out of it. */
  leaves: readonly string[];
  /** What the steps read of steps around this plan. */
  outer: readonly Reference[];
  /** Steps whose output is the run's answer: the last of them that ran. */
  answers: readonly number[];
}

/** An input of a run. */
export interface WorkflowInput {
  /** What references call it: `$name`. */
  name: string;
  /** What it may be. */
  schema: JsonObject;
  /** Whether a run has to be given it. */
  required: boolean;
  /** The value where a run is not given one. */
  fallback?: JsonValue;
  /** The place that uses it, where it was not declared. */
  impliedBy?: string;
  /** Set where a step's result is taken in its place: a run is given it by its name alone. */
  replaceable?: true;
}

/** How many steps run at once. */
export interface RunLimits {
  steps: number;
  groups: Readonly<Record<string, number>>;
}
