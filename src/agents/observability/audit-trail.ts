import type { JsonValue } from "../../base/json.js";
import { scrub as scrubPii } from "../../guards/pii/scrub.js";
import { scrubRules } from "../../guards/pii/scrub-rules.js";
import type { Batch } from "../../stream/batch-source.js";
import type { ChatEvent } from "../../stream/chat-event.js";
import type { ChatRequest } from "../../stream/chat-request.js";
import { callable, exactly } from "../../stream/checks.js";
import { SluiceError } from "../../stream/error.js";
import type { ChatMessage } from "../../stream/message.js";
import { Transcript } from "../../stream/transcript.js";
import type { AgentInvocation, AgentObservation, AgentObserver } from "../../telemetry/agent-observer.js";
import { genAiMessages, scrubbed } from "../../telemetry/content.js";
import type { Scrub } from "../../telemetry/telemetry.js";
import { whose, writeLine } from "./agent-log.js";

/** One entry of an audit trail. Texts are scrubbed. */
export interface AuditEntry {
  /** ISO 8601. */
  time: string;
  /**
   * `prompt`: messages that a model is sent and was not sent before in this run. `tool-call`: what the model called. `tool-result`: what
   * it was given. `input-request`: what somebody is asked. `answer`: what was answered when the run was over, `failure` when it was not.
   */
  type: "prompt" | "tool-call" | "tool-result" | "input-request" | "answer" | "failure";
  /** The agent's name. */
  agent: string;
  /** The run, as its call context has it. */
  runId?: string;
  /** The session, where the run has one. */
  sessionId?: string;
  /** Who asks, as the call context has it. */
  caller?: string;
  /** Inside which calls it happened, outermost first, where it did so in another agent. */
  path?: readonly string[];
  /** The tool's name. */
  tool?: string;
  /** The id of a tool call, or of the call of a result. */
  callId?: string;
  /** The content, scrubbed: messages as roles and parts, arguments, results. Absent where scrubbing failed. */
  content?: JsonValue;
  /** Set where scrubbing failed: the content is missing. */
  dropped?: true;
  /** The tool failed, or was not allowed. */
  isError?: true;
  /** Why the run ended: its finish reason, or the code of its error. */
  reason?: string;
}

/** Settings of `auditTrail`. */
export interface AuditTrailOptions {
  /** Takes an entry. Default: a line of JSON on stderr. What it throws ends the run: what cannot be audited does not go on. */
  write?: (entry: AuditEntry) => void;
  /** What becomes of each text. Default: personal data is replaced by placeholders, as `pii()` does; `(text) => text` keeps all. */
  scrub?: Scrub;
}

const checkOptions = exactly("auditTrail", { write: callable, scrub: callable } satisfies Record<
  keyof AuditTrailOptions,
  unknown
>);

/**
 * Keeps a trail of what an agent's models were sent, which tools they called with what, what came back, and what was answered:
 * scrubbed of personal data unless `scrub` says otherwise. Bytes are never in it. A prompt is written once, not again with
 * each model call.
 *
 * @throws {SluiceError} `invalid-argument` for unknown options.
 * @example
 * ```ts
 * import { appendFileSync } from "node:fs";
 * import { Agent, auditTrail } from "sluice/agents";
 *
 * const write = (entry: object) => appendFileSync("audit.ndjson", `${JSON.stringify(entry)}\n`);
 * const agent = new Agent({ model: "openai/gpt-5-mini", observe: auditTrail({ write }) });
 * ```
 */
export function auditTrail(options: AuditTrailOptions = {}): AgentObserver {
  checkOptions(options, "");
  const { write = writeLine, scrub = piiScrub() } = options;
  return { invoke: (invocation) => new AuditedRun(invocation, write, scrub) };
}

function piiScrub(): Scrub {
  const rules = scrubRules({});
  return (text) => scrubPii(text, rules);
}

class AuditedRun implements AgentObservation {
  readonly #invocation: AgentInvocation;
  readonly #write: (entry: AuditEntry) => void;
  readonly #scrub: Scrub;
  readonly #transcript = new Transcript(true);
  /** Messages that stand in the trail; instructions by their text, since they are put before each call again. */
  readonly #written = new WeakSet<ChatMessage>();
  readonly #instructions = new Set<string>();

  constructor(invocation: AgentInvocation, write: (entry: AuditEntry) => void, scrub: Scrub) {
    this.#invocation = invocation;
    this.#write = write;
    this.#scrub = scrub;
  }

  asked({ messages }: ChatRequest): void {
    const fresh = messages.filter((message) => this.#isNew(message));
    if (fresh.length > 0) this.#log("prompt", {}, () => genAiMessages(fresh));
  }

  read(batch: Batch): void {
    for (const event of batch) {
      this.#transcript.push(event);
      this.#event(event, []);
    }
  }

  fail(thrown: unknown): void {
    this.#end("failure", SluiceError.from(thrown).code);
  }

  leave(reason: unknown): void {
    this.#end("failure", SluiceError.from(reason, "cancelled").code);
  }

  #isNew(message: ChatMessage): boolean {
    if (message.role === "system" && typeof message.content === "string") {
      if (this.#instructions.has(message.content)) return false;
      this.#instructions.add(message.content);
      return true;
    }
    if (this.#written.has(message)) return false;
    this.#written.add(message);
    return true;
  }

  #event(event: ChatEvent, path: readonly string[]): void {
    switch (event.type) {
      case "nested":
        this.#event(event.event, [...path, event.callId ?? event.from]);
        return;
      case "tool-call":
        this.#log("tool-call", { ...at(path), tool: event.name, callId: event.callId }, () => event.input as JsonValue);
        return;
      case "tool-result": {
        if (event.preliminary !== undefined) return;
        const { name: tool, callId, output, isError } = event;
        this.#log("tool-result", { ...at(path), tool, callId, ...(isError && { isError }) }, () => output as JsonValue);
        return;
      }
      case "input-request":
        this.#log("input-request", at(path), () => JSON.parse(JSON.stringify(event)));
        return;
      case "finish":
        if (path.length === 0) this.#end("answer", event.reason);
        return;
      default:
    }
  }

  #end(type: "answer" | "failure", reason: string): void {
    this.#log(type, { reason }, () => genAiMessages(this.#transcript.messages));
  }

  #log(type: AuditEntry["type"], more: Partial<AuditEntry>, content: () => JsonValue): void {
    const entry: AuditEntry = { time: new Date().toISOString(), type, ...whose(this.#invocation), ...more };
    try {
      entry.content = scrubbed(content(), this.#scrub);
    } catch {
      entry.dropped = true;
    }
    this.#write(entry);
  }
}

function at(path: readonly string[]): { path?: readonly string[] } {
  return path.length === 0 ? {} : { path };
}
