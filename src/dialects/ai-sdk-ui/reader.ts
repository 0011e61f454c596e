import { isJsonObject, type JsonObject, type JsonValue } from "../../base/json.js";
import type { Emit, FinishReason } from "../../stream/chat-event.js";
import { dataNameOf } from "../../stream/data-name.js";
import { SluiceError } from "../../stream/error.js";
import { eventOf } from "../../stream/event-json.js";
import type { Frame } from "../../stream/framing/frame.js";
import type { Usage } from "../../stream/usage.js";
import { fromDataUrl } from "../data-url.js";
import type { WireReader } from "../dialect.js";
import { malformed, parseFrame } from "../parse-frame.js";
import { providerError } from "../provider-error.js";
import { readReason } from "./finish-reason.js";
import { readNote } from "./metadata.js";

/** Reads a UI message stream of the AI SDK. */
export class UiMessageReader implements WireReader {
  #finished = false;
  #calls = false;
  #parts = new Map<string, { block: number; refusal: true | undefined }>();
  readonly #names = new Map<string, string>();

  push(frame: Frame, emit: Emit): void {
    if (frame.data === "[DONE]") return;
    const value = parseFrame(frame.data);
    if (typeof value.type !== "string") throw malformed(frame.data, "no chunk with a type");
    this.#chunk(value, value.type, emit);
  }

  end(): void {
    if (!this.#finished)
      throw new SluiceError("truncated", "the message ended without its finish", { retryable: true });
  }

  #chunk(value: JsonObject, type: string, emit: Emit): void {
    switch (type) {
      case "start":
        emit({ type: "start", id: text(value.messageId), model: text(metadataOf(value).model) });
        return;
      case "text-start":
      case "reasoning-start":
        this.#parts.set(text(value.id), { block: this.#parts.size, refusal: readNote(value.providerMetadata).refusal });
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
      case "tool-input-delta": {
        const callId = text(value.toolCallId);
        const name = this.#names.get(callId) ?? "";
        emit({ type: "tool-input-delta", callId, name, delta: text(value.inputTextDelta) });
        return;
      }
      case "tool-input-available":
      case "tool-input-error":
        this.#call(value, type, emit);
        return;
      case "tool-output-available":
      case "tool-output-error":
        this.#result(value, type, emit);
        return;
      case "source-url":
      case "source-document":
        emit({ type: "source", source: sourceOf(value) });
        return;
      case "file":
        this.#file(value, emit);
        return;
      case "finish":
        this.#finish(value, emit);
        return;
      case "error":
        throw providerError({ message: text(value.errorText) });
      case "abort":
        throw new SluiceError("cancelled", text(value.reason) || "the answer was stopped");
      default:
        if (type.startsWith("data-")) this.#data(type.slice("data-".length), value, emit);
    }
  }

  #delta(value: JsonObject, type: "text-delta" | "reasoning-delta", delta: string, emit: Emit): void {
    const part = this.#parts.get(text(value.id));
    if (part === undefined) throw malformed(JSON.stringify(value), "a delta of a part that has not begun");
    const { block, refusal } = part;
    if (type === "reasoning-delta") emit({ type, text: delta, block });
    else emit({ type, text: delta, block, ...(refusal && { refusal }) });
  }

  #seal(value: JsonObject, end: string, emit: Emit): void {
    const { opaque, refusal } = readNote(value.providerMetadata);
    const block = this.#parts.get(text(value.id))?.block ?? this.#parts.size;
    const sealed = { text: "", block, ...(opaque && { opaque }) };
    if (end === "reasoning-end") emit({ type: "reasoning-delta", ...sealed });
    else emit({ type: "text-delta", ...sealed, ...(refusal && { refusal }) });
  }

  #call(value: JsonObject, type: string, emit: Emit): void {
    const callId = text(value.toolCallId);
    this.#names.set(callId, text(value.toolName));
    const providerExecuted = value.providerExecuted === true;
    if (!providerExecuted) this.#calls = true;
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

  #result(value: JsonObject, type: string, emit: Emit): void {
    const callId = text(value.toolCallId);
    const failed = type === "tool-output-error";
    const { opaque } = readNote(value.providerMetadata);
    emit({
      type: "tool-result",
      callId,
      name: this.#names.get(callId) ?? "",
      output: (failed ? value.errorText : value.output) ?? null,
      ...(failed && { isError: true }),
      ...(value.preliminary === true && { preliminary: true }),
      ...(value.providerExecuted === true && { providerExecuted: true }),
      ...(opaque && { opaque }),
    });
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
    if (name === "sluice") {
      const { opaque } = readNote({ sluice: { opaque: inner.opaque ?? null } });
      emit({ type: "data", name: dataNameOf(text(inner.name)), value: inner.value ?? null, ...(opaque && { opaque }) });
    } else if (["nested", "sentence", "audio-delta"].includes(name) || name === "input-request") emit(eventOf(data));
    else emit({ type: "data", name: dataNameOf(name), value: data });
  }

  #finish(value: JsonObject, emit: Emit): void {
    this.#finished = true;
    const metadata = metadataOf(value);
    const fallback: FinishReason = this.#calls ? "tool-calls" : "stop";
    const reason = readReason(metadata.finishReason ?? value.finishReason) ?? fallback;
    emit({ type: "finish", reason, usage: isJsonObject(metadata.usage) ? (metadata.usage as Usage) : {} });
  }
}

function metadataOf(value: JsonObject): JsonObject {
  return isJsonObject(value.messageMetadata) ? value.messageMetadata : {};
}

function sourceOf({ type, sourceId, url, title, filename, mediaType }: JsonObject) {
  return {
    kind: type === "source-url" ? ("url" as const) : ("document" as const),
    ...(typeof sourceId === "string" && sourceId !== url && { id: sourceId }),
    ...(typeof url === "string" && { url }),
    ...(typeof title === "string" && { title }),
    ...(typeof filename === "string" && { filename }),
    ...(type === "source-document" && typeof mediaType === "string" && { mediaType }),
  };
}

function text(value: JsonValue | undefined): string {
  return typeof value === "string" ? value : "";
}
