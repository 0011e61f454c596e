import type { ErrorCode } from "./error.js";
import type { Usage } from "./usage.js";

/** A limit that a call and everything nested in it draw on together. */
export interface SharedBudget {
  /** Books what a model call used, as soon as it is known. Called once a model call. */
  spend(usage: Usage, model: string): void;
  /** Why nothing more may be spent, or `undefined` while something is left. */
  readonly exhausted: string | undefined;
}

/**
 * What a route did with one of its targets:
 * - `asked`: the call was made; `hedged`: it was made because the one before had no output yet;
 * - `answers`: its first content has come;
 * - `failed`: it ended with an error; `lost`: another was faster; `left`: the reader went first;
 * - `refused`: its circuit breaker let nothing through, or no place became free;
 * - `cached`: an answer was there already, and nobody was asked.
 */
export type RouteOutcome = "asked" | "hedged" | "answers" | "failed" | "lost" | "left" | "refused" | "cached";

/** One decision of a route. */
export interface RouteDecision {
  /** The route's id. */
  readonly route: string;
  /** The id of the model that it is about. */
  readonly target: string;
  readonly outcome: RouteOutcome;
  /** Of `failed` and `refused`. */
  readonly code?: ErrorCode;
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
  /** Called with what routes decide in this call, those of nested calls as well. */
  onRoute?: (decision: RouteDecision) => void;
}
