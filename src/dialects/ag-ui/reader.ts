import { isJsonObject, type JsonObject, type JsonValue, parseJson } from "../../base/json.js";
import type { Emit, FinishReason, Opaque } from "../../stream/chat-event.js";
import { dataNameOf } from "../../stream/data-name.js";
import { SluiceError } from "../../stream/error.js";
import { eventOf } from "../../stream/event-json.js";
import type { Frame } from "../../stream/framing/frame.js";
import type { Usage } from "../../stream/usage.js";
import type { WireReader } from "../dialect.js";
import { filledString } from "../filled-string.js";
import { isDone, malformed, parseEvent } from "../parse-frame.js";
import { providerError } from "../provider-error.js";
import { StrayFrames } from "../stray-frames.js";
import { tokenCount } from "../token-count.js";
import { parseToolInput } from "../tool-input.js";

/** `CUSTOM` events that are events of ours. */
const OURS = ["source", "file", "sentence", "audio-delta", "nested", "context", "data"];

/** Events that say nothing of the answer. */
const FOR_PAGES = /^(?:STATE_|MESSAGES_|ACTIVITY_|TEXT_MESSAGE_END$|REASONING_|THINKING_(?:START|END)$|RAW$)/;

interface Message {
  block: number;
  refusal: true | undefined;
}

interface CallSoFar {
  name: string;
  input: string;
  providerExecuted: boolean;
}

/** Reads a run of AG-UI. */
export class AgUiReader implements WireReader {
  readonly #strays = new StrayFrames("ag-ui");
  #finished = false;
  #steps = 0;
  #model = "";
  #pendingCall: { callId: string; call: CallSoFar } | undefined;
  #blocks = 0;
  readonly #messages = new Map<string, Message>();
  readonly #calls = new Map<string, CallSoFar>();

  push(frame: Frame, emit: Emit): void {
    if (this.#finished || isDone(frame.data)) return;
    const value = parseEvent(frame);
    if (value.type !== "REASONING_ENCRYPTED_VALUE") this.#flushCall(emit);
    this.#event(value, text(value.type), frame, emit);
  }

  end(): void {
    if (this.#finished) return;
    const message = "the run's events ended without its end";
    throw this.#strays.error ?? new SluiceError("truncated", message, { retryable: true });
  }

  #event(value: JsonObject, type: string, frame: Frame, emit: Emit): void {
    switch (type) {
      case "RUN_STARTED":
        this.#model = text(metadataOf(value).model);
        emit({ type: "start", id: text(value.runId), model: this.#model });
        this.#strays.release(emit);
        return;
      case "STEP_STARTED":
        emit({ type: "step-start", step: this.#steps, model: this.#model });
        return;
      case "STEP_FINISHED":
        emit({ type: "step-finish", step: this.#steps++, reason: "other", usage: {} });
        return;
      case "TEXT_MESSAGE_START":
      case "REASONING_MESSAGE_START":
        this.#begin(value);
        return;
      case "TEXT_MESSAGE_CHUNK":
      case "REASONING_MESSAGE_CHUNK":
      case "TEXT_MESSAGE_CONTENT":
      case "REASONING_MESSAGE_CONTENT":
        this.#delta(value, type, emit);
        return;
      case "REASONING_ENCRYPTED_VALUE":
        this.#opaque(value, emit);
        return;
      case "TOOL_CALL_START": {
        const providerExecuted = metadataOf(value).providerExecuted === true;
        this.#calls.set(text(value.toolCallId), { name: text(value.toolCallName), input: "", providerExecuted });
        return;
      }
      case "TOOL_CALL_ARGS":
        this.#args(value, emit);
        return;
      case "TOOL_CALL_END": {
        const callId = text(value.toolCallId);
        const call = this.#calls.get(callId);
        // Its state may follow.
        if (call !== undefined) this.#pendingCall = { callId, call };
        return;
      }
      case "TOOL_CALL_RESULT":
        this.#result(value, emit);
        return;
      case "CUSTOM":
        this.#custom(text(value.name), value.value ?? null, emit);
        return;
      case "RUN_FINISHED":
        this.#finish(value, emit);
        return;
      case "RUN_ERROR":
        throw providerError({ message: text(value.message) || "the run failed", code: filledString(value.code) });
      default:
        // States, snapshots and activities are for an application's page.
        if (!FOR_PAGES.test(type)) this.#strays.push(value, frame, emit);
    }
  }

  #begin(value: JsonObject): Message {
    const message = {
      block: this.#blocks++,
      refusal: metadataOf(value).refusal === true ? (true as const) : undefined,
    };
    this.#messages.set(text(value.messageId), message);
    return message;
  }

  #delta(value: JsonObject, type: string, emit: Emit): void {
    // Content of a message that did not begin is its beginning, as a chunk is: no text is lost.
    const { block, refusal } = this.#messages.get(text(value.messageId)) ?? this.#begin(value);
    const delta = text(value.delta);
    if (type.startsWith("REASONING")) emit({ type: "reasoning-delta", text: delta, block });
    else emit({ type: "text-delta", text: delta, block, ...(refusal && { refusal }) });
  }

  #opaque(value: JsonObject, emit: Emit): void {
    const opaque = opaqueIn(text(value.encryptedValue));
    const id = text(value.entityId);
    if (this.#pendingCall?.callId === id) this.#flushCall(emit, opaque);
    const message = this.#messages.get(id);
    if (message === undefined) return;
    const { block, refusal } = message;
    if (id.includes("-text-")) emit({ type: "text-delta", text: "", block, opaque, ...(refusal && { refusal }) });
    else emit({ type: "reasoning-delta", text: "", block, opaque });
  }

  #args(value: JsonObject, emit: Emit): void {
    const callId = text(value.toolCallId);
    const call = this.#calls.get(callId);
    if (call === undefined) throw malformed(JSON.stringify(value), "arguments of a call that has not begun");
    const delta = text(value.delta);
    call.input += delta;
    if (metadataOf(value).whole === true) return;
    const own = call.providerExecuted ? { providerExecuted: true as const } : {};
    emit({ type: "tool-input-delta", callId, name: call.name, delta, ...own });
  }

  #flushCall(emit: Emit, opaque?: Opaque): void {
    const pending = this.#pendingCall;
    if (pending === undefined) return;
    this.#pendingCall = undefined;
    const { callId, call } = pending;
    const own = call.providerExecuted ? { providerExecuted: true as const } : {};
    emit({
      type: "tool-call",
      callId,
      name: call.name,
      ...parseToolInput(call.input),
      ...own,
      ...(opaque && { opaque }),
    });
  }

  #result(value: JsonObject, emit: Emit): void {
    const callId = text(value.toolCallId);
    const note = metadataOf(value).sluice;
    const own = isJsonObject(note) ? note : {};
    emit({
      type: "tool-result",
      callId,
      name: this.#calls.get(callId)?.name ?? "",
      output: own.output ?? value.content ?? null,
      ...(own.isError === true && { isError: true }),
      ...(own.providerExecuted === true && { providerExecuted: true }),
    });
  }

  #custom(name: string, value: JsonValue, emit: Emit): void {
    if (OURS.includes(name)) emit(eventOf(value));
    else emit({ type: "data", name: dataNameOf(name), value });
  }

  #finish(value: JsonObject, emit: Emit): void {
    const outcome = isJsonObject(value.outcome) ? value.outcome : {};
    if (outcome.type === "cancelled") throw new SluiceError("cancelled", "the run was cancelled");
    for (const interrupt of Array.isArray(outcome.interrupts) ? outcome.interrupts : [])
      this.#interrupt(interrupt, emit);
    this.#finished = true;
    emit({ type: "finish", reason: reasonOf(value, outcome), usage: usageIn(value.usage) });
  }

