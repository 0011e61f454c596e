import type { JsonObject, JsonValue } from "../../base/json.js";
import type {
  ChatEvent,
  FinishEvent,
  InputRequestEvent,
  ReasoningDeltaEvent,
  TextDeltaEvent,
  ToolCallEvent,
  ToolResultEvent,
} from "../../stream/chat-event.js";
import type { SluiceError } from "../../stream/error.js";
import { eventToJson } from "../../stream/event-json.js";
import { inputText, outputText } from "../../stream/tool-text.js";
import { totalTokens, type Usage } from "../../stream/usage.js";
import type { WireWriter, WriteFrame, WriterContext } from "../dialect.js";
import { type State, writeState } from "./state.js";

/** The version of the protocol that is written. */
const PROTOCOL = "1.0";

interface OpenMessage {
  kind: "text" | "reasoning";
  id: string;
  block: number | undefined;
  refusal: true | undefined;
}

/** Writes a run of AG-UI: messages, calls and steps with a beginning and an end, each closed before the run is. */
export class AgUiWriter implements WireWriter {
  readonly #threadId: string;
  #runId: string;
  #model = "";
  #started = false;
  #ended = false;
  #emitted = false;
  #messages = 0;
  #open: OpenMessage | undefined;
  #step: string | undefined;
  readonly #openCalls = new Set<string>();
  readonly #calls = new Set<string>();
  readonly #pending = new Set<string>();
  readonly #requests: InputRequestEvent[] = [];

  /** @param context its fields may have the client's `threadId` and `runId`. */
  constructor({ fields = {} }: WriterContext) {
    this.#threadId = typeof fields.threadId === "string" ? fields.threadId : "";
    this.#runId = typeof fields.runId === "string" ? fields.runId : "";
  }

