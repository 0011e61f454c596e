import { isJsonObject, type JsonObject, type JsonValue } from "../../base/json.js";
import type { Emit } from "../../stream/chat-event.js";
import { providerData } from "../../stream/data-name.js";
import { CarriedStates, readCarried } from "../carried.js";
import { filledString } from "../filled-string.js";
import { malformed } from "../parse-frame.js";
import { ReportedCalls } from "../reported-calls.js";
import { declaredCustomTools } from "./custom-tools.js";
import type { ResponseContent } from "./end.js";
import {
  answeredEvents,
  callEvent,
  callOf,
  isCall,
  isPlainCall,
  isSealed,
  otherItemEvents,
  resultEvents,
} from "./items.js";
import { isInvented, ownData, ownOpaque } from "./opaque.js";
import { OpenItem, type OpenPart, type PartKind } from "./open-item.js";

/** Reads the items of a response, several open at once, by their places in its output. */
export class ItemReader {
  readonly #items = new Map<number, OpenItem>();
  readonly #closed = new Set<number>();
  /** Places of items that the server did not say begin: pieces of them came. */
  readonly #untold = new Set<number>();
  readonly #names = new Map<string, string>();
  #customTools: ReadonlySet<string> | undefined;
  /** The part that the last piece belonged to: most pieces follow one another. */
  #last: { at: number; kind: PartKind; index: number; part: OpenPart } | undefined;
  #blocks = 0;
  #emitted: ResponseContent = { toolCalls: false, refusal: false };
  readonly #reported = new ReportedCalls();
  /** State of calls and results that stood before them. */
  readonly #carried = new CarriedStates();
  /** The block of the text that began last. */
  #lastText: number | undefined;
  /** Whether the server's final text contradicts what it had streamed. */
  #contradicted = false;
  /** Whether reasoning came without its content: then the provider knows it, and what follows it, by their ids. */
  #keepIds = false;

  /** A response begins, or ends: it says which tools there were. */
  declare({ tools }: JsonObject): void {
    this.#customTools = declaredCustomTools(tools) ?? this.#customTools;
  }

  /** Whether a text that came whole is longer than its pieces, and another: then the whole is right. */
  get contradicted(): boolean {
    return this.#contradicted;
  }

  /** The item that is open at a place. */
  at(at: number): OpenItem | undefined {
    return this.#items.get(at);
  }

  /** The name of a tool that was called. */
  nameOf(callId: string): string | undefined {
    return this.#names.get(callId);
  }

