import { isJsonObject, type JsonObject, type JsonValue } from "../../base/json.js";
import { uuid } from "../../base/uuid.js";
import type { Emit, FinishReason } from "../../stream/chat-event.js";
import { providerData } from "../../stream/data-name.js";
import { SluiceError } from "../../stream/error.js";
import type { Frame } from "../../stream/framing/frame.js";
import { addUsage, type Usage } from "../../stream/usage.js";
import type { WireReader } from "../dialect.js";
import { EarlyEvents } from "../early-events.js";
import { ExtraFacts } from "../extra-facts.js";
import { filledString } from "../filled-string.js";
import { LearnedShapes } from "../learned-shapes.js";
import type { Hole } from "../locate-values.js";
import { errorIn } from "../openai-error.js";
import { isDone, malformed, parseEvent } from "../parse-frame.js";
import { providerError } from "../provider-error.js";
import { StrayFrames } from "../stray-frames.js";
import { otherProtocol } from "../wire-marks.js";
import { type ResponseContent, readEnd } from "./end.js";
import { INPUTS, SILENT, TEXTS } from "./event-types.js";
import { ItemPlaces } from "./item-places.js";
import { emitLogprobs, ItemReader } from "./item-reader.js";
import { END_FIELDS, RESPONSE_FIELDS } from "./known-fields.js";
import type { OpenPart, PartKind } from "./open-item.js";
import { readUsage } from "./usage.js";

/** What a frame of a learned shape means: a piece of a text, or of a call's arguments, of the item at an index. */
interface Meaning {
  /** The part's kind and place in its item; `undefined` for arguments. */
  part: { kind: PartKind; index: number } | undefined;
  /** Where among the captured values the item's index stands. */
  itemAt: 0 | 1;
}

/** Values that differ from frame to frame and mean nothing. */
const MEANINGLESS: readonly Hole[] = [
  { path: ["sequence_number"], kind: "number", capture: false },
  { path: ["item_id"], kind: "string", capture: false },
  { path: ["obfuscation"], kind: "string", capture: false },
];

/** How a response ended. */
interface Ended {
  reason: FinishReason;
  rawReason?: string;
  usage: Usage;
}

/**
 * Reads a streamed response, as https://platform.openai.com/docs/api-reference/responses-streaming describes it.
 *
 * The answer is complete with `response.completed` or `response.incomplete`. What only a `done` event or the response at
 * the end says, because nothing was streamed, is taken from there. A response after that, as in recordings of several
 * calls, is another step.
 */
export class ResponsesReader implements WireReader {
  readonly #shapes = new LearnedShapes<Meaning>();
  #items = new ItemReader();
  readonly #places = new ItemPlaces();
  readonly #early = new EarlyEvents();
  readonly #facts = new ExtraFacts();
  readonly #strays = new StrayFrames("openai-responses");
  /** Responses that are over: one that comes again says nothing new. */
  readonly #over = new Set<string>();
  #id = "";
  #model = "";
  #started = false;
  /** Whether an end marker came, and no end. */
  #marked = false;
  /** The last response that ended, and how many have. */
  #ended: Ended | undefined;
  #steps = 0;
  #spent: Usage = {};

  /** Whether the answer's end has come; only another call's answer could follow. */
  get complete(): boolean {
    return this.#marked || (!this.#started && this.#ended !== undefined);
  }

