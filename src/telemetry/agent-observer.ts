import type { Batch } from "../stream/batch-source.js";
import type { CallContext } from "../stream/call-context.js";
import type { ChatModel } from "../stream/chat-model.js";
import type { ChatRequest } from "../stream/chat-request.js";
import type { ToolObserver } from "./tool-spans.js";

/** A run of an agent, before it is first read. */
export interface AgentInvocation {
  /** The agent's name. */
  agent: string;
  /** What it can do. */
  description?: string;
  /** The id of its model. */
  model: string;
  /** The run, session and caller. */
  context: CallContext | undefined;
}

/** A run of an agent while it is watched. What its functions throw ends the run with that error. */
export interface AgentObservation {
  /** The run is first read. Returns the context for what happens inside; nothing where it stays as it is. */
  begin?(): CallContext | undefined;
  /** A model is about to be sent this. */
  asked?(request: ChatRequest): void;
  /** What one read brought, before the reader gets it. */
  read?(batch: Batch): void;
  /** The run failed. */
  fail?(thrown: unknown): void;
  /** Its reader left. */
  leave?(reason: unknown): void;
  /** Watches the tools of this run. */
  readonly tools?: ToolObserver;
}

/** Watches the runs of agents: `observe` of an agent takes one, or several. */
export interface AgentObserver {
  /** Stands before the agent's models. Called once for each model. */
  model?(model: ChatModel): ChatModel;
  /** Called for each run, where it is asked for: nothing has been read yet, and maybe nothing ever will. */
  invoke(invocation: AgentInvocation): AgentObservation;
}
