import type { JsonValue } from "../base/json.js";
import type { Batch } from "../stream/batch-source.js";
import type { ChatEvent, FinishEvent, FinishReason, StartEvent } from "../stream/chat-event.js";
import type { ChatMessage } from "../stream/message.js";
import { plainText } from "../stream/plain-text.js";
import { Transcript } from "../stream/transcript.js";
import { type Usage, updateUsage } from "../stream/usage.js";

/** What all answers of one stream share: it starts once, and its steps are counted through. */
export class StepCounter {
  started = false;
  steps = 0;
  /** Fields whose warnings were passed on. */
  readonly warned = new Set<string>();
}

/**
 * What one model call of a loop says, as a step of the loop's stream. Where the model itself has several steps (an agent,
 * another loop), those become steps of the stream.
 */
export class StepRelay {
  /** Set when the model has ended. */
  finish: FinishEvent | undefined;
  readonly #steps: StepCounter;
  readonly #transcript = new Transcript(true);
  #model = "";
  #agent: string | undefined;
  #step: number | undefined;
  /** Whether the model counts its own steps. */
  #framed = false;
  #retracted = false;
  /** Of this step. What was retracted is not in it: the reader has booked that. */
  #usage: Usage = {};

  constructor(steps: StepCounter) {
    this.#steps = steps;
  }

  /** Takes an event of the model; adds what the reader gets to `out`. */
  pass(event: ChatEvent, out: ChatEvent[]): void {
    this.#transcript.push(event);
    switch (event.type) {
      case "start":
        this.#begin(event, out);
        return;
      case "step-start":
        this.close("tool-calls", out);
        this.#framed = true;
        this.#model = event.model;
        this.#agent = event.agent;
        this.#open(out);
        return;
      case "step-finish":
        if (this.#step !== undefined) out.push({ ...event, step: this.#step });
        this.#step = undefined;
        return;
      case "finish":
        this.finish = event;
        if (!this.#framed) this.#open(out);
        if (this.#step !== undefined) this.#sayUsage(event, out);
        return;
      case "usage":
        this.#usage = updateUsage(this.#usage, event.usage);
        break;
      case "retract":
        this.#retracted = true;
        this.#usage = {};
        break;
      default:
    }
    this.#open(out);
    out.push(event);
  }

  /** Takes a batch that is text alone and goes to the reader as it is; `false` where it is to be taken event by event. */
  passText(batch: Batch): boolean {
    const plain = this.#step === undefined ? undefined : plainText(batch);
    if (plain === undefined) return false;
    this.#transcript.pushText(plain);
    return true;
  }

  /** The step is over, its tools included. */
  close(reason: FinishReason, out: ChatEvent[]): void {
    if (this.#step === undefined) return;
    out.push({ type: "step-finish", step: this.#step, reason, usage: this.#usage });
    this.#step = undefined;
  }

  /** The model that answers, as the provider names it. */
  get model(): string {
    return this.#model;
  }

  /** Of the running step, as far as it is known. */
  get usage(): Usage {
    return this.#usage;
  }

  /** What was answered, as messages to send back. */
  get messages(): ChatMessage[] {
    return this.#transcript.messages;
  }

  #begin(event: StartEvent, out: ChatEvent[]): void {
    this.#model = event.model;
    const { warned, started } = this.#steps;
    const news = (event.warnings ?? []).filter(({ field }) => !warned.has(field));
    for (const { field } of news) warned.add(field);
    if (!started || this.#retracted) {
      this.#steps.started = true;
      out.push(event);
    } else if (news.length > 0) {
      // The stream has begun, and its start cannot say any more.
      const value: JsonValue = news.map(({ field, message }) => ({ field, message }));
      out.push({ type: "data", name: "tool/warnings", value });
    }
  }

  #open(out: ChatEvent[]): void {
    if (this.#step !== undefined) return;
    this.#step = this.#steps.steps++;
    const agent = this.#agent === undefined ? undefined : { agent: this.#agent };
    out.push({ type: "step-start", step: this.#step, model: this.#model, ...agent });
  }

  /** Usage that only the model's finish says is known to the reader before the tools have ended. */
  #sayUsage({ usage }: FinishEvent, out: ChatEvent[]): void {
    if (this.#retracted) return;
    const { inputTokens, outputTokens } = this.#usage;
    const known = usage.inputTokens === inputTokens && usage.outputTokens === outputTokens;
    this.#usage = usage;
    if (!known) out.push({ type: "usage", usage });
  }
}
