import { isJsonObject, type JsonObject, type JsonValue } from "../../base/json.js";
import type { Emit } from "../../stream/chat-event.js";
import { filledString } from "../filled-string.js";
import { ReportedCalls } from "../reported-calls.js";
import { StreamedCall } from "./open-call.js";

/** What a piece of a call says. */
interface Piece {
  index: number | undefined;
  id: string | undefined;
  name: string | undefined;
  delta: string;
  custom: boolean;
  extra: JsonValue | undefined;
}

/**
 * Puts tool calls together that arrive in pieces, several at once. Emits each when it is complete.
 *
 * Servers differ in how they say which call a piece belongs to: by an index, which may be 0 of all; by an id, which may be
 * missing, the same for all, or another for each piece; by its place in a list; or not at all. A call begins where a piece
 * names another tool, or where the arguments so far are complete and more come.
 */
export class ToolCalls {
  /** Makes the id of a call that has none. */
  readonly #newId: (place: number) => string;
  readonly #calls: StreamedCall[] = [];
  readonly #byIndex = new Map<number, StreamedCall>();
  readonly #byId = new Map<string, StreamedCall>();
  readonly #reported = new ReportedCalls();
  #last: StreamedCall | undefined;
  /** The calls of the last list that named several without an index, by their places in it. */
  readonly #byPlace: StreamedCall[] = [];
  /** The calls that the list which is being read has named. */
  readonly #listed = new Set<StreamedCall>();
  #any = false;

  constructor(newId: (place: number) => string) {
    this.#newId = newId;
  }

  /** Whether the model called any tool. */
  get any(): boolean {
    return this.#any || this.#calls.some((call) => call.isCall);
  }

  /** Takes `delta.tool_calls`. */
  pushAll(list: readonly JsonValue[], emit: Emit): void {
    const alone = list.length === 1;
    this.#listed.clear();
    for (const [place, wire] of list.entries()) if (isJsonObject(wire)) this.#push(wire, alone ? -1 : place, emit);
  }

  /** Takes the one function that could be called before there were tools. */
  push(wire: JsonObject, emit: Emit): void {
    this.#push(wire, -1, emit);
  }

  /** More arguments of a call; returns whether there is one to which they belong. */
  pushInput(index: number, delta: string, emit: Emit): boolean {
    const call = this.#byIndex.get(index);
    if (call === undefined) return false;
    this.#append(call, delta, emit);
    return true;
  }

