import type { JsonValue } from "../../base/json.js";
import type { AgentInput } from "../agent.js";
import type { AgentResult } from "../agent-run.js";

/** Something to ask an agent, and what is wanted of it. */
export interface EvalCase<Inputs, Outputs = unknown> {
  /** What the report calls it. Default: its number, from 1. */
  name?: string;
  /** What the agent is asked: the inputs of its signature, or a text where it has one input. */
  input: AgentInput<Inputs>;
  /** The outputs that are wanted; for one text output, the text alone will do. */
  expected?: Outputs | string;
  /** The tools that are to be called, in order. */
  trajectory?: readonly string[];
}

/** A tool call of a run. */
export interface EvalCall {
  /** The tool's name. */
  name: string;
  /** The arguments. */
  input: JsonValue;
}

/** A run that is to be scored. */
export interface EvalRun<Inputs, Outputs> {
  /** What was asked and wanted. */
  case: EvalCase<Inputs, Outputs>;
  /** The whole run. */
  result: AgentResult<Outputs>;
  /** The text of the answer where the signature has one text output, else the outputs. */
  value: unknown;
  /** The calls of the agent itself, in order; not those inside its tools. */
  calls: readonly EvalCall[];
  /** Aborted when nobody wants the scores any more. */
  signal: AbortSignal;
}

/** The score of a run. */
export interface Score {
  /** From 0 (not at all) to 1 (wholly). */
  score: number;
  /** Why, for people. */
  reason?: string;
}

/** Scores runs; what it throws fails the evaluation, since a run that could not be scored says nothing of the agent. */
export interface Scorer<Inputs = unknown, Outputs = unknown> {
  /** What the report calls it. */
  readonly name: string;
  /** Scores one run. May wait, for a model that judges for example. */
  score(run: EvalRun<Inputs, Outputs>): Score | Promise<Score>;
}
