import { isJsonObject, type JsonObject, type JsonValue } from "../../base/json.js";
import type { Emit, ToolCallEvent } from "../../stream/chat-event.js";
import { filledString } from "../filled-string.js";
import { ReportedCalls } from "../reported-calls.js";
import { type ParsedInput, parseToolInput, readInput, UNNAMED } from "../tool-input.js";
import { newCallId } from "./call-ids.js";
import { objectOf, otherFields } from "./opaque.js";
import { PartialArgs } from "./partial-args.js";
import { readState } from "./signatures.js";

/** A call whose arguments are still coming. */
interface OpenCall {
  callId: string;
  name: string;
  args: PartialArgs;
  /** Its first part, with what later parts say beside the arguments. */
  part: JsonObject;
}

/** The fields of a `functionCall` that our events carry. */
const CARRIED = ["id", "name", "args", "partialArgs", "willContinue"];

/**
 * The calls of an answer. Most come whole. Arguments that are streamed come in parts without a name, until one says that
 * it does not go on (https://cloud.google.com/vertex-ai/generative-ai/docs/multimodal/function-calling).
 */
export class FunctionCalls {
  readonly #newId: () => string;
  readonly #open: OpenCall[] = [];
  /** The part of a call that came whole and without arguments, as long as these may follow. */
  #bare: JsonObject | undefined;
  readonly #reported = new ReportedCalls();
  /** The ids that calls without one were given, by their signatures. */
  readonly #signed = new Map<string, string>();
  #any = false;

  /** @param newId makes the id of a call that has none. */
  constructor(newId: () => string = newCallId) {
    this.#newId = newId;
  }

  /** Whether a function was called. */
  get any(): boolean {
    return this.#any || this.#bare !== undefined;
  }

  /** Takes a part that has a `functionCall`; returns whether it had a use for it. */
  push(part: JsonObject, emit: Emit): boolean {
    const bare = this.#bare;
    this.#bare = undefined;
    const { functionCall, ...more } = part;
    const args = objectOf(functionCall).args;
    if (bare !== undefined && filledString(objectOf(functionCall).name) === undefined && isJsonObject(args)) {
      return this.#push({ ...bare, ...more, functionCall: { ...objectOf(bare.functionCall), args } }, emit);
    }
    if (bare !== undefined) this.#push(bare, emit);
    if (!isBare(objectOf(functionCall))) return this.#push(part, emit);
    this.#bare = part;
    return true;
  }

  /** Something else follows: a call without arguments has none. */
  release(emit: Emit): void {
    const bare = this.#bare;
    this.#bare = undefined;
    if (bare !== undefined) this.#push(bare, emit);
  }

  #push(part: JsonObject, emit: Emit): boolean {
    const call = objectOf(part.functionCall);
    // Arguments without a name go on with the call that is open; where none is, somebody forgot its name.
    const named = filledString(call.name) !== undefined || (this.#open.length === 0 && isJsonObject(call.args));
    const open = named ? this.#begin(call, part, emit) : this.#going(call.id);
    // Some calls end twice.
    if (open === undefined) return named || Object.keys(call).every((key) => key === "willContinue");
    if (!named) Object.assign(open.part, otherFields(part, ["functionCall"]));
    if (Array.isArray(call.partialArgs)) for (const piece of call.partialArgs) this.#piece(open, piece, emit);
    if (isJsonObject(call.args)) {
      for (const [name, value] of Object.entries(call.args)) {
        this.#emitDelta(open, open.args.setField(name, value), emit);
      }
    }
    if (call.willContinue !== true) this.#end(open, false, emit);
    return true;
  }

  /** Takes a piece of text of the arguments that came last; returns whether there are any. */
  pushPiece(jsonPath: string, text: string, emit: Emit): boolean {
    const open = this.#open.at(-1);
    if (open !== undefined) this.#emitDelta(open, open.args.set(jsonPath, text, true), emit);
    return open !== undefined;
  }

  /** No more comes: calls whose end did not arrive are complete, or `cut` in their arguments. */
  finish(cut: boolean, emit: Emit): void {
    this.release(emit);
    for (const open of [...this.#open]) this.#end(open, cut, emit);
  }

  #begin(call: JsonObject, part: JsonObject, emit: Emit): OpenCall | undefined {
    const callId = filledString(call.id) ?? this.#idOf(filledString(part.thoughtSignature));
    const name = filledString(call.name) ?? UNNAMED;
    if (call.willContinue === true || Array.isArray(call.partialArgs)) {
      // Calls are streamed one after the other.
      if (typeof call.id !== "string") this.finish(false, emit);
      const open = { callId, name, args: new PartialArgs(), part: { ...part } };
      this.#open.push(open);
      return open;
    }
    this.#emitCall(callId, name, readInput(call.args), part, emit);
    return undefined;
  }

  /** The id of a call that came without one. Two calls have no signature in common: it is the same call, said again. */
  #idOf(signature: string | undefined): string {
    const id = (signature === undefined ? undefined : this.#signed.get(signature)) ?? this.#newId();
    if (signature !== undefined) this.#signed.set(signature, id);
    return id;
  }

  #going(id: JsonValue | undefined): OpenCall | undefined {
    const known = typeof id === "string" ? this.#open.find(({ callId }) => callId === id) : undefined;
    return known ?? this.#open.at(-1);
  }

  #piece(open: OpenCall, piece: JsonValue, emit: Emit): void {
    if (isJsonObject(piece)) this.#emitDelta(open, open.args.push(piece), emit);
  }

  #emitDelta({ callId, name }: OpenCall, delta: string, emit: Emit): void {
    if (delta !== "") emit({ type: "tool-input-delta", callId, name, delta });
  }

  #end(open: OpenCall, cut: boolean, emit: Emit): void {
    this.#open.splice(this.#open.indexOf(open), 1);
    if (!cut) this.#emitDelta(open, open.args.finish(), emit);
    const text = open.args.toString();
    const input: ParsedInput = cut ? { input: text, invalid: true } : parseToolInput(text);
    this.#emitCall(open.callId, open.name, input, open.part, emit);
  }

  #emitCall(given: string, name: string, input: ParsedInput, part: JsonObject, emit: Emit): void {
    const callId = this.#reported.admit(given, name, JSON.stringify(input.input));
    if (callId === undefined) return;
    this.#any = true;
    emit(callEvent(callId, name, input, part));
  }
}

/** Whether a call came whole with a name and nothing in its arguments. */
function isBare({ name, args, willContinue, partialArgs }: JsonObject): boolean {
  const isEmpty = args === undefined || (isJsonObject(args) && Object.keys(args).length === 0);
  return filledString(name) !== undefined && isEmpty && willContinue === undefined && partialArgs === undefined;
}

function callEvent(callId: string, name: string, input: ParsedInput, part: JsonObject): ToolCallEvent {
  const more = otherFields(objectOf(part.functionCall), CARRIED);
  const extra = Object.keys(more).length > 0 ? { functionCall: more } : {};
  const { opaque } = readState(part, ["functionCall"], extra);
  return { type: "tool-call", callId, name, ...input, ...(opaque && { opaque }) };
}
