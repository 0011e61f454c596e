import type { Usage } from "./usage.js";

/** A limit that a call and everything nested in it draw on together. */
export interface SharedBudget {
  /** Books what a model call used, as soon as it is known. Called once a model call. */
  spend(usage: Usage, model: string): void;
  /** Why nothing more may be spent, or `undefined` while something is left. */
  readonly exhausted: string | undefined;
}

/** What belongs to the run and not to the question. Handed on to every nested call. */
export interface CallContext {
  /** The run that this call is part of. */
  runId?: string;
  /** The conversation or session, for memory and traces. */
  sessionId?: string;
  /** Who asks: a user or key id, for limits and the audit trail. */
  caller?: string;
  /** The trace it belongs to, as a W3C `traceparent` header. */
  trace?: string;
  /** In a nested stream: the ids of the tool calls that lead to it, outermost first, joined by `/`. */
  callPath?: string;
  /** What nested calls share. */
  budget?: SharedBudget;
}
