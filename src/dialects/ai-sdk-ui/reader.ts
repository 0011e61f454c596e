import { isJsonObject, type JsonObject, type JsonValue } from "../../base/json.js";
import type { Emit, FinishReason, Source, SourceEvent, ToolResultEvent } from "../../stream/chat-event.js";
import { dataNameOf } from "../../stream/data-name.js";
import { SluiceError } from "../../stream/error.js";
import { eventOf } from "../../stream/event-json.js";
import type { Frame } from "../../stream/framing/frame.js";
import type { Usage } from "../../stream/usage.js";
import { complaintIn } from "../complaint.js";
import { fromDataUrl } from "../data-url.js";
import type { WireReader } from "../dialect.js";
import { isDone, parseEvent } from "../parse-frame.js";
import { providerError } from "../provider-error.js";
import { StrayFrames } from "../stray-frames.js";
import { tokenCount } from "../token-count.js";
import { readReason } from "./finish-reason.js";
import { readNote, readOpaque, readSourceNote, withResultNote } from "./metadata.js";

/** Chunks that say nothing of the answer. */
const SILENT = ["finish-step", "message-metadata"];

interface Part {
  block: number;
  refusal: true | undefined;
}

/** Reads a UI message stream of the AI SDK. */
export class UiMessageReader implements WireReader {
  readonly #strays = new StrayFrames("ai-sdk-ui");
  #finished = false;
  #message: { id: string; model: string } | undefined;
  #steps = 0;
  #calls = false;
  #blocks = 0;
  readonly #parts = new Map<string, Part>();
  readonly #names = new Map<string, string>();
  /** Calls that somebody may be asked about. */
  readonly #asked = new Map<string, { name: string; input: JsonValue }>();
  #approvals = false;
  /** What was noted of results that are to come. */
  readonly #notes = new Map<string, JsonObject>();

  push(frame: Frame, emit: Emit): void {
    if (this.#finished || isDone(frame.data)) return;
    const value = parseEvent(frame);
    this.#chunk(value, text(value.type), frame, emit);
  }

  end(): void {
    if (this.#finished) return;
    const message = "the message ended without its finish";
    throw this.#strays.error ?? new SluiceError("truncated", message, { retryable: true });
  }

  #chunk(value: JsonObject, type: string, frame: Frame, emit: Emit): void {
    switch (type) {
      case "start":
        this.#start(value, emit);
        return;
      case "start-step":
        this.#startStep(emit);
        return;
      case "reset-step": // Version 7.
        this.#anew("the server began the step anew", emit);
        return;
      case "text-start":
      case "reasoning-start":
        this.#begin(value);
        return;
      case "text-delta":
      case "reasoning-delta":
        this.#delta(value, type, text(value.delta), emit);
        return;
      case "text-end":
      case "reasoning-end":
        if (readNote(value.providerMetadata).opaque !== undefined) this.#seal(value, type, emit);
        return;
      case "tool-input-start":
        this.#names.set(text(value.toolCallId), text(value.toolName));
        return;
      case "tool-input-delta":
        this.#input(value, emit);
        return;
      case "tool-input-available":
      case "tool-input-error":
        this.#call(value, type, emit);
        return;
      case "tool-output-available":
      case "tool-output-error":
        this.#result(value, type, emit);
        return;
      case "tool-approval-request":
        this.#approval(value, emit);
        return;
      case "source-url":
      case "source-document":
        emit(sourceEvent(value));
        return;
      case "file":
        this.#file(value, emit);
        return;
      case "finish":
        this.#finish(value, emit);
        return;
      case "error":
        throw providerError(complaintIn(value));
      case "abort":
        throw new SluiceError("cancelled", text(value.reason) || "the answer was stopped");
      default:
        if (type.startsWith("data-")) this.#data(type.slice("data-".length), value, emit);
        else if (!SILENT.includes(type)) this.#strays.push(value, frame, emit);
    }
  }

  /** A message that begins again, as servers that replay a stream from its start say it, voids what was emitted of it. */
  #start(value: JsonObject, emit: Emit): void {
    const again = this.#message !== undefined;
    this.#message = { id: text(value.messageId), model: text(metadataOf(value).model) };
    this.#steps = 0;
    if (again) this.#anew("the server began the message anew", emit);
    else emit({ type: "start", ...this.#message });
    this.#strays.release(emit);
  }

  /** The first step begins with the message. */
  #startStep(emit: Emit): void {
    if (this.#steps++ === 0) return;
    const step = this.#steps - 1;
    emit({ type: "step-finish", step: step - 1, reason: this.#calls ? "tool-calls" : "other", usage: {} });
    this.#calls = false;
    emit({ type: "step-start", step, model: this.#message?.model ?? "" });
  }

  #anew(reason: string, emit: Emit): void {
    const { id, model } = this.#message ?? { id: "", model: "" };
    emit({ type: "retract", reason });
    this.#parts.clear();
    this.#calls = false;
    if (this.#steps > 1) emit({ type: "step-start", step: this.#steps - 1, model });
    else emit({ type: "start", id, model });
  }

  #begin(value: JsonObject): Part {
    // A second part under one id is another part.
    const part = { block: this.#blocks++, refusal: readNote(value.providerMetadata).refusal };
    this.#parts.set(text(value.id), part);
    return part;
  }

  #delta(value: JsonObject, type: "text-delta" | "reasoning-delta", delta: string, emit: Emit): void {
    // One of a part that did not begin is its beginning: no text is lost.
    const { block, refusal } = this.#parts.get(text(value.id)) ?? this.#begin(value);
    if (type === "reasoning-delta") emit({ type, text: delta, block });
    else emit({ type, text: delta, block, ...(refusal && { refusal }) });
  }

  #seal(value: JsonObject, end: string, emit: Emit): void {
    const { opaque, refusal } = readNote(value.providerMetadata);
    const block = this.#parts.get(text(value.id))?.block ?? this.#blocks++;
    const sealed = { text: "", block, ...(opaque && { opaque }) };
    if (end === "reasoning-end") emit({ type: "reasoning-delta", ...sealed });
    else emit({ type: "text-delta", ...sealed, ...(refusal && { refusal }) });
  }

  #input(value: JsonObject, emit: Emit): void {
    const callId = text(value.toolCallId);
    const name = this.#names.get(callId) ?? "";
    emit({ type: "tool-input-delta", callId, name, delta: text(value.inputTextDelta) });
  }

  #call(value: JsonObject, type: string, emit: Emit): void {
    const callId = text(value.toolCallId);
    this.#names.set(callId, text(value.toolName));
    const providerExecuted = value.providerExecuted === true;
    if (!providerExecuted) this.#calls = true;
    this.#asked.set(callId, { name: text(value.toolName), input: value.input ?? {} });
    const { opaque } = readNote(value.providerMetadata);
    emit({
      type: "tool-call",
      callId,
      name: text(value.toolName),
      input: value.input ?? {},
      ...(type === "tool-input-error" && { invalid: true }),
      ...(providerExecuted && { providerExecuted }),
      ...(opaque && { opaque }),
    });
  }

  #approval(value: JsonObject, emit: Emit): void {
    const callId = text(value.toolCallId);
    const call = this.#asked.get(callId);
    if (call === undefined) return;
    this.#approvals = true;
    emit({ type: "input-request", id: text(value.approvalId), kind: "approval", callId, ...call });
  }

  #result(value: JsonObject, type: string, emit: Emit): void {
    const callId = text(value.toolCallId);
    const failed = type === "tool-output-error";
    const event: ToolResultEvent = {
      type: "tool-result",
      callId,
      name: this.#names.get(callId) ?? "",
      output: (failed ? value.errorText : value.output) ?? null,
      ...(failed && { isError: true }),
      ...(value.preliminary === true && { preliminary: true }),
      ...(value.providerExecuted === true && { providerExecuted: true }),
    };
    emit(withResultNote(event, this.#notes.get(callId)));
  }

  #file(value: JsonObject, emit: Emit): void {
    const file = fromDataUrl(text(value.url));
    // A file that stands elsewhere is a source to read it from.
    if (file !== undefined) emit({ type: "file", ...file });
    else emit({ type: "source", source: { kind: "url", url: text(value.url) } });
  }

  #data(name: string, value: JsonObject, emit: Emit): void {
    const data = value.data ?? null;
    const inner = isJsonObject(data) ? data : {};
    if (name === "sluice" && typeof inner.callId === "string") this.#notes.set(inner.callId, inner);
    else if (name === "sluice") {
      const opaque = readOpaque(inner.opaque);
      emit({ type: "data", name: dataNameOf(text(inner.name)), value: inner.value ?? null, ...(opaque && { opaque }) });
    } else if (["nested", "sentence", "audio-delta"].includes(name) || name === "input-request") emit(eventOf(data));
    else emit({ type: "data", name: dataNameOf(name), value: data });
  }

