import type { JsonValue } from "../base/json.js";
import type {
  ChatEvent,
  DataEvent,
  Emit,
  InputRequestEvent,
  NestedEvent,
  ReasoningDeltaEvent,
  Source,
  SourceEvent,
  TextDeltaEvent,
  ToolInputDeltaEvent,
} from "../stream/chat-event.js";
import { callable, exactly, filledString, oneOf } from "../stream/checks.js";
import { nestedKey } from "../stream/nested-key.js";
import type { PlainText } from "../stream/plain-text.js";
import type { Stage } from "../stream/stage.js";
import { filterJson } from "./filter-json.js";
import { isBeside } from "./is-beside.js";
import { JsonInTextFilter } from "./json-in-text-filter.js";
import { isDelta, splitDelta } from "./split-delta.js";
import { filterText, type MakeFilter, type TextFilter } from "./text-filter.js";
import { TextParts } from "./text-parts.js";

/** Settings of `filterStage`. */
export interface FilterStageOptions {
  /** Named in the events that the stage adds. */
  guard: string;
  /**
   * What becomes of the provider's state (a signature) on reasoning whose text was changed: `drop` (default), because the
   * provider would refuse it, or `keep`, where the change is undone before the text goes back.
   */
  changedOpaque?: "drop" | "keep";
}

/**
 * A stage that filters everything in an answer: text and reasoning by block, the string values of tool
 * inputs by call, of tool results, approval requests and data events, the titles and quotes of sources. Each text has a
 * filter of its own, and what it buffers goes out before anything that follows the text. What a tool loop emits while the
 * model is writing follows no text, and cuts none.
 *
 * Not looked at: files, what a provider wants back as it is (`opaque`), and the URLs of sources. The span of a source is
 * left out when text of its block was changed before it: it would point elsewhere.
 *
 * @param make gives a new filter for each text.
 * @throws {SluiceError} `invalid-argument` for unknown options.
 */
export function filterStage(make: MakeFilter, options: FilterStageOptions): FilterStage {
  callable(make, "make");
  OPTIONS(options, "");
  return new FilterStage(make, options);
}

const OPTIONS = exactly("filterStage", { guard: { required: filledString }, changedOpaque: oneOf("drop", "keep") });

interface OpenCall {
  like: ToolInputDeltaEvent;
  filter: TextFilter;
}

/** The most that waits until it is known what a text before it ends with: characters of deltas, 1 for another event. */
const MOST_WAITING = 64;

/** See `filterStage`. */
export class FilterStage implements Stage {
  readonly #make: MakeFilter;
  readonly #guard: string;
  readonly #changedOpaque: "drop" | "keep";
  readonly #parts: TextParts;
  /** Events that wait for the current part, and their size: characters of deltas, 1 for each other. */
  #waiting: ChatEvent[] = [];
  #waitingSize = 0;
  /** Whether the stream says where its model calls begin. */
  #stepped = false;
  readonly #calls = new Map<string, OpenCall>();
  /** Stages of the inner streams that are not finished. */
  readonly #nested = new Map<string, FilterStage>();

  constructor(make: MakeFilter, { guard, changedOpaque = "drop" }: FilterStageOptions) {
    this.#make = make;
    this.#parts = new TextParts(make, guard, changedOpaque);
    this.#guard = guard;
    this.#changedOpaque = changedOpaque;
  }

  push(event: ChatEvent, emit: Emit): void {
    if (this.#waits(event)) {
      this.#wait(event, emit);
      return;
    }
    if (this.#waiting.length > 0 && !isPassedOn(event)) {
      if (isDelta(event) && this.#parts.goesOn(event)) {
        this.#pushWaitedFor(event, emit);
        return;
      }
      this.#settle(emit);
    }
    this.#take(event, emit);
  }

  /** Whether a text is the next piece of the one that came last, and nothing waits for that: `pushText` then may take it. */
  goesOnWith(plain: PlainText): boolean {
    return this.#waiting.length === 0 && this.#parts.goesOnWith(plain);
  }

  /** Takes the next piece of the text that came last; returns what may go out of that text now. */
  pushText(text: string): string {
    return this.#parts.pushText(text);
  }

