import { uuid } from "../../base/uuid.js";
import type { Emit, Warning } from "../../stream/chat-event.js";
import type {
  ConversationStreamCompleteAlpha2,
  ConversationStreamResponseAlpha2,
  ConversationStreamStartAlpha2,
  ConversationStreamToolCallAlpha2,
  ConversationStreamToolCallDeltaAlpha2,
} from "../proto/generated/dapr/proto/runtime/v1/converse_stream_pb.js";
import { readFinishReason } from "./read-finish-reason.js";
import { readToolCall } from "./read-tool-call.js";
import { readRunningUsage, readUsage } from "./read-usage.js";
import { readWarnings } from "./read-warnings.js";

/** What is known of an answer before its first message. */
export interface ExpectedAlpha2 {
  /** Named as the model where the answer names none. */
  component: string;
  /** Options of the request that were not sent as they were given. */
  warnings?: readonly Warning[];
}

/**
 * Reads the messages of ConverseStreamAlpha2 as events.
 *
 * What the protocol cannot carry does not come back: blocks of text, refusals marked as such, sources, files, results of
 * tools that ran on the way, steps, and state of providers. Messages of types that this version does not know are left out.
 */
export class Alpha2ChunkReader {
  readonly #expected: ExpectedAlpha2;
  #started = false;
  #finished = false;
  /** Ids of the calls so far, by their place in the answer. */
  #calls = new Map<number, string>();

  constructor(expected: ExpectedAlpha2) {
    this.#expected = expected;
  }

  /** Whether `finish` has been emitted. */
  get finished(): boolean {
    return this.#finished;
  }

  /** Reads one message of the stream. */
  push({ responseType }: ConversationStreamResponseAlpha2, emit: Emit): void {
    switch (responseType.case) {
      case "start":
        this.#start(responseType.value, emit);
        return;
      case "text":
        this.pushText(responseType.value.content, emit);
        return;
      case "reasoning":
        this.#begin(emit);
        emit({ type: "reasoning-delta", text: responseType.value.content });
        return;
      case "toolCallDelta":
        this.#toolCallDelta(responseType.value, emit);
        return;
      case "toolCall":
        this.#toolCall(responseType.value, emit);
        return;
      case "usage":
        this.#begin(emit);
        emit({ type: "usage", usage: readRunningUsage(responseType.value) });
        return;
      case "retract":
        this.#begin(emit);
        this.#calls = new Map();
        emit({ type: "retract", reason: responseType.value.reason });
        return;
      case "complete":
        this.#complete(responseType.value, emit);
        return;
      case undefined:
        return;
      default:
        responseType satisfies never;
    }
  }

  /** The message that comes most often, for a caller that knows it without its description. */
  pushText(content: string, emit: Emit): void {
    this.#begin(emit);
    emit({ type: "text-delta", text: content });
  }

  #start(start: Pick<ConversationStreamStartAlpha2, "id" | "model" | "simulated" | "warnings">, emit: Emit): void {
    this.#started = true;
    const { id, model, simulated } = start;
    const { component } = this.#expected;
    const warnings = [...(this.#expected.warnings ?? []), ...readWarnings(start.warnings)];
    emit({
      type: "start",
      id: id || uuid(),
      model: model || component,
      ...(simulated && { simulated: true }),
      ...(warnings.length > 0 && { warnings }),
    });
  }

  /** An answer that says nothing of its start has one all the same. */
  #begin(emit: Emit): void {
    if (!this.#started) this.#start({ id: "", simulated: false, warnings: [] }, emit);
  }

  #toolCallDelta({ index, id, name, arguments: delta }: ConversationStreamToolCallDeltaAlpha2, emit: Emit): void {
    this.#begin(emit);
    const callId = this.#calls.get(index) ?? (id || `call_${index}`);
    this.#calls.set(index, callId);
    emit({ type: "tool-input-delta", callId, name: name || "tool", delta });
  }

  #toolCall({ index, toolCall }: ConversationStreamToolCallAlpha2, emit: Emit): void {
    this.#begin(emit);
    const event = toolCall && readToolCall(toolCall, this.#calls.get(index), index);
    if (event === undefined) return;
    this.#calls.set(index, event.callId);
    emit(event);
  }

  #complete({ contextId = "", finishReason, usage }: ConversationStreamCompleteAlpha2, emit: Emit): void {
    this.#begin(emit);
    this.#finished = true;
    if (contextId !== "") emit({ type: "context", contextId });
    const counts = usage === undefined ? {} : readUsage(usage);
    emit({ type: "finish", ...readFinishReason(finishReason, this.#calls.size > 0), usage: counts });
  }
}
