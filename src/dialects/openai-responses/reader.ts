import type { Emit, FinishReason } from "../../stream/chat-event.js";
import { SluiceError } from "../../stream/error.js";
import type { Frame } from "../../stream/framing/frame.js";
import { isJsonObject, type JsonObject, type JsonValue } from "../../stream/json.js";
import { addUsage, type Usage } from "../../stream/usage.js";
import { readCarried } from "../carried.js";
import type { WireReader } from "../dialect.js";
import { EarlyEvents } from "../early-events.js";
import { filledString } from "../filled-string.js";
import { type Hole, LearnedShapes } from "../learned-shapes.js";
import { errorIn } from "../openai-error.js";
import { malformed, parseFrame } from "../parse-frame.js";
import { providerError } from "../provider-error.js";
import { readEnd } from "./end.js";
import { INPUTS, SILENT, TEXTS } from "./event-types.js";
import { callEvent, callOf, isCall, isPlainCall, otherItemEvents, resultEvents } from "./items.js";
import { isInvented, ownOpaque } from "./opaque.js";
import { OpenItem, type OpenPart, type PartKind } from "./open-item.js";
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
  readonly #items = new Map<number, OpenItem>();
  readonly #closed = new Set<number>();
  readonly #names = new Map<string, string>();
  /** The part that the last piece belonged to: most pieces follow one another. */
  #last: { at: number; kind: PartKind; index: number; part: OpenPart } | undefined;
  readonly #early = new EarlyEvents();
  #started = false;
  /** The last response that ended, and how many have. */
  #ended: Ended | undefined;
  #steps = 0;
  #spent: Usage = {};
  #blocks = 0;
  #said = { toolCalls: false, refusal: false };
  /** Whether reasoning came without its content: then the provider knows it, and what follows it, by their ids. */
  #keepIds = false;

  /** Whether the answer's end has come; only another call's answer could follow. */
  get complete(): boolean {
    return !this.#started && this.#ended !== undefined;
  }

  push(frame: Frame, emit: Emit): void {
    const { data } = frame;
    const known = this.#shapes.match(data, ({ part, itemAt }, values) => {
      const at = Number(values[itemAt]);
      const piece = values[1 - itemAt] ?? "";
      if (part === undefined) this.#open(at, data).input?.push(piece, emit);
      else this.#part(at, part.kind, part.index, data).push(piece, emit);
    });
    // Some services that speak this protocol end with the marker of the older one.
    if (!known && data !== "[DONE]") this.event(parseFrame(data), data, emit);
  }

  /** Takes an event that was parsed; `text` is what to show of it in an error. */
  event(event: JsonObject, text: string, emit: Emit): void {
    const type = typeof event.type === "string" ? event.type : "";
    switch (type) {
      case "error":
        throw errorIn(event) ?? providerError({ message: filledString(event.message), code: filledString(event.code) });
      case "response.created":
        this.#start(responseIn(event, text), emit);
        return;
      case "response.output_item.added":
        this.#openItem(event, text, emit);
        return;
      case "response.output_item.done":
        this.#closeItem(numberOf(event.output_index), itemIn(event, text), emit);
        return;
      case "response.output_text.annotation.added":
        this.#partOf(event, "text", "content_index", text).annotate(event.annotation, emit);
        return;
      case "response.content_part.done":
        this.#closePart(event, text, emit);
        return;
      case "response.completed":
      case "response.incomplete":
      case "response.failed":
      case "response.cancelled":
        this.#end(type, responseIn(event, text), emit);
        return;
      default:
        if (SILENT.includes(type)) return;
        if (!this.#piece(type, event, text, emit)) this.#progress(type, event, text, emit);
    }
  }

  end(emit: Emit): void {
    const ended = this.#ended;
    if (this.#started || ended === undefined) {
      const when = this.#started ? "without response.completed" : "before it began";
      throw new SluiceError("truncated", `the answer ended ${when}`, { retryable: true });
    }
    if (this.#steps > 1) this.#stepFinish(ended, emit);
    emit({ type: "finish", ...ended, usage: this.#steps > 1 ? this.#spent : ended.usage });
  }

  /** Takes a response that is over, streamed or whole: says what was not said yet. */
  #end(type: string, response: JsonObject, emit: Emit): void {
    const error = errorIn(response);
    if (error !== undefined) throw error;
    if (response.status === "failed") throw providerError({ message: "the response failed" });
    this.#start(response, emit);
    if (this.#closed.size === 0 && Array.isArray(response.output)) {
      for (const [at, item] of response.output.entries()) if (isJsonObject(item)) this.#closeItem(at, item, emit);
    }
    for (const [at, open] of this.#items) this.#closeItem(at, cutItem(open, at, response), emit);
    const usage = isJsonObject(response.usage) ? readUsage(response.usage) : {};
    if (isJsonObject(response.usage)) emit({ type: "usage", usage });
    const status = filledString(response.status) ?? type.slice("response.".length);
    this.#ended = { ...readEnd(status, response, this.#said), usage };
    this.#steps++;
    this.#started = false;
    this.#closed.clear();
    this.#last = undefined;
    this.#said = { toolCalls: false, refusal: false };
    this.#keepIds = false;
  }

  #stepFinish({ reason, usage }: Ended, emit: Emit): void {
    this.#spent = addUsage(this.#spent, usage);
    emit({ type: "step-finish", step: this.#steps - 1, reason, usage });
  }

  #start(response: JsonObject, emit: Emit): void {
    if (this.#started) return;
    this.#started = true;
    const model = filledString(response.model) ?? "";
    if (this.#ended === undefined) {
      emit({ type: "start", id: filledString(response.id) ?? crypto.randomUUID(), model });
      this.#early.release(emit);
    } else {
      this.#stepFinish(this.#ended, emit);
      emit({ type: "step-start", step: this.#steps, model });
    }
  }

  /** A piece of a text or of arguments, or the whole of it at its end. */
  #piece(type: string, event: JsonObject, frame: string, emit: Emit): boolean {
    const cut = type.lastIndexOf(".");
    const [subject, phase] = [type.slice(0, cut), type.slice(cut + 1)];
    const text = TEXTS.get(subject);
    if (text !== undefined) {
      const part = this.#partOf(event, text.kind, text.place, frame);
      if (phase === "delta") {
        part.push(filledString(event.delta) ?? "", emit);
        const place = numberOf(event[text.place]);
        if (!this.#logprobs(event, emit)) this.#learn(event, frame, { kind: text.kind, index: place });
      } else if (phase === "done") part.complete(event.text ?? event.refusal, emit);
      return true;
    }
    if (!INPUTS.includes(subject)) return false;
    const { input } = this.#open(numberOf(event.output_index), frame);
    if (phase === "added") {
      input?.pushCommand(emit);
      input?.push(filledString(event.command) ?? "", emit);
    } else if (phase === "delta") {
      input?.push(filledString(event.delta) ?? "", emit);
      this.#learn(event, frame, undefined);
    }
    return true;
  }

  #logprobs({ logprobs }: JsonObject, emit: Emit): boolean {
    if (!Array.isArray(logprobs) || logprobs.length === 0) return false;
    emit({ type: "data", name: "logprobs", value: logprobs });
    return true;
  }

  /** What a tool that the provider runs is doing, and events that this version does not know. */
  #progress(type: string, event: JsonObject, text: string, emit: Emit): void {
    const open = this.#items.get(numberOf(event.output_index));
    if (type === "response.shell_call_output_content.delta" && open !== undefined) {
      const { call_id: callId } = open.item;
      const name = this.#names.get(String(callId)) ?? "shell";
      const output = event.delta ?? null;
      emit({ type: "tool-result", callId: String(callId), name, output, preliminary: true, providerExecuted: true });
      return;
    }
    if (type === "response.image_generation_call.partial_image" && open?.call !== undefined) {
      const { type: _, sequence_number: __, item_id: ___, output_index: ____, ...output } = event;
      emit({ type: "tool-result", ...open.call, output, preliminary: true });
      return;
    }
    // Gateways break off with an error that is no event.
    if (type === "") throw errorIn(event) ?? malformed(text, "not an event of a response");
    const { type: _, sequence_number: __, ...value } = event;
    this.#early.push({ type: "data", name: type.replace(/^response\.(?=.)/, ""), value }, emit);
  }

  #openItem(event: JsonObject, text: string, emit: Emit): void {
    const item = itemIn(event, text);
    this.#start({}, emit);
    const at = numberOf(event.output_index);
    this.#leaveItem(at, emit);
    const open = new OpenItem(item);
    this.#items.set(at, open);
    if (open.call !== undefined) this.#names.set(open.call.callId, open.call.name);
    if (item.type === "message") this.#openMessage(item, emit);
  }

  /** Another item begins at the place of one: servers that leave the index out say 0 of all of them. */
  #leaveItem(at: number, emit: Emit): void {
    const open = this.#items.get(at);
    if (open !== undefined) this.#closeItem(at, cutItem(open, at, {}), emit);
    this.#closed.delete(at);
    this.#last = undefined;
  }

  /** What has to come back with a message stands before its text, where a server that passes it on needs it. */
  #openMessage({ id, phase }: JsonObject, emit: Emit): void {
    const named = this.#keepIds && typeof id === "string" && !isInvented(id);
    if (!named && typeof phase !== "string") return;
    const data = { type: "message", ...(named && { id }), ...(typeof phase === "string" && { phase }) };
    emit({ type: "text-delta", text: "", block: this.#blocks++, opaque: ownOpaque(data) });
  }

  #closePart(event: JsonObject, text: string, emit: Emit): void {
    const { part } = event;
    if (!isJsonObject(part)) return;
    const kind = part.type === "refusal" ? "refusal" : part.type === "reasoning_text" ? "thought" : "text";
    this.#complete(this.#partOf(event, kind, "content_index", text), part, emit);
  }

  #complete(open: OpenPart, part: JsonObject, emit: Emit): void {
    open.complete(part.text ?? part.refusal, emit);
    open.completeAnnotations(part.annotations, emit);
  }

  /** An item is whole: says what its pieces did not. */
  #closeItem(at: number, item: JsonObject, emit: Emit): void {
    if (this.#closed.has(at)) return;
    this.#start({}, emit);
    this.#closed.add(at);
    const known = this.#items.get(at);
    const open = known ?? new OpenItem(item);
    this.#items.delete(at);
    if (item.type === "message") {
      if (known === undefined) this.#openMessage(item, emit);
      this.#closeMessage(open, item, emit);
    } else if (item.type === "reasoning") this.#closeReasoning(open, item, emit);
    else if (isCall(item)) this.#closeCall(open, item, emit);
    else for (const event of otherItemEvents(item, this.#names)) emit(event);
    if (item.type === "mcp_approval_request") this.#said.toolCalls = true;
  }

  #closeMessage(open: OpenItem, item: JsonObject, emit: Emit): void {
    const content = Array.isArray(item.content) ? item.content.filter(isJsonObject) : [];
    for (const [index, part] of content.entries()) {
      if (typeof (part.text ?? part.refusal) !== "string") {
        emit({ type: "data", name: filledString(part.type) ?? "content_part", value: part });
        continue;
      }
      const kind = part.type === "refusal" ? "refusal" : "text";
      if (kind === "refusal") this.#said.refusal = true;
      this.#complete(open.part(kind, index, this.#nextBlock), part, emit);
      this.#logprobs(open.item === item ? part : {}, emit);
    }
  }

  #closeReasoning(open: OpenItem, item: JsonObject, emit: Emit): void {
    const texts: [PartKind, JsonValue | undefined][] = [
      ["summary", item.summary],
      ["thought", item.content],
    ];
    for (const [kind, list] of texts) {
      for (const [index, part] of (Array.isArray(list) ? list.filter(isJsonObject) : []).entries()) {
        open.part(kind, index, this.#nextBlock).complete(part.text, emit);
      }
    }
    const carried = typeof item.encrypted_content === "string" ? readCarried(item.encrypted_content) : undefined;
    const last = Math.max(0, this.#blocks - 1);
    if (carried?.kind === "reasoning") {
      emit({ type: "reasoning-delta", text: "", block: last, opaque: carried.opaque });
    } else if (carried?.kind === "text") {
      emit({ type: "text-delta", text: "", block: last, opaque: carried.opaque });
    } else if (carried?.kind === "data") {
      emit({ type: "data", name: carried.name, value: carried.value, opaque: carried.opaque });
    } else if (carried === undefined && !isInvented(item.id)) {
      const sealed = typeof item.encrypted_content === "string" || Array.isArray(item.content);
      if (!sealed) this.#keepIds = true;
      const block = open.item === item && texts.every(([, list]) => !isFilled(list)) ? this.#blocks++ : last;
      emit({ type: "reasoning-delta", text: "", block, opaque: ownOpaque(item) });
    }
  }

  #closeCall(open: OpenItem, item: JsonObject, emit: Emit): void {
    // A call's own id may change until it is complete; once arguments came under it, it stays.
    const call = item.type === "function_call" && open.call !== undefined ? open.call : callOf(item);
    this.#names.set(call.callId, call.name);
    open.input?.end(item, emit);
    const image = item.type === "image_generation_call" && isInvented(item.id);
    if (image) {
      for (const event of resultEvents(call, item)) if (event.type === "file") emit(event);
      return;
    }
    emit(callEvent(call, item, this.#keepIds && !isInvented(item.id)));
    if (call.providerExecuted) for (const event of resultEvents(call, item)) emit(event);
    else this.#said.toolCalls = true;
  }

  readonly #nextBlock = (): number => this.#blocks++;

  #partOf(event: JsonObject, kind: PartKind, place: string, text: string): OpenPart {
    if (kind === "refusal") this.#said.refusal = true;
    return this.#part(numberOf(event.output_index), kind, numberOf(event[place]), text);
  }

  #part(at: number, kind: PartKind, index: number, text: string): OpenPart {
    const last = this.#last;
    if (last !== undefined && last.at === at && last.kind === kind && last.index === index) return last.part;
    const part = this.#open(at, text).part(kind, index, this.#nextBlock);
    this.#last = { at, kind, index, part };
    return part;
  }

  #open(at: number, text: string): OpenItem {
    const open = this.#items.get(at);
    if (open === undefined) throw malformed(text, "part of an item that did not begin");
    return open;
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

/** An item whose end did not come: as the response has it, or as far as it was told. */
function cutItem({ item, input }: OpenItem, at: number, { output }: JsonObject): JsonObject {
  const said = Array.isArray(output) ? output[at] : undefined;
  if (isJsonObject(said) && said.type === item.type) return said;
  return isPlainCall(item) ? { ...item, arguments: input?.text ?? "", status: "incomplete" } : item;
}

function isFilled(list: JsonValue | undefined): boolean {
  return Array.isArray(list) && list.length > 0;
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
