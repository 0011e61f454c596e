import { isJsonObject, type JsonObject, type JsonValue } from "../../base/json.js";
import { uuid } from "../../base/uuid.js";
import type { Emit } from "../../stream/chat-event.js";
import { filledString } from "../filled-string.js";
import { malformed } from "../parse-frame.js";
import { ReportedCalls } from "../reported-calls.js";
import { parseToolInput, UNNAMED } from "../tool-input.js";
import { readState, type State } from "./state.js";

interface OpenCall {
  callId: string;
  name: string;
  input: string;
  providerExecuted: boolean;
}

/** The calls of a run and their results. State of each may follow it: what is complete is kept until the next event. */
export class RunCalls {
  readonly #names = new Map<string, string>();
  readonly #open = new Map<string, OpenCall>();
  readonly #reported = new ReportedCalls();
  /** The call that goes on in chunks. */
  #chunked: OpenCall | undefined;
  #complete: OpenCall | undefined;
  #result: { id: string; value: JsonObject } | undefined;

  /** Takes an event; returns whether it is one of a call. What it completes is emitted before the next. */
  push(value: JsonObject, type: string, emit: Emit): boolean {
    switch (type) {
      case "TOOL_CALL_START":
        this.#begin(value);
        return true;
      case "TOOL_CALL_ARGS":
        this.#args(value, emit);
        return true;
      case "TOOL_CALL_END":
        this.#end(textOf(value.toolCallId));
        return true;
      case "TOOL_CALL_CHUNK":
        this.#chunk(value, emit);
        return true;
      case "TOOL_CALL_RESULT":
        this.#result = { id: textOf(value.messageId), value };
        return true;
      default:
        return false;
    }
  }

  /** Emits the calls that were complete before an event of a type. */
  before(type: string, emit: Emit): void {
    if (type === "REASONING_ENCRYPTED_VALUE") return;
    if (type !== "TOOL_CALL_CHUNK") this.#endChunks();
    this.#emitComplete(emit);
  }

  /** Takes the state of a call or a result; returns whether it is of one. */
  state(id: string, value: string, emit: Emit): boolean {
    if (this.#chunked?.callId === id) this.#endChunks();
    if (this.#complete?.callId !== id && this.#result?.id !== id) return false;
    this.#emitComplete(emit, readState(value));
    return true;
  }

  /** A result that is not the last of its call. */
  progress(value: JsonObject, emit: Emit): void {
    const callId = textOf(value.callId);
    emit({
      type: "tool-result",
      callId,
      name: filledString(value.name) ?? this.#names.get(callId) ?? UNNAMED,
      output: value.output ?? null,
      preliminary: true,
      ...(value.providerExecuted === true && { providerExecuted: true }),
    });
  }

  #begin(value: JsonObject): OpenCall {
    const callId = filledString(value.toolCallId) ?? uuid();
    const name = filledString(value.toolCallName) ?? this.#names.get(callId) ?? UNNAMED;
    const call = { callId, name, input: "", providerExecuted: metadataOf(value).providerExecuted === true };
    this.#names.set(callId, name);
    this.#open.set(callId, call);
    return call;
  }

  #args(value: JsonObject, emit: Emit): void {
    const call = this.#open.get(textOf(value.toolCallId));
    if (call === undefined) throw malformed(JSON.stringify(value), "arguments of a call that has not begun");
    this.#piece(call, textOf(value.delta), metadataOf(value).whole === true, emit);
  }

  #piece(call: OpenCall, delta: string, whole: boolean, emit: Emit): void {
    call.input += delta;
    if (whole || delta === "") return;
    const { callId, name, providerExecuted } = call;
    emit({ type: "tool-input-delta", callId, name, delta, ...(providerExecuted && { providerExecuted }) });
  }

  #end(callId: string): void {
    this.#complete = this.#open.get(callId) ?? this.#complete;
    this.#open.delete(callId);
  }

  /** A chunk is the beginning of a call, or goes on with the one before it; what comes next ends the call. */
  #chunk(value: JsonObject, emit: Emit): void {
    const callId = filledString(value.toolCallId);
    if (callId !== undefined && callId !== this.#chunked?.callId) {
      this.#endChunks();
      this.#emitComplete(emit);
    }
    this.#chunked ??= this.#begin(value);
    this.#piece(this.#chunked, textOf(value.delta), false, emit);
  }

  #endChunks(): void {
    const chunked = this.#chunked;
    this.#chunked = undefined;
    if (chunked !== undefined) this.#end(chunked.callId);
  }

  #emitComplete(emit: Emit, state: State = {}): void {
    const [call, result] = [this.#complete, this.#result];
    this.#complete = undefined;
    this.#result = undefined;
    if (call !== undefined) this.#emitCall(call, state, emit);
    if (result !== undefined) this.#emitResult(result.value, state, emit);
  }

  #emitCall({ callId: given, name, input, providerExecuted }: OpenCall, { opaque }: State, emit: Emit): void {
    const callId = this.#reported.admit(given, name, input);
    if (callId === undefined) return;
    const own = { ...(providerExecuted && { providerExecuted }), ...(opaque && { opaque }) };
    emit({ type: "tool-call", callId, name, ...parseToolInput(input), ...own });
  }

  #emitResult(value: JsonObject, { opaque }: State, emit: Emit): void {
    const callId = textOf(value.toolCallId);
    const note = metadataOf(value).sluice;
    const own = isJsonObject(note) ? note : {};
    emit({
      type: "tool-result",
      callId,
      name: this.#names.get(callId) ?? UNNAMED,
      output: own.output ?? value.content ?? null,
      ...(own.isError === true && { isError: true }),
      ...(own.providerExecuted === true && { providerExecuted: true }),
      ...(opaque && { opaque }),
    });
  }
}

function metadataOf(value: JsonObject): JsonObject {
  return isJsonObject(value.metadata) ? value.metadata : {};
}

function textOf(value: JsonValue | undefined): string {
  return typeof value === "string" ? value : "";
}
