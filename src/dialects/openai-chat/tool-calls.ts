import type { Emit } from "../../stream/chat-event.js";
import { isJsonObject, type JsonObject, type JsonValue } from "../../stream/json.js";
import { TextBuffer } from "../../stream/text-buffer.js";
import { malformed } from "../parse-frame.js";
import { parseToolInput, type ToolInput } from "../tool-input.js";

interface OpenCall {
  callId: string;
  name: string;
  input: TextBuffer;
  done: boolean;
}

/** Puts tool calls together that arrive in pieces, several at once. Emits each when it is complete. */
export class ToolCalls {
  readonly #calls = new Map<number, OpenCall>();
  #last = -1;

  /** Whether the model called any tool. */
  get any(): boolean {
    return this.#calls.size > 0;
  }

  /** Takes one element of `delta.tool_calls`. */
  push(piece: JsonObject, frame: string, emit: Emit): void {
    const { id, name, delta } = fieldsOf(piece);
    const index = this.#indexOf(piece.index, id);
    let call = this.#calls.get(index);
    if (call === undefined) {
      if (name === undefined) throw malformed(frame, "a piece of a tool call that never began");
      this.#completeWhole(emit);
      call = { callId: id ?? `call_${index}`, name, input: new TextBuffer(), done: false };
      this.#calls.set(index, call);
    }
    this.#last = index;
    if (delta === "") return;
    if (call.done) throw malformed(frame, "more of a tool call that was complete");
    call.input.push(delta);
    emit({ type: "tool-input-delta", callId: call.callId, name: call.name, delta });
  }

  /** More arguments of a call that has begun. Says nothing where there is no such call. */
  pushInput(index: number, delta: string, emit: Emit): boolean {
    const call = this.#calls.get(index);
    if (call === undefined || call.done) return false;
    if (delta !== "") {
      call.input.push(delta);
      emit({ type: "tool-input-delta", callId: call.callId, name: call.name, delta });
    }
    return true;
  }

  /** The answer is over: every call is complete. */
  finish(emit: Emit): void {
    for (const call of this.#calls.values())
      if (!call.done) complete(call, parseToolInput(call.input.toString()), emit);
  }

  /** Another call begins: those before it whose arguments are whole need not wait for the end. */
  #completeWhole(emit: Emit): void {
    const call = this.#calls.get(this.#last);
    if (call === undefined || call.done) return;
    const text = call.input.toString();
    const input = text === "" ? undefined : parseToolInput(text);
    if (input !== undefined && input.invalid === undefined) complete(call, input, emit);
  }

  /** Some services leave the index out: then an id that is new begins a call, and anything else goes on with the last. */
  #indexOf(index: JsonValue | undefined, id: string | undefined): number {
    if (typeof index === "number") return index;
    if (id === undefined) return Math.max(this.#last, 0);
    for (const [known, call] of this.#calls) if (call.callId === id) return known;
    return this.#calls.size;
  }
}

function fieldsOf(piece: JsonObject): { id: string | undefined; name: string | undefined; delta: string } {
  const called = isJsonObject(piece.function) ? piece.function : {};
  const input = called.arguments;
  return {
    id: typeof piece.id === "string" && piece.id !== "" ? piece.id : undefined,
    name: typeof called.name === "string" && called.name !== "" ? called.name : undefined,
    // A few services send the arguments as an object, whole.
    delta: typeof input === "string" ? input : isJsonObject(input) ? JSON.stringify(input) : "",
  };
}

function complete(call: OpenCall, input: ToolInput, emit: Emit): void {
  call.done = true;
  emit({ type: "tool-call", callId: call.callId, name: call.name, ...input });
}