  #interrupt(interrupt: JsonValue, emit: Emit): void {
    if (!isJsonObject(interrupt)) return;
    const id = text(interrupt.id);
    const callId = text(interrupt.toolCallId);
    const { name, input = null } = metadataOf(interrupt);
    if (typeof name === "string") emit({ type: "input-request", id, kind: "approval", callId, name, input });
    else {
      const schema = isJsonObject(interrupt.responseSchema) ? interrupt.responseSchema : {};
      const called = callId === "" ? {} : { callId };
      emit({ type: "input-request", id, kind: "question", message: text(interrupt.message), schema, ...called });
    }
  }
}

const REASONS: readonly FinishReason[] = [
  "stop",
  "length",
  "tool-calls",
  "input-required",
  "content-filter",
  "refusal",
  "pause",
  "budget",
  "other",
];

function reasonOf(value: JsonObject, outcome: JsonObject): FinishReason {
  const said = metadataOf(value).finishReason;
  const known = REASONS.find((reason) => reason === said);
  if (known !== undefined) return known;
  if (outcome.type === "interrupt") return "input-required";
  return Array.isArray(outcome.pendingToolCallIds) && outcome.pendingToolCallIds.length > 0 ? "tool-calls" : "stop";
}

const COUNTS: Readonly<
  Record<string, "inputTokens" | "outputTokens" | "reasoningTokens" | "cacheReadTokens" | "cacheWriteTokens">
> = {
  inputTokens: "inputTokens",
  outputTokens: "outputTokens",
  reasoningTokens: "reasoningTokens",
  cachedInputTokens: "cacheReadTokens",
  cacheWriteInputTokens: "cacheWriteTokens",
};

/** The counts of all models together. */
function usageIn(value: JsonValue | undefined): Usage {
  const usage: Usage = {};
  for (const one of Array.isArray(value) ? value : []) {
    if (!isJsonObject(one)) continue;
    for (const [name, count] of Object.entries(COUNTS)) {
      const found = tokenCount(one[name]);
      if (found !== undefined) usage[count] = (usage[count] ?? 0) + found;
    }
  }
  return usage;
}

function opaqueIn(encrypted: string): Opaque {
  try {
    const value = parseJson(encrypted);
    if (isJsonObject(value) && typeof value.dialect === "string" && value.data !== undefined) {
      return { dialect: value.dialect, data: value.data };
    }
  } catch {
    // Another server's own form.
  }
  return { dialect: "ag-ui", data: encrypted };
}

function metadataOf(value: JsonObject): JsonObject {
  return isJsonObject(value.metadata) ? value.metadata : {};
}

function text(value: JsonValue | undefined): string {
  return typeof value === "string" ? value : "";
}
