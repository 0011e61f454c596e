import type { JsonValue } from "../../base/json.js";
import { JsonExtent } from "../../base/json-extent.js";
import { TextBuffer } from "../../base/text-buffer.js";
import type { Emit } from "../../stream/chat-event.js";
import { type ParsedInput, parseToolInput, UNNAMED } from "../tool-input.js";
import { ownOpaque } from "./opaque.js";

/** What some gateways say before the arguments come. */
const EMPTY = "{}";

/** What a call is from its beginning. */
interface Begun {
  callId: string;
  /** "" where it has not come yet. */
  name: string;
  custom: boolean;
  extra: JsonValue | undefined;
  /** Whether another call has its id, so that it is reported only when it is known to be another. */
  silent: boolean;
}

/** A call whose end has not come. */
export class StreamedCall {
  callId: string;
  /** The id that the service gave it, if any. */
  givenId: string | undefined;
  readonly custom: boolean;
  /** What must come back with the call: Gemini's thought signature, where Google speaks this protocol. */
  extra: JsonValue | undefined;
  /** Whether it was reported. */
  done = false;
  #name: string;
  /** As it came: JSON, or the plain text that a custom tool takes. */
  #input = new TextBuffer();
  #extent = new JsonExtent();
  #length = 0;
  /** An empty object that stands for nothing if more comes. */
  #empty = false;
  /** Pieces that came before the name. */
  #early: string[] = [];
  /** The last piece, while each goes on with the one before: some servers send the arguments so far, and not what is new. */
  #grown: string | undefined = "";
  readonly #silent: boolean;
  #reported = false;

  constructor({ callId, name, custom, extra, silent }: Begun) {
    this.callId = callId;
    this.#name = name;
    this.custom = custom;
    this.extra = extra;
    this.#silent = silent;
  }

  get name(): string {
    return this.#name;
  }

  /** The arguments so far. */
  get text(): string {
    return this.#empty ? EMPTY : this.#input.toString();
  }

  /** Whether any of the arguments came. */
  get begun(): boolean {
    return this.#length > 0 || this.#empty;
  }

  /** Whether the arguments are a whole JSON object. */
  get isWhole(): boolean {
    return this.#empty || this.#extent.isWhole;
  }

  /** Whether the arguments can be read as they are. */
  get isReadable(): boolean {
    return this.#whole(false).invalid === undefined;
  }

  /** Whether there is anything to emit: some servers send pieces with nothing in them. */
  get isCall(): boolean {
    return this.#name !== "" || this.begun;
  }

  /** A name, a piece of it, the whole once more, or more of what came before. */
  takeName(name: string): void {
    if (this.begun && this.#name !== "") return;
    if (name.startsWith(this.#name)) this.#name = name;
    else if (this.#name !== name) this.#name += name;
  }

  /** Takes a piece of the arguments; returns what comes after their end. */
  push(delta: string, emit: Emit): string {
    if (delta === "") return "";
    if (this.custom) {
      this.#addInput(delta, emit);
      return "";
    }
    if (this.done) return this.#repeats(delta) ? "" : delta;
    if (!this.begun && delta === EMPTY) {
      this.#empty = true;
      return "";
    }
    this.#empty = false;
    this.#grown = this.#grown !== undefined && delta.startsWith(this.#grown) ? delta : undefined;
    const length = this.#extent.push(delta);
    if (length > 0) this.#addInput(delta.slice(0, length), emit);
    const rest = delta.slice(length);
    return this.#repeats(rest) ? "" : rest;
  }

  /** @param bare whether the answer was cut before any arguments. */
  complete(callId: string, bare: boolean, emit: Emit): void {
    const name = this.#name === "" ? UNNAMED : this.#name;
    if (this.#empty) this.#emitDelta(EMPTY, emit);
    if (this.custom && this.#reported) emit({ type: "tool-input-delta", callId, name, delta: '"' });
    const state = {
      ...(this.custom && { type: "custom" }),
      ...(this.extra !== undefined && { extra_content: this.extra }),
    };
    const opaque = Object.keys(state).length > 0 ? { opaque: ownOpaque(state) } : {};
    emit({ type: "tool-call", callId, name, ...this.#whole(bare), ...opaque });
  }

  #whole(bare: boolean): ParsedInput {
    if (bare) return { input: "", invalid: true };
    if (this.custom) return { input: this.#input.toString() };
    const whole = parseToolInput(this.text);
    const grown = whole.invalid && this.#grown ? parseToolInput(this.#grown) : whole;
    return grown.invalid ? whole : grown;
  }

  /** Whether a piece after the end says nothing new: the whole once more, or blanks. */
  #repeats(delta: string): boolean {
    return delta.trim() === "" || delta === this.text || delta === EMPTY;
  }

  #addInput(delta: string, emit: Emit): void {
    this.#length += delta.length;
    this.#input.push(delta);
    if (this.#name === "") this.#early.push(delta);
    else if (this.#early.length === 0) this.#emitDelta(delta, emit);
    else this.#emitDelta([...this.#early.splice(0), delta].join(""), emit);
  }

  /** Emits a piece of the input, as JSON: what a custom tool takes is the inside of a string. */
  #emitDelta(delta: string, emit: Emit): void {
    if (this.#silent) return;
    const { callId, custom } = this;
    const piece = custom ? (this.#reported ? "" : '"') + JSON.stringify(delta).slice(1, -1) : delta;
    this.#reported = true;
    emit({ type: "tool-input-delta", callId, name: this.#name, delta: piece });
  }
}
