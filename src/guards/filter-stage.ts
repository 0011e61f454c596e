import type { JsonValue } from "../base/json.js";
import type {
  ChatEvent,
  Emit,
  Opaque,
  ReasoningDeltaEvent,
  Source,
  SourceEvent,
  TextDeltaEvent,
  ToolInputDeltaEvent,
} from "../stream/chat-event.js";
import type { Stage } from "../stream/stage.js";
import { filterJson } from "./filter-json.js";
import { isBeside } from "./is-beside.js";
import { JsonTextFilter } from "./json-text-filter.js";
import { filterText, type MakeFilter, type TextFilter } from "./text-filter.js";

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
 * A stage that puts a filter into everything an answer says: text and reasoning by block, the string values of tool
 * inputs by call, of tool results, approval requests and data events, the titles and quotes of sources. Each text has a
 * filter of its own, and what it holds back goes out before anything that follows the text. What a tool loop says while the
 * model is speaking follows no text, and cuts none.
 *
 * Not looked at: files, what a provider wants back as it is (`opaque`), and the URLs of sources. The span of a source is
 * left out when text of its block was changed before it: it would point elsewhere.
 *
 * @param make gives a new filter for each text.
 */
export function filterStage(make: MakeFilter, options: FilterStageOptions): Stage {
  return new FilterStage(make, options);
}

/** The text or reasoning that is being said. */
interface OpenPart {
  like: TextDeltaEvent | ReasoningDeltaEvent;
  filter: TextFilter | undefined;
  changed: boolean;
}

interface OpenCall {
  like: ToolInputDeltaEvent;
  filter: JsonTextFilter;
}

class FilterStage implements Stage {
  readonly #make: MakeFilter;
  readonly #guard: string;
  readonly #changedOpaque: "drop" | "keep";
  #part: OpenPart | undefined;
  /** Whether the stream says where its model calls begin. */
  #stepped = false;
  readonly #calls = new Map<string, OpenCall>();
  /** Blocks whose text is not what came in. */
  readonly #changedBlocks = new Set<number | undefined>();

  constructor(make: MakeFilter, { guard, changedOpaque = "drop" }: FilterStageOptions) {
    this.#make = make;
    this.#guard = guard;
    this.#changedOpaque = changedOpaque;
  }

  push(event: ChatEvent, emit: Emit): void {
    switch (event.type) {
      case "text-delta":
      case "reasoning-delta":
        this.#pushDelta(event, emit);
        return;
      case "tool-input-delta":
        this.#settlePart(emit);
        this.#pushToolInput(event, emit);
        return;
      case "tool-call":
        this.#closePart(emit);
        this.#closeCall(event.callId, emit);
        emit({ ...event, input: event.invalid ? this.#jsonText(event.input) : this.#json(event.input) });
        return;
      case "approval-request":
        if (!isBeside(event, this.#stepped)) this.#closePart(emit);
        emit({ ...event, input: this.#json(event.input) });
        return;
      case "tool-result":
        if (!isBeside(event, this.#stepped)) this.#closePart(emit);
        emit({ ...event, output: this.#json(event.output) });
        return;
      case "source":
        this.#closePart(emit);
        emit(this.#source(event));
        return;
      case "data":
        if (event.opaque !== undefined) {
          this.#closePart(emit);
          emit(event);
        } else emit({ ...event, value: this.#json(event.value) });
        return;
      case "usage":
      case "context":
        emit(event);
        return;
      case "retract":
        this.#part = undefined;
        this.#calls.clear();
        this.#changedBlocks.clear();
        emit(event);
        return;
      case "start":
      case "step-start":
      case "step-finish":
        this.end(emit);
        this.#stepped ||= event.type === "step-start";
        this.#changedBlocks.clear();
        emit(event);
        return;
      case "file":
      case "finish":
        this.#closePart(emit);
        emit(event);
        return;
      default:
        event satisfies never;
    }
  }

  end(emit: Emit): void {
    this.#closePart(emit);
    for (const callId of [...this.#calls.keys()]) this.#closeCall(callId, emit);
  }

  #pushDelta(event: TextDeltaEvent | ReasoningDeltaEvent, emit: Emit): void {
    if (this.#part !== undefined && !continues(this.#part.like, event)) this.#closePart(emit);
    this.#part ??= { like: event, filter: undefined, changed: false };
    const part = this.#part;
    part.like = event;
    part.filter ??= this.#make(undefined);
    const text = part.filter.push(event.text);
    if (event.opaque !== undefined) this.#sealPart(part, event, event.opaque, text, emit);
    else if (text === event.text) emit(event);
    else if (text !== "") emit({ ...event, text });
  }

  /** The provider's state ends the part that it came with. */
  #sealPart(
    part: OpenPart,
    event: TextDeltaEvent | ReasoningDeltaEvent,
    opaque: Opaque,
    before: string,
    emit: Emit,
  ): void {
    const text = before + this.#retireFilter(part);
    this.#part = undefined;
    if (event.type === "text-delta" || !part.changed || this.#changedOpaque === "keep") {
      emit({ ...event, text });
      return;
    }
    const { opaque: _, ...plain } = event;
    if (text !== "") emit({ ...plain, text });
    emit({
      type: "data",
      name: "guard",
      value: {
        guard: this.#guard,
        action: "opaque-dropped",
        dialect: opaque.dialect,
        reason: "the provider's state belongs to reasoning whose text was changed",
      },
    });
  }

  /** Says what the open part holds back, and goes on with it. */
  #settlePart(emit: Emit): void {
    const part = this.#part;
    if (part === undefined) return;
    const text = this.#retireFilter(part);
    if (text === "") return;
    const { opaque: _, ...plain } = part.like;
    emit({ ...plain, text });
  }

  #closePart(emit: Emit): void {
    this.#settlePart(emit);
    this.#part = undefined;
  }

  #retireFilter(part: OpenPart): string {
    const { filter, like } = part;
    if (filter === undefined) return "";
    const text = filter.end();
    part.filter = undefined;
    if (filter.changed) {
      part.changed = true;
      if (like.type === "text-delta") this.#changedBlocks.add(like.block);
    }
    return text;
  }

  #pushToolInput(event: ToolInputDeltaEvent, emit: Emit): void {
    let call = this.#calls.get(event.callId);
    if (call === undefined) {
      call = { like: event, filter: new JsonTextFilter(this.#make) };
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
    if (span !== undefined && !this.#changedBlocks.has(event.block)) filtered.span = span;
    return { ...event, source: filtered };
  }

  #json(value: JsonValue): JsonValue {
    return filterJson(value, (text, key) => this.#text(text, key));
  }

  /** Arguments that are not valid JSON, filtered as their deltas were. */
  #jsonText(value: JsonValue): JsonValue {
    return typeof value === "string" ? filterText(new JsonTextFilter(this.#make), value) : this.#json(value);
  }

  #text(text: string, key?: string): string {
    return filterText(this.#make(key), text);
  }
}

function continues(part: TextDeltaEvent | ReasoningDeltaEvent, event: TextDeltaEvent | ReasoningDeltaEvent): boolean {
  if (part.type !== event.type || part.block !== event.block) return false;
  return part.type === "reasoning-delta" || event.type === "reasoning-delta" || part.refusal === event.refusal;
}
