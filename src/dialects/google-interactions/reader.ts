import { isJsonObject, type JsonObject, type JsonValue } from "../../base/json.js";
import { lookup } from "../../base/lookup.js";
import { uuid } from "../../base/uuid.js";
import type { Emit, FinishReason } from "../../stream/chat-event.js";
import { providerData } from "../../stream/data-name.js";
import { SluiceError } from "../../stream/error.js";
import type { Frame } from "../../stream/framing/frame.js";
import type { Usage } from "../../stream/usage.js";
import { agreedReason } from "../agreed-reason.js";
import type { WireReader } from "../dialect.js";
import { EarlyEvents } from "../early-events.js";
import { filledString } from "../filled-string.js";
import { errorIn } from "../gemini/errors.js";
import { isDone, malformed, parseEvent } from "../parse-frame.js";
import { ReportedCalls } from "../reported-calls.js";
import { StrayFrames } from "../stray-frames.js";
import { OpenStep } from "./open-step.js";
import { readUsage } from "./usage.js";

/** What an interaction's status means once it has ended. */
const REASONS = lookup<FinishReason>({
  completed: "stop",
  requires_action: "tool-calls",
  incomplete: "length",
  requires_continuation: "pause",
});

/**
 * Reads a streamed interaction (https://ai.google.dev/gemini-api/docs/interactions): steps, each with a start, deltas and
 * a stop. Its first version named them contents.
 */
export class InteractionReader implements WireReader {
  readonly #steps = new Map<number, OpenStep>();
  readonly #early = new EarlyEvents();
  readonly #strays = new StrayFrames("google-interactions");
  #usage: Usage = {};
  #started = false;
  #calls = false;
  readonly #reported = new ReportedCalls();
  #finished = false;
  /** Whether any step was streamed. */
  #emitted = false;

  push(frame: Frame, emit: Emit): void {
    if (!isDone(frame.data)) this.event(parseEvent(frame), emit, frame);
  }

  /** Takes an event that was parsed. */
  event(event: JsonObject, emit: Emit, frame: Frame = { data: "" }): void {
    if (this.#finished) return;
    const error = errorIn(event);
    if (error !== undefined) throw error;
    const interaction = isJsonObject(event.interaction) ? event.interaction : {};
    switch (event.event_type) {
      case "interaction.created":
      case "interaction.start":
        this.#start(interaction, emit);
        return;
      case "step.start":
      case "content.start":
        this.#open(event, emit);
        return;
      case "step.delta":
      case "content.delta":
        if (isJsonObject(event.delta)) this.#stepOf(event).delta(event.delta, emit);
        if (isJsonObject(event.metadata)) this.#takeUsage(event.metadata.total_usage, emit);
        return;
      case "step.stop":
      case "content.stop":
        this.#close(indexOf(event), emit);
        this.#takeUsage(event.usage, emit);
        return;
      case "interaction.completed":
      case "interaction.complete":
        this.#finish(interaction, emit);
        return;
      case "interaction.status_update":
        this.#takeUsage(event.usage, emit);
        if (event.continuation_token !== undefined) {
          this.#early.push(
            { type: "data", name: "provider/continuation_token", value: event.continuation_token },
            emit,
          );
        }
        return;
      default:
        if (typeof event.event_type !== "string") this.#strays.push(event, frame, emit);
        else this.#early.push({ type: "data", name: providerData(event.event_type || "event"), value: event }, emit);
    }
  }

  end(): void {
    if (this.#finished) return;
    throw (
      this.#strays.error ??
      new SluiceError("truncated", "the interaction ended before it was completed", { retryable: true })
    );
  }

  #start({ id, model, agent }: JsonObject, emit: Emit): void {
    if (this.#started) return;
    this.#started = true;
    const name = model ?? agent;
    emit({ type: "start", id: filledString(id) ?? uuid(), model: typeof name === "string" ? name : "" });
    this.#early.release(emit);
    this.#strays.release(emit);
  }

  #open(event: JsonObject, emit: Emit): void {
    const index = indexOf(event);
    const step = event.step ?? event.content;
    this.#close(index, emit);
    this.#start({}, emit);
    this.#emitted = true;
    if (isJsonObject(step)) this.#steps.set(index, new OpenStep(step, index, emit));
  }

  /** What only the interaction says in its end, because nothing was streamed. */
  #wholeSteps(steps: JsonValue | undefined, emit: Emit): void {
    for (const [index, step] of (Array.isArray(steps) ? steps : []).entries()) {
      if (!isJsonObject(step)) continue;
      this.#steps.set(index, new OpenStep(step, index, emit));
      this.#close(index, emit);
    }
  }

  #stepOf(event: JsonObject): OpenStep {
    const step = this.#steps.get(indexOf(event));
    if (step === undefined) throw malformed(JSON.stringify(event), "part of a step that did not begin");
    return step;
  }

  #close(index: number, emit: Emit): void {
    const step = this.#steps.get(index);
    if (step === undefined) return;
    this.#steps.delete(index);
    if (step.isCall) this.#calls = true;
    step.close(this.#reported, emit);
  }

  /** Running totals, where a stream says them before its end. */
  #takeUsage(usage: JsonValue | undefined, emit: Emit): void {
    if (!isJsonObject(usage)) return;
    this.#usage = readUsage(usage);
    this.#early.push({ type: "usage", usage: this.#usage }, emit);
  }

  #finish(interaction: JsonObject, emit: Emit): void {
    this.#start(interaction, emit);
    if (!this.#emitted) this.#wholeSteps(interaction.steps ?? interaction.outputs, emit);
    for (const index of [...this.#steps.keys()]) this.#close(index, emit);
    const status = typeof interaction.status === "string" ? interaction.status : "completed";
    if (status === "failed") {
      throw errorIn(interaction) ?? new SluiceError("provider-error", "the interaction failed", { retryable: true });
    }
    if (isJsonObject(interaction.usage)) this.#usage = readUsage(interaction.usage);
    this.#finished = true;
    const known = REASONS.get(status);
    const reason = agreedReason(known ?? "other", { toolCalls: this.#calls });
    emit({ type: "finish", reason, ...(known === undefined && { rawReason: status }), usage: this.#usage });
  }
}

function indexOf(event: JsonObject): number {
  return typeof event.index === "number" ? event.index : 0;
}