  /**
   * The part of an item that a piece belongs to; begins it where it is new, and the item where the server did not say that
   * it begins. `undefined` where the item is complete.
   */
  part(at: number, kind: PartKind, index: number): OpenPart | undefined {
    const last = this.#last;
    if (last !== undefined && last.at === at && last.kind === kind && last.index === index) return last.part;
    if (this.#closed.has(at) && !this.#items.has(at)) return undefined;
    if (kind === "refusal") this.#emitted.refusal = true;
    const part = this.#openAt(at, kind).part(kind, index, this.#nextBlock);
    this.#last = { at, kind, index, part };
    return part;
  }

  /** The same for pieces that are not the first. */
  knownPart(at: number, kind: PartKind, index: number, frame: string): OpenPart {
    const part = this.part(at, kind, index);
    if (part === undefined) throw malformed(frame, "a piece of an item that was complete");
    return part;
  }

  /** The item at a place that has texts of a kind, or the first after it that does, or that was not announced. */
  #openAt(at: number, kind: PartKind): OpenItem {
    const type = kind === "text" || kind === "refusal" ? "message" : "reasoning";
    const known = this.#items.get(at);
    if (known?.item.type === type || (known !== undefined && !this.#untold.has(at))) return known;
    if (known !== undefined) return this.#openAt(at + 1, kind);
    const open = this.#begin({ type });
    this.#items.set(at, open);
    this.#untold.add(at);
    return open;
  }

  open(at: number, item: JsonObject, emit: Emit): void {
    const known = this.#items.get(at)?.item;
    // It is announced twice.
    if (known?.type === item.type && known?.id === item.id && filledString(item.id) !== undefined) return;
    this.#leave(at, emit);
    const open = this.#begin(item);
    this.#items.set(at, open);
    if (open.call !== undefined) this.#names.set(open.call.callId, open.call.name);
    if (item.type === "message") this.#openMessage(item, emit);
  }

  /** An item is complete: emits what its pieces did not have. */
  close(place: number, item: JsonObject, emit: Emit): void {
    if (this.#closed.has(place)) return;
    this.#closed.add(place);
    const at = this.#untoldPlace(item) ?? place;
    this.#untold.delete(at);
    this.#closed.add(at);
    const known = this.#items.get(at);
    const open = known ?? this.#begin(item);
    this.#items.delete(at);
    if (known?.call !== undefined && known.item.type !== item.type) {
      for (const event of answeredEvents(known.call, cutItem(known, at, {}), item)) emit(event);
      return;
    }
    if (item.type === "message") {
      if (known === undefined) this.#openMessage(item, emit);
      this.#closeMessage(open, item, emit);
    } else if (item.type === "reasoning") this.#closeReasoning(open, item, emit);
    else if (isCall(item)) this.#closeCall(open, item, emit);
    else for (const event of otherItemEvents(item, this.#names)) emit(event);
    if (open.contradicted) this.#contradicted = true;
    if (item.type === "mcp_approval_request") this.#emitted.toolCalls = true;
  }

  /** The response is over: emits what is missing of its items, and returns what all of them came to. */
  finish(response: JsonObject, emit: Emit): ResponseContent {
    this.declare(response);
    if (this.#closed.size === 0 && Array.isArray(response.output)) {
      for (const [at, item] of response.output.entries()) if (isJsonObject(item)) this.close(at, item, emit);
    }
    for (const [at, open] of this.#items) this.close(at, cutItem(open, at, response), emit);
    const whole = this.#emitted;
    this.#closed.clear();
    this.#untold.clear();
    this.#last = undefined;
    this.#emitted = { toolCalls: false, refusal: false };
    this.#keepIds = false;
    return whole;
  }

  /** Where an item stands of which only pieces came: the first of its type. */
  #untoldPlace({ type }: JsonObject): number | undefined {
    for (const at of this.#untold) if (this.#items.get(at)?.item.type === type) return at;
    return undefined;
  }

  /** A function call whose name comes with its end is emitted then, with all of its arguments. */
  #begin(item: JsonObject): OpenItem {
    const isNamed = item.type !== "function_call" || filledString(item.name) !== undefined;
    return new OpenItem(item, isCall(item) && isNamed ? callOf(item, this.#customTools) : undefined);
  }

  /** Another item begins at the place of one: servers that leave the index out say 0 of all of them. */
  #leave(at: number, emit: Emit): void {
    const open = this.#items.get(at);
    if (open !== undefined) this.close(at, cutItem(open, at, {}), emit);
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

  #closeMessage(open: OpenItem, item: JsonObject, emit: Emit): void {
    const content = Array.isArray(item.content) ? item.content.filter(isJsonObject) : [];
    for (const [index, part] of content.entries()) {
      if (typeof (part.text ?? part.refusal) !== "string") {
        emit({ type: "data", name: providerData(filledString(part.type) ?? "content_part"), value: part });
        continue;
      }
      const kind = part.type === "refusal" ? "refusal" : "text";
      if (kind === "refusal") this.#emitted.refusal = true;
      const whole = open.wholePart(kind, index, content.length, this.#nextBlock);
      this.#lastText = whole.block;
      whole.completeWith(part, emit);
      if (open.item === item) emitLogprobs(part, emit);
    }
  }

  #closeReasoning(open: OpenItem, item: JsonObject, emit: Emit): void {
    const texts: [PartKind, JsonValue | undefined][] = [
      ["summary", item.summary],
      ["thought", item.content],
    ];
    for (const [kind, list] of texts) {
      const parts = Array.isArray(list) ? list.filter(isJsonObject) : [];
      for (const [index, part] of parts.entries()) {
        open.wholePart(kind, index, parts.length, this.#nextBlock).complete(part.text, emit);
      }
    }
    const carried = typeof item.encrypted_content === "string" ? readCarried(item.encrypted_content) : undefined;
    if (carried?.kind === "reasoning") {
      const own = ownData(carried.opaque);
      if (own !== undefined && !isSealed(own)) this.#keepIds = true;
      emit({ type: "reasoning-delta", text: "", block: open.lastBlock ?? this.#blocks++, opaque: carried.opaque });
    } else if (carried?.kind === "text") {
      const before = carried.alone ? undefined : this.#lastText;
      emit({ type: "text-delta", text: "", block: before ?? this.#blocks++, opaque: carried.opaque });
    } else if (carried?.kind === "tool-call" || carried?.kind === "tool-result") {
      this.#carried.push(carried);
    } else if (carried?.kind === "data") {
      emit({ type: "data", name: carried.name, value: carried.value, opaque: carried.opaque });
    } else if (carried === undefined && !isInvented(item.id) && (item.id !== undefined || isSealed(item))) {
      if (!isSealed(item)) this.#keepIds = true;
      emit({ type: "reasoning-delta", text: "", block: open.lastBlock ?? this.#blocks++, opaque: ownOpaque(item) });
    }
  }

  #closeCall(open: OpenItem, item: JsonObject, emit: Emit): void {
    // A call's own id may change until it is complete; once arguments came under it, it stays.
    const call = isPlainCall(item) && open.call !== undefined ? open.call : callOf(item, this.#customTools);
    this.#names.set(call.callId, call.name);
    open.input?.end(item, emit);
    const image = item.type === "image_generation_call" && isInvented(item.id);
    if (image) {
      for (const event of resultEvents(call, item)) if (event.type === "file") emit(event);
      return;
    }
    const event = callEvent(call, item, this.#keepIds && !isInvented(item.id));
    const callId = this.#reported.admit(call.callId, call.name, JSON.stringify(event.input));
    if (callId === undefined) return;
    emit(this.#carried.on({ ...event, callId }));
    if (call.providerExecuted) for (const result of resultEvents(call, item)) emit(this.#carried.on(result));
    else this.#emitted.toolCalls = true;
  }

  readonly #nextBlock = (): number => this.#blocks++;
}

/** Emits the probabilities of a piece or a part of a text. @returns whether there were any. */
export function emitLogprobs({ logprobs }: JsonObject, emit: Emit): boolean {
  if (!Array.isArray(logprobs) || logprobs.length === 0) return false;
  emit({ type: "data", name: "provider/logprobs", value: logprobs });
  return true;
}

/** An item whose end did not come: as the response has it, or as far as it was streamed. */
function cutItem({ item, input }: OpenItem, at: number, { output }: JsonObject): JsonObject {
  const whole = Array.isArray(output) ? output[at] : undefined;
  if (isJsonObject(whole) && whole.type === item.type) return whole;
  if (!isPlainCall(item)) return item;
  // A call may begin with all of its arguments.
  return { ...item, arguments: input?.text || (item.arguments ?? ""), status: "incomplete" };
}
