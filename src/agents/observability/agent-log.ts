import { type Clock, systemClock } from "../../base/clock.js";
import type { Batch } from "../../stream/batch-source.js";
import type { ChatEvent } from "../../stream/chat-event.js";
import { callable, clock as clockCheck, exactly } from "../../stream/checks.js";
import { SluiceError } from "../../stream/error.js";
import type { AgentInvocation, AgentObservation, AgentObserver } from "../../telemetry/agent-observer.js";

/** One line of an agent's log: what happened, and numbers about it. Never what was asked or answered. */
export interface AgentLogEntry {
  /** ISO 8601. */
  time: string;
  /** How serious it is. */
  level: "info" | "warn" | "error";
  event:
    | "run-started"
    | "model-called"
    | "tool-called"
    | "tool-failed"
    | "input-required"
    | "run-finished"
    | "run-failed"
    | "run-left";
  /** The agent's name. */
  agent: string;
  /** The run, as its call context has it. */
  runId?: string;
  /** The session, where the run has one. */
  sessionId?: string;
  /** Who asks, as the call context has it. */
  caller?: string;
  /** The tool's name. */
  tool?: string;
  /** The id of a tool call. */
  callId?: string;
  /** The code of the error. */
  error?: string;
  /** Why the run ended. */
  reason?: string;
  /** Counted from 0. */
  step?: number;
  /** The model that answers, as the provider names it. */
  model?: string;
  /** Tokens of the whole run, at its end. */
  inputTokens?: number;
  /** Tokens of the whole run, at its end. */
  outputTokens?: number;
  /** Ms since the run was first read. */
  durationMs?: number;
}

/** Settings of `agentLog`. */
export interface AgentLogOptions {
  /** Takes an entry. Default: a line of JSON on stderr. What it throws ends the run. */
  write?: (entry: AgentLogEntry) => void;
  /** Default: the machine's. */
  clock?: Clock;
}

const checkOptions = exactly("agentLog", { write: callable, clock: clockCheck } satisfies Record<
  keyof AgentLogOptions,
  unknown
>);

/**
 * Writes a structured log of an agent's runs: starts, model calls, tool calls, failures and ends, with names, codes, tokens and times.
 * No content is in it, so it needs no scrubbing: for content there is `auditTrail`.
 *
 * @throws {SluiceError} `invalid-argument` for unknown options.
 * @example
 * ```ts
 * import { Agent, agentLog } from "sluice/agents";
 *
 * const agent = new Agent({ model: "openai/gpt-5-mini", observe: agentLog() });
 * ```
 */
export function agentLog(options: AgentLogOptions = {}): AgentObserver {
  checkOptions(options, "");
  const { write = writeLine, clock = systemClock } = options;
  return { invoke: (invocation) => new LoggedRun(invocation, write, clock) };
}

/** A line of JSON on stderr. */
export function writeLine(entry: object): void {
  process.stderr.write(`${JSON.stringify(entry)}\n`);
}

class LoggedRun implements AgentObservation {
  readonly #write: (entry: AgentLogEntry) => void;
  readonly #clock: Clock;
  readonly #whose: Pick<AgentLogEntry, "agent" | "runId" | "sessionId" | "caller">;
  #began = 0;

  constructor(invocation: AgentInvocation, write: (entry: AgentLogEntry) => void, clock: Clock) {
    this.#write = write;
    this.#clock = clock;
    this.#whose = whose(invocation);
  }

  begin(): undefined {
    this.#began = this.#clock.now();
    this.#log("info", "run-started");
  }

  read(batch: Batch): void {
    for (const event of batch) this.#event(event);
  }

  fail(thrown: unknown): void {
    this.#log("error", "run-failed", { error: SluiceError.from(thrown).code, durationMs: this.#durationMs });
  }

  leave(reason: unknown): void {
    this.#log("info", "run-left", { error: SluiceError.from(reason, "cancelled").code, durationMs: this.#durationMs });
  }

  #event(event: ChatEvent): void {
    switch (event.type) {
      case "step-start":
        this.#log("info", "model-called", { step: event.step, model: event.model });
        return;
      case "tool-call":
        this.#log("info", "tool-called", { tool: event.name, callId: event.callId });
        return;
      case "tool-result":
        if (event.isError) this.#log("warn", "tool-failed", { tool: event.name, callId: event.callId });
        return;
      case "input-request":
        this.#log("info", "input-required");
        return;
      case "finish": {
        const { inputTokens, outputTokens } = event.usage;
        const tokens = {
          ...(inputTokens !== undefined && { inputTokens }),
          ...(outputTokens !== undefined && { outputTokens }),
        };
        this.#log("info", "run-finished", { reason: event.reason, ...tokens, durationMs: this.#durationMs });
        return;
      }
      default:
    }
  }

  get #durationMs(): number {
    return Math.round(this.#clock.now() - this.#began);
  }

  #log(level: AgentLogEntry["level"], event: AgentLogEntry["event"], more: Partial<AgentLogEntry> = {}): void {
    this.#write({ time: new Date().toISOString(), level, event, ...this.#whose, ...more });
  }
}

/** The agent and the session of a run, as far as they are known. */
export function whose({
  agent,
  context,
}: AgentInvocation): Pick<AgentLogEntry, "agent" | "runId" | "sessionId" | "caller"> {
  const { runId, sessionId, caller } = context ?? {};
  return {
    agent,
    ...(runId !== undefined && { runId }),
    ...(sessionId !== undefined && { sessionId }),
    ...(caller !== undefined && { caller }),
  };
}