  #finish(value: JsonObject, emit: Emit): void {
    this.#finished = true;
    const metadata = metadataOf(value);
    const fallback: FinishReason = this.#approvals ? "input-required" : this.#calls ? "tool-calls" : "stop";
    const reason = readReason(metadata.finishReason ?? value.finishReason) ?? fallback;
    if (this.#steps > 1) emit({ type: "step-finish", step: this.#steps - 1, reason, usage: {} });
    emit({ type: "finish", reason, usage: usageIn(metadata.usage) });
  }
}

function metadataOf(value: JsonObject): JsonObject {
  return isJsonObject(value.messageMetadata) ? value.messageMetadata : {};
}

const COUNTS = ["inputTokens", "outputTokens", "cacheReadTokens", "cacheWriteTokens", "reasoningTokens"] as const;

function usageIn(value: JsonValue | undefined): Usage {
  if (!isJsonObject(value)) return {};
  const usage: Usage = {};
  for (const name of COUNTS) {
    const count = tokenCount(value[name]);
    if (count !== undefined) usage[name] = count;
  }
  return value.raw === undefined ? usage : { ...usage, raw: value.raw };
}

function sourceEvent({ type, sourceId, url, title, filename, mediaType, providerMetadata }: JsonObject): SourceEvent {
  const { source: noted, block } = readSourceNote(providerMetadata);
  const address = url ?? noted.url;
  const source: Source = {
    kind: type === "source-url" ? "url" : "document",
    ...(typeof sourceId === "string" && sourceId !== address && !MADE_ID.test(sourceId) && { id: sourceId }),
    ...(typeof url === "string" && { url }),
    // A document has to have a title: its name or its address stands for it.
    ...(typeof title === "string" && ![filename, address, ""].includes(title) && { title }),
    ...(typeof filename === "string" && { filename }),
    ...(type === "source-document" && typeof mediaType === "string" && { mediaType }),
    ...noted,
  };
  return { type: "source", source, ...(block !== undefined && { block }) };
}

/** An id that the writer made. */
const MADE_ID = /^source-\d+$/;

function text(value: JsonValue | undefined): string {
  return typeof value === "string" ? value : "";
}