  end(emit: Emit): void {
    this.#settle(emit);
    this.#parts.end(emit);
    for (const callId of [...this.#calls.keys()]) this.#closeCall(callId, emit);
  }

  /**
   * Whether an event waits until it is known what the text before it ends with, which may go on behind the event. What
   * concerns tools waits only where something was begun: their users wait for it.
   */
  #waits(event: ChatEvent): boolean {
    if (this.#parts.buffered === 0) return false;
    switch (event.type) {
      case "text-delta":
      case "reasoning-delta":
        return !this.#parts.goesOn(event);
      case "source":
      case "file":
        return true;
      case "data":
        return event.opaque !== undefined && !isBeside(event, this.#stepped);
      case "tool-input-delta":
      case "tool-call":
        return this.#parts.undecided;
      default:
        return false;
    }
  }

  /** Lets an event wait, as far as there is room. */
  #wait(event: ChatEvent, emit: Emit): void {
    const size = isDelta(event) ? event.text.length : event.type === "tool-input-delta" ? event.delta.length : 1;
    const room = MOST_WAITING - this.#waitingSize;
    if (size <= room) {
      this.#waiting.push(event);
      this.#waitingSize += size;
      return;
    }
    // What waits does not depend on where texts are cut.
    const [first, rest] = splitDelta(event, room);
    if (first !== undefined) this.#waiting.push(first);
    this.#settle(emit);
    this.#take(rest, emit);
  }

  /**
   * More of the text that events wait for, one character after the other: they follow what they stood in, wherever the text
   * was cut.
   */
  #pushWaitedFor(event: TextDeltaEvent | ReasoningDeltaEvent, emit: Emit): void {
    const read = this.#parts.pushUntilDecided(event, emit);
    if (this.#parts.buffered === 0) this.#replay(emit);
    const rest = event.text.slice(read);
    if (rest !== "") this.push({ ...event, text: rest }, emit);
    else if (event.opaque !== undefined) {
      this.#parts.push({ ...event, text: "" }, emit);
      this.#replay(emit);
    }
  }

  /** Ends the waiting: what the text ends with is put out as it is. */
  #settle(emit: Emit): void {
    this.#parts.flush(emit);
    for (const event of this.#takeWaiting()) this.#take(event, emit);
  }

  /** It is known what the text ends with: what waited goes on. */
  #replay(emit: Emit): void {
    for (const event of this.#takeWaiting()) this.push(event, emit);
  }

  #takeWaiting(): ChatEvent[] {
    const waiting = this.#waiting;
    this.#waiting = [];
    this.#waitingSize = 0;
    return waiting;
  }

  #take(event: ChatEvent, emit: Emit): void {
    switch (event.type) {
      case "text-delta":
      case "reasoning-delta":
        this.#parts.push(event, emit);
        return;
      case "tool-input-delta":
        this.#parts.flush(emit);
        this.#pushToolInput(event, emit);
        return;
      case "tool-call":
        this.#parts.flush(emit);
        this.#closeCall(event.callId, emit);
        emit({ ...event, input: event.invalid ? this.#jsonText(event.input) : this.#json(event.input) });
        return;
      case "input-request":
        if (!isBeside(event, this.#stepped)) this.#parts.flush(emit);
        emit(this.#request(event));
        return;
      case "nested":
        this.#pushNested(event, emit);
        return;
      case "sentence":
        emit({ ...event, text: this.#text(event.text) });
        return;
      case "tool-result":
        if (!isBeside(event, this.#stepped)) this.#parts.flush(emit);
        emit({ ...event, output: this.#json(event.output) });
        return;
      case "source":
        this.#parts.flush(emit);
        emit(this.#source(event));
        return;
      case "data":
        this.#data(event, emit);
        return;
      case "audio-delta":
      case "usage":
      case "context":
        emit(event);
        return;
      case "file":
        this.#parts.flush(emit);
        emit(event);
        return;
      case "retract":
        this.#parts.forget();
        this.#calls.clear();
        emit(event);
        return;
      case "start":
      case "step-start":
      case "step-finish":
        this.end(emit);
        this.#stepped ||= event.type === "step-start";
        this.#parts.forget();
        emit(event);
        return;
      case "finish":
        this.end(emit);
        emit(event);
        return;
      default:
        event satisfies never;
    }
  }

  #request(event: InputRequestEvent): InputRequestEvent {
    return event.kind === "approval"
      ? { ...event, input: this.#json(event.input) }
      : { ...event, message: this.#text(event.message) };
  }

  /** State of the provider's passes as it is. */
  #data(event: DataEvent, emit: Emit): void {
    if (event.opaque === undefined) {
      emit({ ...event, value: this.#json(event.value) });
      return;
    }
    if (!isBeside(event, this.#stepped)) this.#parts.flush(emit);
    emit(event);
  }

  /** Each inner stream has its own stage: its texts are cut and buffered apart from those around it. */
  #pushNested(event: NestedEvent, emit: Emit): void {
    const key = nestedKey(event);
    let inner = this.#nested.get(key);
    if (inner === undefined) {
      inner = new FilterStage(this.#make, { guard: this.#guard, changedOpaque: this.#changedOpaque });
      this.#nested.set(key, inner);
    }
    const wrap: Emit = (filtered) => emit({ ...event, event: filtered });
    if (event.event.type === "finish") {
      this.#nested.delete(key);
      inner.end(wrap);
    }
    inner.push(event.event, wrap);
  }

  #pushToolInput(event: ToolInputDeltaEvent, emit: Emit): void {
    let call = this.#calls.get(event.callId);
    if (call === undefined) {
      call = { like: event, filter: new JsonInTextFilter(this.#make, { json: true }) };
      this.#calls.set(event.callId, call);
    }
    const delta = call.filter.push(event.delta);
    if (delta === event.delta) emit(event);
    else if (delta !== "") emit({ ...event, delta });
  }

  #closeCall(callId: string, emit: Emit): void {
    const call = this.#calls.get(callId);
    if (call === undefined) return;
    this.#calls.delete(callId);
    const delta = call.filter.end();
    if (delta !== "") emit({ ...call.like, delta });
  }

  #source(event: SourceEvent): SourceEvent {
    const { span, ...source } = event.source;
    const filtered: Source = { ...source };
    if (source.title !== undefined) filtered.title = this.#text(source.title);
    if (source.quote !== undefined) filtered.quote = this.#text(source.quote);
    if (span !== undefined && !this.#parts.isChanged(event.block)) filtered.span = span;
    return { ...event, source: filtered };
  }

  #json(value: JsonValue): JsonValue {
    return filterJson(value, (text, key) => this.#text(text, key));
  }

  /** Arguments that are not valid JSON, filtered as their deltas were. */
  #jsonText(value: JsonValue): JsonValue {
    if (typeof value !== "string") return this.#json(value);
    return filterText(new JsonInTextFilter(this.#make, { json: true }), value);
  }

  #text(text: string, key?: string): string {
    return filterText(new JsonInTextFilter(this.#make, { key }), text);
  }
}

/** Whether an event says nothing that stands in the answer's own text. */
function isPassedOn({ type }: ChatEvent): boolean {
  return type === "usage" || type === "context" || type === "nested" || type === "audio-delta";
}
