import { isJsonObject, type JsonObject, type JsonValue } from "../../base/json.js";
import { lookup } from "../../base/lookup.js";
import type { Emit, FinishReason } from "../../stream/chat-event.js";
import { dataNameOf } from "../../stream/data-name.js";
import { SluiceError } from "../../stream/error.js";
import { eventOf } from "../../stream/event-json.js";
import { isFinishReason } from "../../stream/finish-reasons.js";
import type { Frame } from "../../stream/framing/frame.js";
import type { Usage } from "../../stream/usage.js";
import type { WireReader } from "../dialect.js";
import { filledString } from "../filled-string.js";
import { isDone, parseEvent } from "../parse-frame.js";
import { providerError } from "../provider-error.js";
import { StrayFrames } from "../stray-frames.js";
import { tokenCount } from "../token-count.js";
import { RunCalls } from "./run-calls.js";
import { RunMessages } from "./run-messages.js";

/** `CUSTOM` events that are events of ours. */
const OURS = ["source", "file", "sentence", "audio-delta", "nested", "context", "data"];

/** The `CUSTOM` event of a result that is not the last of its call. */
const PROGRESS = "tool-progress";

/** Events that say nothing of the answer. */
const FOR_PAGES = /^(?:STATE_|ACTIVITY_|TEXT_MESSAGE_END$|REASONING_|THINKING_|RAW$)/;

/** Events that begin a text or go on with it, and what they are pieces of. */
const TEXTS = lookup<{ kind: "text" | "reasoning"; begins: boolean }>({
  TEXT_MESSAGE_START: { kind: "text", begins: true },
  TEXT_MESSAGE_CONTENT: { kind: "text", begins: false },
  TEXT_MESSAGE_CHUNK: { kind: "text", begins: false },
  REASONING_MESSAGE_START: { kind: "reasoning", begins: true },
  REASONING_MESSAGE_CONTENT: { kind: "reasoning", begins: false },
  REASONING_MESSAGE_CHUNK: { kind: "reasoning", begins: false },
  // Before version 1.
  THINKING_TEXT_MESSAGE_START: { kind: "reasoning", begins: true },
  THINKING_TEXT_MESSAGE_CONTENT: { kind: "reasoning", begins: false },
});

/** Reads a run of AG-UI. */
export class AgUiReader implements WireReader {
  readonly #strays = new StrayFrames("ag-ui");
  readonly #messages = new RunMessages();
  readonly #calls = new RunCalls();
  #finished = false;
  #steps = 0;
  #run = { id: "", model: "" };

  push(frame: Frame, emit: Emit): void {
    if (this.#finished || isDone(frame.data)) return;
    const value = parseEvent(frame);
    const type = text(value.type);
    this.#calls.before(type, emit);
    if (!this.#calls.push(value, type, emit)) this.#event(value, type, frame, emit);
  }

  end(): void {
    if (this.#finished) return;
    const message = "the run's events ended without its end";
    throw this.#strays.error ?? new SluiceError("truncated", message, { retryable: true });
  }

  #event(value: JsonObject, type: string, frame: Frame, emit: Emit): void {
    const piece = TEXTS.get(type);
    if (piece !== undefined) {
      if (piece.begins) this.#messages.begin(value, piece.kind);
      else this.#messages.piece(value, piece.kind, emit);
      return;
    }
    switch (type) {
      case "RUN_STARTED":
        this.#run = { id: text(value.runId), model: text(metadataOf(value).model) };
        emit({ type: "start", ...this.#run });
        this.#strays.release(emit);
        return;
      case "STEP_STARTED":
        emit({ type: "step-start", step: this.#steps, model: this.#run.model });
        return;
      case "STEP_FINISHED":
        emit({ type: "step-finish", step: this.#steps++, reason: "other", usage: {} });
        return;
      case "REASONING_ENCRYPTED_VALUE": {
        const [id, encrypted] = [text(value.entityId), text(value.encryptedValue)];
        if (!this.#calls.state(id, encrypted, emit)) this.#messages.state(id, encrypted, emit);
        return;
      }
      case "MESSAGES_SNAPSHOT":
        if (!this.#messages.complete(value.messages, emit)) this.#anew(value.messages, emit);
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
        // States and activities are for an application's page.
        if (!FOR_PAGES.test(type)) this.#strays.push(value, frame, emit);
    }
  }

  /** The server's own record contradicts what it streamed: the record is right. */
  #anew(messages: JsonValue | undefined, emit: Emit): void {
    emit({ type: "retract", reason: "the server's messages are not what it had streamed" });
    if (this.#steps > 0) emit({ type: "step-start", step: this.#steps, model: this.#run.model });
    else emit({ type: "start", ...this.#run });
    this.#messages.forget();
    this.#messages.complete(messages, emit);
  }

  #custom(name: string, value: JsonValue, emit: Emit): void {
    if (name === PROGRESS && isJsonObject(value)) {
      this.#calls.progress(value, emit);
      return;
    }
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

function reasonOf(value: JsonObject, outcome: JsonObject): FinishReason {
  const reason = metadataOf(value).finishReason;
  if (isFinishReason(reason)) return reason;
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

function metadataOf(value: JsonObject): JsonObject {
  return isJsonObject(value.metadata) ? value.metadata : {};
}

function text(value: JsonValue | undefined): string {
  return typeof value === "string" ? value : "";
}
