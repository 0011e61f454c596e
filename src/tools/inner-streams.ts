import { uuid } from "../base/uuid.js";
import type { CallContext } from "../stream/call-context.js";
import type { ChatEvent, FinishReason, InputRequestEvent } from "../stream/chat-event.js";
import type { ChatStream } from "../stream/chat-stream.js";
import { SluiceError } from "../stream/error.js";
import type { InputRequestPart } from "../stream/message.js";
import { outerRequestId } from "../stream/suspended-call.js";
import { Transcript } from "../stream/transcript.js";
import { addUsage, type Usage } from "../stream/usage.js";
import { BudgetShare } from "./budget-share.js";
import { Suspension } from "./suspension.js";
import { resultText } from "./tool-stream.js";

/** How many calls may lead to a stream: agents that are tools of one another would otherwise call each other for ever. */
const DEEPEST = 20;

/** What the inner streams of one tool call need. */
export interface InnerStreamSettings {
  /** The tool's name. */
  name: string;
  callId: string;
  /** The call ids that lead to the call, and its own. */
  path: string;
  /** Of the outer call. */
  context: CallContext | undefined;
  /** Numbers the inner streams of a call, from 1. */
  nextAttempt: () => number;
  /** Resolves when the reader has taken the events. */
  emit: (events: readonly ChatEvent[]) => Promise<void>;
}

/** A stream that is read for a call, and what is known of it. */
interface Reading {
  stream: ChatStream;
  transcript: Transcript;
  model: string;
}

/** The streams that one tool call runs: their events go to the outer stream, wrapped, at its reader's pace. */
export class InnerStreams {
  /** What to hand on to inner calls. */
  readonly context: CallContext;
  readonly #settings: InnerStreamSettings;
  readonly #share: BudgetShare | undefined;
  #reading: Reading | undefined;
  #spent: Usage | undefined;
  /** Whether a stream went on from where an earlier one was suspended. */
  #resumed = false;

  constructor(settings: InnerStreamSettings) {
    this.#settings = settings;
    const { context, path } = settings;
    this.#share = context?.budget && new BudgetShare(context.budget);
    this.context = { ...context, callPath: path, ...(this.#share && { budget: this.#share }) };
  }

  /** Of all inner streams, as far as it is known; `undefined` if there was none. */
  get usage(): Usage | undefined {
    const running = this.#reading?.transcript.usage;
    if (this.#spent === undefined || running === undefined) return this.#spent ?? running;
    return addUsage(this.#spent, running);
  }

  /** Whether a stream went on from where an earlier one was suspended. */
  get resumed(): boolean {
    return this.#resumed;
  }

  /** Stops what runs. */
  cancel(reason: unknown): void {
    this.#reading?.stream.cancel(reason);
  }

  /**
   * Reads a stream to its end; returns the text of its last answer, which is the tool's result.
   *
   * @throws {Suspension} when it ends to wait for input.
   * @throws {SluiceError} `tool-failed` when it ends in a way that is no answer, and where it is nested too deep; whatever the stream fails with.
   */
  async read(stream: ChatStream): Promise<string> {
    if (this.#settings.path.split("/").length > DEEPEST) {
      const why = `${this.#settings.name} did not run: calls are nested more than ${DEEPEST} deep`;
      const refused = new SluiceError("tool-failed", why);
      stream.cancel(refused);
      throw refused;
    }
    const reason = await this.#relay(stream);
    const messages = await stream.messages;
    if (reason === "input-required") throw new Suspension(messages);
    const text = await resultText(stream);
    const why = failure(reason, text);
    if (why !== undefined) throw new SluiceError("tool-failed", `${this.#settings.name} ${why}`);
    return text;
  }

  /** Repeats requests that still wait, as a stream that begins and ends with them: nothing runs for it. */
  repeat(requests: readonly InputRequestPart[]): void {
    const { name } = this.#settings;
    const events: ChatEvent[] = [
      { type: "start", id: uuid(), model: name, simulated: true },
      ...requests,
      { type: "finish", reason: "input-required", usage: {} },
    ];
    const attempt = this.#settings.nextAttempt();
    void this.#settings.emit(events.map((event) => this.#wrap(event, attempt)));
  }

  async #relay(stream: ChatStream): Promise<FinishReason> {
    const attempt = this.#settings.nextAttempt();
    const reader = stream.batches();
    const reading: Reading = { stream, transcript: new Transcript(false), model: this.#settings.name };
    this.#reading = reading;
    try {
      for (let batch = await reader.next(); batch !== undefined; batch = await reader.next()) {
        const wrapped: ChatEvent[] = [];
        for (const event of batch) {
          this.#book(event, reading);
          wrapped.push(this.#wrap(event, attempt));
        }
        await this.#settings.emit(wrapped);
      }
      return await stream.finishReason;
    } finally {
      this.#close(reading);
    }
  }

  #book(event: ChatEvent, reading: Reading): void {
    reading.transcript.push(event);
    if (event.type !== "start") return;
    reading.model = event.model;
    if ((event.resumes?.length ?? 0) > 0) this.#resumed = true;
  }

  #close({ transcript, model }: Reading): void {
    this.#reading = undefined;
    const { usage } = transcript;
    this.#spent = this.#spent === undefined ? usage : addUsage(this.#spent, usage);
    this.#share?.settle(usage, model);
  }

  #wrap(event: ChatEvent, attempt: number): ChatEvent {
    const { name: from, callId, path } = this.#settings;
    const inner = withOuterIds(event, path);
    if (attempt === 1) return { type: "nested", from, callId, event: inner };
    return { type: "nested", from, callId, attempt, event: inner };
  }
}

/** The event with the ids of requests as they are known outside, at any depth. */
function withOuterIds(event: ChatEvent, path: string): ChatEvent {
  if (event.type === "input-request") return withOuterId(event, path);
  if (event.type !== "nested") return event;
  const inner = withOuterIds(event.event, path);
  return inner === event.event ? event : { ...event, event: inner };
}

function withOuterId(event: InputRequestEvent, path: string): InputRequestEvent {
  const id = outerRequestId(path, event.id);
  return id === event.id ? event : { ...event, id };
}

/** Why the end of an inner stream is no answer; `undefined` where it is one. */
function failure(reason: FinishReason, text: string): string | undefined {
  const answered = text === "" ? "" : `, after: ${text}`;
  switch (reason) {
    case "content-filter":
      return `was cut by a content filter${answered}`;
    case "budget":
      return `ended because a budget is spent${answered}`;
    case "tool-calls":
      return "called a tool that its caller has to run, and nobody runs it inside another tool";
    case "stop":
    case "length":
    case "refusal":
    case "pause":
    case "other":
    case "input-required":
      return undefined;
    default:
      return reason satisfies never;
  }
}
