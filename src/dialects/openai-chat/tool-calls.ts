import { isJsonObject, type JsonObject, type JsonValue } from "../../base/json.js";
import { TextBuffer } from "../../base/text-buffer.js";
import type { Emit } from "../../stream/chat-event.js";
import { filledString } from "../filled-string.js";
import { malformed } from "../parse-frame.js";
import { parseToolInput, type ToolInput } from "../tool-input.js";
import { ownOpaque } from "./opaque.js";

const NEVER_BEGAN = "a piece of a tool call that never began";
const COMPLETE = "more of a tool call that was complete";

interface OpenCall {
  callId: string;
  name: string;
  /** As it came: JSON, or the plain text that a custom tool takes. */
  input: TextBuffer;
  custom: boolean;
  /** What must come back with the call: Gemini's thought signature, where Google speaks this protocol. */
  extra: JsonValue | undefined;
  /** Whether any of the input came. */
  begun: boolean;
  done: boolean;
}

interface Piece {
  index: JsonValue | undefined;
  id: string | undefined;
  name: string | undefined;
  delta: string;
  custom: boolean;
  extra: JsonValue | undefined;
}

/** Puts tool calls together that arrive in pieces, several at once. Emits each when it is complete. */
export class ToolCalls {
  readonly #calls: OpenCall[] = [];
  readonly #byIndex = new Map<number, OpenCall>();
  readonly #byId = new Map<string, OpenCall>();
  #last: OpenCall | undefined;
  /** The calls of the last list that named several without an index, by their places in it. */
  readonly #byPlace: OpenCall[] = [];

  /** Whether the model called any tool. */
  get any(): boolean {
    return this.#calls.length > 0;
  }

  /** Takes `delta.tool_calls`. */
  pushAll(list: readonly JsonValue[], frame: string, emit: Emit): void {
    const alone = list.length === 1;
    for (const [place, wire] of list.entries())
      if (isJsonObject(wire)) this.#push(wire, alone ? -1 : place, frame, emit);
  }

  /** Takes the one function that could be called before there were tools. */
  push(wire: JsonObject, frame: string, emit: Emit): void {
    this.#push(wire, -1, frame, emit);
  }

  /** @param place in a list of several, or -1. */
  #push(wire: JsonObject, place: number, frame: string, emit: Emit): void {
    const piece = pieceOf(wire);
    const call = this.#known(piece, place) ?? this.#begin(piece, frame, emit);
    this.#last = call;
    if (place >= 0) this.#byPlace[place] = call;
    call.extra ??= piece.extra;
    if (piece.delta === "") return;
    if (call.done) throw malformed(frame, COMPLETE);
    say(call, piece.delta, emit);
  }

  /**
   * More arguments of a call that has begun.
   *
   * @throws {SluiceError} `malformed-frame` where there is no such call, or it was complete.
   */
  pushInput(index: number, delta: string, frame: string, emit: Emit): void {
    const call = this.#byIndex.get(index);
    if (call === undefined) throw malformed(frame, NEVER_BEGAN);
    if (delta === "") return;
    if (call.done) throw malformed(frame, COMPLETE);
    say(call, delta, emit);
  }

  /**
   * The answer is over: every call is complete.
   *
   * @param cut whether it was cut: then a last call without arguments is not one that has none.
   */
  finish(cut: boolean, emit: Emit): void {
    for (const call of this.#calls) {
      if (call.done) continue;
      const bare = cut && call === this.#last && !call.begun;
      complete(call, bare ? { input: "", invalid: true } : inputOf(call), emit);
    }
  }

  #begin(piece: Piece, frame: string, emit: Emit): OpenCall {
    const { index, id, name, custom, extra } = piece;
    if (name === undefined) throw malformed(frame, NEVER_BEGAN);
    this.#completeWhole(emit);
    const callId = id ?? `call_${this.#calls.length}`;
    const call = { callId, name, input: new TextBuffer(), custom, extra, begun: false, done: false };
    this.#calls.push(call);
    this.#byId.set(callId, call);
    if (typeof index === "number") this.#byIndex.set(index, call);
    return call;
  }

  /** Another call begins: those before it whose arguments are whole need not wait for the end. */
  #completeWhole(emit: Emit): void {
    const call = this.#last;
    if (call === undefined || call.done || call.custom) return;
    const text = call.input.toString();
    const input = text === "" ? undefined : parseToolInput(text);
    if (input !== undefined && input.invalid === undefined) complete(call, input, emit);
  }

  /**
   * The call that a piece goes on with; `undefined` where it begins one. Some services leave the index out or say 0 of
   * every call, others leave the id out or give each piece an id of its own: what names another call begins it. Of several
   * pieces that name nothing, each goes on with the call that had its place.
   */
  #known({ index, id, name, delta }: Piece, place: number): OpenCall | undefined {
    const same = id === undefined ? undefined : this.#byId.get(id);
    if (typeof index === "number") {
      const there = this.#byIndex.get(index);
      return there === undefined || id === undefined || name === undefined ? there : same;
    }
    if (id !== undefined) return same ?? (name === undefined ? this.#last : undefined);
    const placed = name === undefined ? this.#byPlace[place] : undefined;
    if (placed !== undefined) return placed;
    const another = name !== undefined && (name !== this.#last?.name || isWhole(delta));
    return another ? undefined : this.#last;
  }
}

function pieceOf(wire: JsonObject): Piece {
  const custom = isJsonObject(wire.custom) ? wire.custom : undefined;
  const called = custom ?? (isJsonObject(wire.function) ? wire.function : {});
  const input = custom === undefined ? called.arguments : custom.input;
  return {
    index: wire.index,
    id: filledString(wire.id),
    name: filledString(called.name),
    // A few services send the arguments as an object, whole.
    delta: typeof input === "string" ? input : isJsonObject(input) ? JSON.stringify(input) : "",
    custom: custom !== undefined,
    extra: wire.extra_content ?? undefined,
  };
}

function isWhole(text: string): boolean {
  return text !== "" && parseToolInput(text).invalid === undefined;
}

/** Tells a piece of the input, as JSON: what a custom tool takes is the inside of a string. */
function say(call: OpenCall, delta: string, emit: Emit): void {
  const { callId, name, custom, begun } = call;
  call.begun = true;
  call.input.push(delta);
  const said = custom ? (begun ? "" : '"') + JSON.stringify(delta).slice(1, -1) : delta;
  emit({ type: "tool-input-delta", callId, name, delta: said });
}

function inputOf({ input, custom }: OpenCall): ToolInput {
  return custom ? { input: input.toString() } : parseToolInput(input.toString());
}

function complete(call: OpenCall, input: ToolInput, emit: Emit): void {
  const { callId, name, custom, extra } = call;
  call.done = true;
  if (custom && call.begun) emit({ type: "tool-input-delta", callId, name, delta: '"' });
  const state = { ...(custom && { type: "custom" }), ...(extra !== undefined && { extra_content: extra }) };
  const opaque = Object.keys(state).length > 0 ? { opaque: ownOpaque(state) } : {};
  emit({ type: "tool-call", callId, name, ...input, ...opaque });
}