  push(frame: Frame, emit: Emit): void {
    const { data } = frame;
    const known =
      !this.complete &&
      !this.#places.ambiguous &&
      this.#shapes.match(data, ({ part, itemAt }, values) => {
        const at = Number(values[itemAt]);
        const piece = values[1 - itemAt] ?? "";
        if (part === undefined) this.#items.at(at)?.input?.push(piece, emit);
        else this.#items.knownPart(at, part.kind, part.index, data).push(piece, emit);
      });
    if (known) return;
    // Some services that speak this protocol end with the marker of the older one, a few with nothing else.
    if (isDone(data)) this.#marked = this.#started;
    else this.event(parseEvent(frame), frame, emit);
  }

  /** Takes an event that was parsed; `frame` is what to show of it in an error. */
  event(event: JsonObject, frame: Frame, emit: Emit): void {
    const type = typeof event.type === "string" ? event.type : "";
    const text = frame.data;
    if (this.#isOver(type, event)) return;
    switch (type) {
      case "error":
        throw errorIn(event) ?? providerError({ message: filledString(event.message), code: filledString(event.code) });
      case "response.created":
        this.#start(responseIn(event, text), emit);
        return;
      case "response.output_item.added":
        this.#start({}, emit);
        this.#items.open(this.#places.begin(event), itemIn(event, text), emit);
        return;
      case "response.output_item.done":
        this.#start({}, emit);
        this.#items.close(this.#places.end(event), itemIn(event, text), emit);
        return;
      case "response.output_text.annotation.added":
        this.#start({}, emit);
        this.#partOf(event, "text", "content_index")?.annotate(event.annotation, emit);
        return;
      case "response.content_part.done":
        this.#closePart(event, emit);
        return;
      case "response.completed":
      // Some gateways have the word of the Realtime protocol.
      case "response.done":
      case "response.incomplete":
      case "response.failed":
      case "response.cancelled":
      case "response.canceled":
        this.#end(type, event, responseIn(event, text), emit);
        return;
      default:
        if (SILENT.includes(type)) return;
        if (!this.#piece(type, event, text, emit)) this.#progress(type, event, frame, emit);
    }
  }

  end(emit: Emit): void {
    if (this.#marked && this.#started && this.#strays.error === undefined) {
      this.#end("", {}, {}, emit);
    }
    const ended = this.#ended;
    if (this.#started || ended === undefined) {
      const when = this.#started ? "without response.completed" : "before it began";
      if (this.#strays.error !== undefined) throw this.#strays.error;
      throw new SluiceError("truncated", `the answer ended ${when}`, { retryable: true });
    }
    if (this.#steps > 1) this.#stepFinish(ended, emit);
    emit({ type: "finish", ...ended, usage: this.#steps > 1 ? this.#spent : ended.usage });
  }

  /** Whether an event belongs to a response that is over: after its end only the start of another, or another's end, counts. */
  #isOver(type: string, { response }: JsonObject): boolean {
    if (this.#started || this.#ended === undefined) return false;
    const id = isJsonObject(response) ? filledString(response.id) : undefined;
    const begins = type === "response.created" || ENDS.includes(type);
    return !begins || id === undefined || this.#over.has(id);
  }

  /** Takes a response that is over, streamed or whole: emits what is missing. */
  #end(type: string, event: JsonObject, response: JsonObject, emit: Emit): void {
    const usage = isJsonObject(response.usage) ? readUsage(response.usage) : undefined;
    const status =
      filledString(response.status) ?? (type === "response.done" ? "completed" : type.slice("response.".length));
    const error = errorIn(response) ?? failureOf(status);
    if (error !== undefined) {
      // What the tokens cost that came before it.
      if (usage !== undefined && this.#started) emit({ type: "usage", usage });
      throw error;
    }
    this.#start(response, emit);
    let content = this.#items.finish(response, emit);
    if (this.#items.contradicted && Array.isArray(response.output)) content = this.#emitAnew(response, emit);
    this.#over.add(filledString(response.id) ?? this.#id);
    this.#places.clear();
    this.#facts.push(response, RESPONSE_FIELDS, emit);
    this.#facts.push(event, END_FIELDS, emit);
    this.#facts.release(emit);
    if (usage !== undefined) emit({ type: "usage", usage });
    this.#ended = { ...readEnd(status, response, content), usage: usage ?? {} };
    this.#steps++;
    this.#started = false;
  }

  /** What was streamed is not the beginning of the server's final text: the final text is right, and the streamed void. */
  #emitAnew(response: JsonObject, emit: Emit): ResponseContent {
    emit({ type: "retract", reason: "the provider's whole answer is not what it had streamed" });
    if (this.#ended === undefined) emit({ type: "start", id: this.#id, model: this.#model });
    else emit({ type: "step-start", step: this.#steps, model: this.#model });
    this.#items = new ItemReader();
    return this.#items.finish(response, emit);
  }

  #stepFinish({ reason, usage }: Ended, emit: Emit): void {
    this.#spent = addUsage(this.#spent, usage);
    emit({ type: "step-finish", step: this.#steps - 1, reason, usage });
  }

  #start(response: JsonObject, emit: Emit): void {
    if (this.#started) return;
    this.#started = true;
    this.#items.declare(response);
    const model = filledString(response.model) ?? "";
    this.#id = filledString(response.id) ?? uuid();
    this.#model = model;
    if (this.#ended === undefined) {
      emit({ type: "start", id: this.#id, model });
      this.#early.release(emit);
      this.#strays.release(emit);
    } else {
      this.#stepFinish(this.#ended, emit);
      emit({ type: "step-start", step: this.#steps, model });
    }
  }

  /** A piece of a text or of arguments, or the whole of it at its end. */
  #piece(type: string, event: JsonObject, frame: string, emit: Emit): boolean {
    const cut = type.lastIndexOf(".");
    const [subject, phase] = [type.slice(0, cut), type.slice(cut + 1)];
    const text = phase === "delta" || phase === "done" ? TEXTS.get(subject) : undefined;
    if (text !== undefined) {
      this.#start({}, emit);
      const part = this.#partOf(event, text.kind, text.place);
      if (phase === "done") part?.complete(event.text ?? event.refusal, emit);
      else if (part === undefined) throw malformed(frame, "a piece of an item that was complete");
      else {
        part.push(filledString(event.delta) ?? "", emit);
        const place = numberOf(event[text.place]);
        if (!emitLogprobs(event, emit)) this.#learn(event, frame, { kind: text.kind, index: place });
      }
      return true;
    }
    if (!INPUTS.includes(subject)) return false;
    // Where the item was not announced, its end has everything.
    const input = this.#items.at(this.#places.of(event))?.input;
    if (phase === "added") {
      input?.pushCommand(emit);
      input?.push(filledString(event.command) ?? "", emit);
    } else if (phase === "delta") {
      input?.push(filledString(event.delta) ?? "", emit);
      this.#learn(event, frame, undefined);
    }
    return true;
  }

  /** What a tool that the provider runs is doing, and events that this version does not know. */
  #progress(type: string, event: JsonObject, frame: Frame, emit: Emit): void {
    const open = this.#items.at(this.#places.of(event));
    if (type === "response.shell_call_output_content.delta" && open !== undefined) {
      const callId = String(open.item.call_id);
      const name = this.#items.nameOf(callId) ?? "shell";
      const output = event.delta ?? null;
      emit({ type: "tool-result", callId, name, output, preliminary: true, providerExecuted: true });
      return;
    }
    if (type === "response.image_generation_call.partial_image" && open?.call !== undefined) {
      const { type: _, sequence_number: __, item_id: ___, output_index: ____, ...output } = event;
      emit({ type: "tool-result", ...open.call, output, preliminary: true });
      return;
    }
    if (type === "" || otherProtocol(event, "openai-responses") !== undefined) {
      if (isResponse(event)) this.#end("response.completed", {}, event, emit);
      else this.#strays.push(event, frame, emit);
      return;
    }
    const { type: _, sequence_number: __, ...value } = event;
    this.#early.push({ type: "data", name: providerData(type.replace(/^response\.(?=.)/, "")), value }, emit);
  }

  #closePart(event: JsonObject, emit: Emit): void {
    const { part } = event;
    if (!isJsonObject(part)) return;
    const kind = part.type === "refusal" ? "refusal" : part.type === "reasoning_text" ? "thought" : "text";
    this.#start({}, emit);
    this.#partOf(event, kind, "content_index")?.completeWith(part, emit);
  }

  #partOf(event: JsonObject, kind: PartKind, place: string): OpenPart | undefined {
    return this.#items.part(this.#places.of(event), kind, numberOf(event[place]));
  }

  #learn(event: JsonObject, frame: string, part: Meaning["part"]): void {
    if (typeof event.output_index !== "number" || typeof event.delta !== "string") return;
    const itemAt = frame.indexOf('"output_index"') < frame.indexOf('"delta"') ? 0 : 1;
    const holes: Hole[] = [
      { path: ["output_index"], kind: "number", capture: true },
      { path: ["delta"], kind: "string", capture: true },
      ...MEANINGLESS,
    ];
    this.#shapes.learn(frame, holes, { part, itemAt });
  }
}

/** Events that end a response. */
const ENDS = ["completed", "done", "incomplete", "failed", "cancelled", "canceled"].map((word) => `response.${word}`);

/** Whether an object is a whole response, as one that was not streamed. */
function isResponse({ object, output }: JsonObject): boolean {
  return object === "response" && Array.isArray(output);
}

function failureOf(status: string): SluiceError | undefined {
  if (status === "failed") return providerError({ message: "the response failed" });
  if (!/^cancell?ed$/.test(status)) return undefined;
  return new SluiceError("cancelled", "the response was cancelled at the provider");
}

function responseIn(event: JsonObject, text: string): JsonObject {
  if (!isJsonObject(event.response)) throw malformed(text, "an event of a response without the response");
  return event.response;
}

function itemIn(event: JsonObject, text: string): JsonObject {
  if (!isJsonObject(event.item)) throw malformed(text, "an item's event without the item");
  return event.item;
}

function numberOf(value: JsonValue | undefined): number {
  return typeof value === "number" ? value : 0;
}