  push(event: ChatEvent, write: WriteFrame): void {
    if (this.#ended) return;
    switch (event.type) {
      case "start":
        this.#start(event.id, event.model, write);
        return;
      case "step-start":
        this.#endStep(write);
        this.#step = `step-${event.step}`;
        put(write, { type: "STEP_STARTED", stepName: this.#step });
        return;
      case "step-finish":
        this.#endStep(write);
        return;
      case "text-delta":
        this.#delta("text", event, write);
        return;
      case "reasoning-delta":
        this.#delta("reasoning", event, write);
        return;
      case "tool-input-delta":
        this.#beginCall(event.callId, event.name, event.providerExecuted === true, write);
        if (event.delta !== "") put(write, { type: "TOOL_CALL_ARGS", toolCallId: event.callId, delta: event.delta });
        return;
      case "tool-call":
        this.#call(event, write);
        return;
      case "tool-result":
        this.#result(event, write);
        return;
      case "input-request":
        this.#requests.push(event);
        this.#pending.delete(event.callId ?? "");
        return;
      case "retract":
        if (this.#emitted) this.#error(`what was emitted is void: ${event.reason}`, "retracted", write);
        return;
      case "finish":
        this.#finish(event, write);
        return;
      case "source":
      case "file":
      case "sentence":
      case "audio-delta":
      case "nested":
      case "context":
        this.#custom(write, event.type, eventToJson(event) as JsonObject);
        return;
      case "data":
        if (event.opaque !== undefined) this.#stateAlone({ name: event.name, opaque: event.opaque }, write);
        else this.#custom(write, event.name, event.value);
        return;
      case "usage":
        return;
      default:
        event satisfies never;
    }
  }

  end(): void {}

  fail(error: SluiceError, write: WriteFrame): void {
    if (this.#ended) return;
    if (error.code === "cancelled" && this.#started) {
      this.#closeAll(write);
      this.#ended = true;
      put(write, { type: "RUN_FINISHED", ...this.#ids(), outcome: { type: "cancelled" } });
    } else this.#error(error.providerMessage ?? error.message, error.code, write);
  }

  #start(id: string, model: string, write: WriteFrame): void {
    this.#model = model;
    if (this.#started) return;
    this.#started = true;
    if (this.#runId === "") this.#runId = id;
    put(write, { type: "RUN_STARTED", ...this.#ids(), protocolVersion: PROTOCOL, metadata: { model } });
  }

  #delta(kind: OpenMessage["kind"], event: TextDeltaEvent | ReasoningDeltaEvent, write: WriteFrame): void {
    const { text, block, opaque } = event;
    if (text === "" && opaque === undefined) return;
    const refusal = event.type === "text-delta" ? event.refusal : undefined;
    let open = this.#open;
    if (open === undefined || open.kind !== kind || open.block !== block || open.refusal !== refusal) {
      this.#close(write);
      open = { kind, id: this.#nextId(kind), block, refusal };
      this.#open = open;
      this.#emitted = true;
      if (kind === "reasoning") put(write, { type: "REASONING_START", messageId: open.id });
      const head =
        kind === "text"
          ? { type: "TEXT_MESSAGE_START", role: "assistant" }
          : { type: "REASONING_MESSAGE_START", role: "reasoning" };
      put(write, { ...head, messageId: open.id, ...(refusal && { metadata: { refusal } }) });
    }
    const type = kind === "text" ? "TEXT_MESSAGE_CONTENT" : "REASONING_MESSAGE_CONTENT";
    if (text !== "") put(write, { type, messageId: open.id, delta: text });
    if (opaque === undefined) return;
    // State of the provider seals the message that it came with.
    const { id } = open;
    this.#close(write);
    put(write, {
      type: "REASONING_ENCRYPTED_VALUE",
      subtype: "message",
      entityId: id,
      encryptedValue: writeState({ opaque }),
    });
  }

  #beginCall(callId: string, name: string, providerExecuted: boolean, write: WriteFrame): void {
    if (this.#calls.has(callId)) return;
    this.#close(write);
    this.#emitted = true;
    this.#calls.add(callId);
    this.#openCalls.add(callId);
    const own = providerExecuted ? { metadata: { providerExecuted } } : {};
    put(write, { type: "TOOL_CALL_START", toolCallId: callId, toolCallName: name, ...own });
  }

  #call(event: ToolCallEvent, write: WriteFrame): void {
    const { callId, name, providerExecuted, opaque } = event;
    const begun = this.#calls.has(callId);
    this.#beginCall(callId, name, providerExecuted === true, write);
    const text = inputText(event);
    if (!begun && text !== "")
      put(write, { type: "TOOL_CALL_ARGS", toolCallId: callId, delta: text, metadata: { whole: true } });
    // One that is repeated has ended.
    if (this.#openCalls.delete(callId)) put(write, { type: "TOOL_CALL_END", toolCallId: callId });
    const state = { ...(opaque && { opaque }), ...(providerExecuted && { providerExecuted }) };
    if (Object.keys(state).length > 0) {
      const encryptedValue = writeState(state);
      put(write, { type: "REASONING_ENCRYPTED_VALUE", subtype: "tool-call", entityId: callId, encryptedValue });
    }
    if (!providerExecuted) this.#pending.add(callId);
  }

  #result(event: ToolResultEvent, write: WriteFrame): void {
    const { callId, name, output, isError, preliminary, providerExecuted, opaque } = event;
    if (preliminary) {
      // A call that runs elsewhere may report progress before it is written itself.
      this.#custom(write, "tool-progress", { callId, name, output, ...(providerExecuted && { providerExecuted }) });
      return;
    }
    this.#pending.delete(callId);
    this.#close(write);
    const json = typeof output !== "string";
    const own = { ...(isError && { isError }), ...(providerExecuted && { providerExecuted }) };
    const messageId = this.#nextId("result");
    put(write, {
      type: "TOOL_CALL_RESULT",
      messageId,
      toolCallId: callId,
      content: outputText(output),
      role: "tool",
      metadata: { sluice: { output, ...own } },
    });
    if (opaque === undefined && Object.keys(own).length === 0) return;
    const encryptedValue = writeState({ ...(opaque && { opaque }), ...own, ...(json && { json }) });
    put(write, { type: "REASONING_ENCRYPTED_VALUE", subtype: "message", entityId: messageId, encryptedValue });
  }

  /** Content of the provider's that must come back: a client keeps messages, and brings back what stands in them. */
  #stateAlone(state: State & { name: string }, write: WriteFrame): void {
    this.#close(write);
    const messageId = this.#nextId("reasoning");
    put(write, { type: "REASONING_START", messageId });
    put(write, { type: "REASONING_MESSAGE_START", role: "reasoning", messageId });
    put(write, { type: "REASONING_MESSAGE_END", messageId });
    put(write, { type: "REASONING_END", messageId });
    const encryptedValue = writeState(state);
    put(write, { type: "REASONING_ENCRYPTED_VALUE", subtype: "message", entityId: messageId, encryptedValue });
  }

  #custom(write: WriteFrame, name: string, value: JsonValue): void {
    put(write, { type: "CUSTOM", name, value });
  }

  #finish({ reason, usage }: FinishEvent, write: WriteFrame): void {
    this.#closeAll(write);
    this.#ended = true;
    const pending = [...this.#pending];
    const outcome: JsonObject =
      this.#requests.length > 0
        ? { type: "interrupt", interrupts: this.#requests.map(interruptOf) }
        : { type: "success", ...(pending.length > 0 && { pendingToolCallIds: pending }) };
    put(write, {
      type: "RUN_FINISHED",
      ...this.#ids(),
      outcome,
      usage: [usageOf(usage, this.#model)],
      metadata: { finishReason: reason },
    });
  }

  #error(message: string, code: string, write: WriteFrame): void {
    this.#ended = true;
    put(write, { type: "RUN_ERROR", message, code });
  }

  #ids() {
    return { threadId: this.#threadId, runId: this.#runId };
  }

  #nextId(kind: string): string {
    return `${this.#runId}-${kind}-${this.#messages++}`;
  }

  #endStep(write: WriteFrame): void {
    this.#closeAllParts(write);
    if (this.#step !== undefined) put(write, { type: "STEP_FINISHED", stepName: this.#step });
    this.#step = undefined;
  }

  #closeAll(write: WriteFrame): void {
    this.#endStep(write);
  }

  #closeAllParts(write: WriteFrame): void {
    this.#close(write);
    for (const toolCallId of this.#openCalls) put(write, { type: "TOOL_CALL_END", toolCallId });
    this.#openCalls.clear();
  }

  #close(write: WriteFrame): void {
    const open = this.#open;
    if (open === undefined) return;
    this.#open = undefined;
    const messageId = open.id;
    if (open.kind === "text") put(write, { type: "TEXT_MESSAGE_END", messageId });
    else {
      put(write, { type: "REASONING_MESSAGE_END", messageId });
      put(write, { type: "REASONING_END", messageId });
    }
  }
}

function interruptOf(event: InputRequestEvent): JsonObject {
  const { id, callId } = event;
  const called = callId === undefined ? {} : { toolCallId: callId };
  if (event.kind === "question") {
    return { id, reason: "input_required", message: event.message, responseSchema: event.schema, ...called };
  }
  const responseSchema: JsonObject = {
    type: "object",
    properties: { approved: { type: "boolean" }, reason: { type: "string" }, input: {} },
    required: ["approved"],
  };
  return {
    id,
    reason: "tool_call",
    message: `May ${event.name} run?`,
    responseSchema,
    ...called,
    metadata: { name: event.name, input: event.input },
  };
}

function usageOf(usage: Usage, model: string): JsonObject {
  const { inputTokens, outputTokens, reasoningTokens, cacheReadTokens, cacheWriteTokens } = usage;
  const counts = {
    inputTokens,
    outputTokens,
    totalTokens: totalTokens(usage),
    reasoningTokens,
    cachedInputTokens: cacheReadTokens,
    cacheWriteInputTokens: cacheWriteTokens,
  };
  const known = Object.entries(counts).filter((entry): entry is [string, number] => entry[1] !== undefined);
  return { model, ...Object.fromEntries(known) };
}

function put(write: WriteFrame, event: JsonObject): void {
  write({ data: JSON.stringify(event) });
}