  /** The answer says why it ended: calls whose arguments are whole are complete, and most often all are. */
  completeWhole(emit: Emit): void {
    for (const call of this.#calls) if (call.isReadable) this.#complete(call, false, emit);
  }

  /**
   * The answer is over: every call is complete.
   *
   * @param cut whether it was cut: then a last call without arguments is not one that has none.
   */
  finish(cut: boolean, emit: Emit): void {
    for (const call of this.#calls) this.#complete(call, cut && call === this.#last && !call.begun, emit);
  }

  /** @param place in a list of several, or -1. */
  #push(wire: JsonObject, place: number, emit: Emit): void {
    const piece = pieceOf(wire);
    const known = this.#known(piece, place);
    // Of one list each entry that names a tool is a call.
    const another = known === undefined || (piece.name !== undefined && this.#listed.has(known));
    const call = another ? this.#begin(piece, emit) : known;
    this.#listed.add(call);
    this.#last = call;
    if (place >= 0) this.#byPlace[place] = call;
    call.extra ??= piece.extra;
    if (piece.id !== undefined && call.givenId === undefined && !call.begun) this.#identify(call, piece.id);
    if (piece.name !== undefined) call.takeName(piece.name);
    this.#append(call, piece.delta, emit);
  }

  /** More arguments of a call. What follows their end is another call of the same tool. */
  #append(call: StreamedCall, delta: string, emit: Emit): void {
    const rest = call.push(delta, emit);
    if (rest.trim() === "") return;
    if (!/^\s*[{[]/.test(rest)) {
      // What a model says after its arguments is no call: the end of a fence, a closing tag.
      emit({ type: "data", name: "provider/tool_calls", value: { callId: call.callId, after: rest } });
      return;
    }
    this.#complete(call, false, emit);
    const { name, custom } = call;
    const id = call.givenId;
    const next = this.#begin({ index: undefined, id, name, delta: rest, custom, extra: undefined }, emit);
    for (const [index, there] of this.#byIndex) if (there === call) this.#byIndex.set(index, next);
    this.#last = next;
    this.#append(next, rest, emit);
  }

  #begin({ index, id, name = "", custom, extra }: Piece, emit: Emit): StreamedCall {
    const last = this.#last;
    // Another call begins: those before it whose arguments are whole need not wait for the end.
    if (last?.isWhole && !last.custom) this.#complete(last, false, emit);
    const taken = id !== undefined && this.#byId.has(id);
    const call = new StreamedCall({
      callId: id ?? this.#newId(this.#calls.length),
      name,
      custom,
      extra,
      silent: taken,
    });
    this.#calls.push(call);
    if (id !== undefined) this.#identify(call, id);
    if (index !== undefined) this.#byIndex.set(index, call);
    return call;
  }

  #identify(call: StreamedCall, id: string): void {
    call.givenId = id;
    call.callId = id;
    this.#byId.set(id, call);
  }

  #complete(call: StreamedCall, bare: boolean, emit: Emit): void {
    if (call.done) return;
    if (!call.isCall) return;
    const callId = this.#reported.admit(call.callId, call.name, call.text);
    call.done = true;
    if (callId === undefined) return;
    this.#any = true;
    call.complete(callId, bare, emit);
  }

  /** The call that a piece goes on with; `undefined` where it begins one. */
  #known(piece: Piece, place: number): StreamedCall | undefined {
    const { index, id, name, delta } = piece;
    const same = id === undefined ? undefined : this.#byId.get(id);
    const there = index !== undefined ? this.#byIndex.get(index) : undefined;
    if (index !== undefined) {
      if (there === undefined) return this.#atNewIndex(piece, same);
      if (id === undefined || there.givenId === undefined || id === there.givenId) {
        return begins(piece, there) ? undefined : there;
      }
      // Others give each piece an id of its own: only what names a tool, or comes to arguments that are whole, is another.
      return name === undefined && !(there.isWhole && delta === "") ? (same ?? there) : this.#unlessBegins(piece, same);
    }
    if (id !== undefined) {
      if (same !== undefined) return begins(piece, same) ? undefined : same;
      const last = this.#last;
      return name === undefined && !(last?.isWhole && delta === "") ? last : undefined;
    }
    const placed = name === undefined ? this.#byPlace[place] : undefined;
    if (placed !== undefined) return placed;
    const last = this.#last;
    if (last === undefined || name === undefined) return last;
    return name !== last.name || begins(piece, last) ? undefined : last;
  }

  /** What a piece goes on with whose index no call has. Arguments alone are those that the last call still waits for. */
  #atNewIndex({ id, name }: Piece, same: StreamedCall | undefined): StreamedCall | undefined {
    if (same !== undefined) return this.#indexOf(same) === undefined ? same : undefined;
    const last = this.#last;
    const waits = last !== undefined && last.name !== "" && !last.isWhole;
    return id === undefined && name === undefined && waits ? last : undefined;
  }

  #unlessBegins(piece: Piece, call: StreamedCall | undefined): StreamedCall | undefined {
    return call === undefined || begins(piece, call) ? undefined : call;
  }

  #indexOf(call: StreamedCall): number | undefined {
    for (const [index, there] of this.#byIndex) if (there === call) return index;
    return undefined;
  }
}

/** Whether a piece that could belong to a call begins another: it names another tool, or the arguments that came are whole. */
function begins({ id, name, delta }: Piece, call: StreamedCall): boolean {
  if (name === undefined || call.name === "") return false;
  // A name that comes in pieces, or is repeated with each piece.
  if (!call.begun) return id !== undefined && !name.startsWith(call.name);
  return name !== call.name || (call.isWhole && delta.trim() !== "");
}

/** A place, which a few services send as text. */
function indexOf(value: JsonValue | undefined): number | undefined {
  if (typeof value === "string" && /^\d{1,9}$/.test(value)) return Number(value);
  return typeof value === "number" ? value : undefined;
}

function pieceOf(wire: JsonObject): Piece {
  const custom = isJsonObject(wire.custom) ? wire.custom : undefined;
  // Some services leave the object around name and arguments out.
  const called = custom ?? (isJsonObject(wire.function) ? wire.function : wire);
  const input = custom === undefined ? (called.arguments ?? called.parameters) : custom.input;
  return {
    index: indexOf(wire.index),
    id: filledString(wire.id),
    name: filledString(called.name),
    // A few services send the arguments as an object, whole.
    delta: typeof input === "string" ? input : isJsonObject(input) ? JSON.stringify(input) : "",
    custom: custom !== undefined,
    extra: wire.extra_content ?? undefined,
  };
}
