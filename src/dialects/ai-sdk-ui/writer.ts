import type { JsonObject, JsonValue } from "../../base/json.js";
import type {
  ChatEvent,
  DataEvent,
  FileEvent,
  FinishEvent,
  InputRequestEvent,
  ReasoningDeltaEvent,
  SourceEvent,
  StartEvent,
  TextDeltaEvent,
  ToolCallEvent,
  ToolResultEvent,
} from "../../stream/chat-event.js";
import type { SluiceError } from "../../stream/error.js";
import { eventToJson } from "../../stream/event-json.js";
import { outputText } from "../../stream/tool-text.js";
import { toDataUrl } from "../data-url.js";
import type { WireWriter, WriteFrame } from "../dialect.js";
import { writeReason } from "./finish-reason.js";
import { writeNote, writeResultNote, writeSourceNote } from "./metadata.js";

interface OpenPart {
  kind: "text" | "reasoning";
  id: string;
  block: number | undefined;
  refusal: true | undefined;
}

/**
 * Writes a UI message stream (version 1) of the AI SDK: parts with a beginning and an end, in steps. What the protocol has no
 * part for is a `data-…` part, transient unless the message must bring it back.
 */
export class UiMessageWriter implements WireWriter {
  #started = false;
  #inStep = false;
  #steps = 0;
  #ended = false;
  /** Whether the client has seen anything that it cannot un-see. */
  #emitted = false;
  #parts = 0;
  #open: OpenPart | undefined;
  readonly #begunCalls = new Set<string>();

  push(event: ChatEvent, write: WriteFrame): void {
    if (this.#ended) return;
    switch (event.type) {
      case "start":
        this.#begin(event, write);
        return;
      case "step-start":
        this.#close(write);
        this.#step(write);
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
        this.#beginCall(event, write);
        chunk(write, { type: "tool-input-delta", toolCallId: event.callId, inputTextDelta: event.delta });
        return;
      case "tool-call":
        this.#call(event, write);
        return;
      case "tool-result":
        this.#result(event, write);
        return;
      case "input-request":
        this.#request(event, write);
        return;
      case "source":
        this.#source(event, write);
        return;
      case "file":
        this.#file(event, write);
        return;
      case "context":
        chunk(write, { type: "message-metadata", messageMetadata: { contextId: event.contextId } });
        return;
      case "data":
        this.#data(event, write);
        return;
      case "sentence":
      case "audio-delta":
      case "nested":
        this.#transient(event.type, eventToJson(event) as JsonObject, write);
        return;
      case "retract":
        if (this.#emitted) this.#retract(event.reason, write);
        return;
      case "finish":
        this.#finish(event, write);
        return;
      case "usage":
        return;
      default:
        event satisfies never;
    }
  }

  end(write: WriteFrame): void {
    write({ data: "[DONE]" });
  }

  fail(error: SluiceError, write: WriteFrame): void {
    if (!this.#ended) {
      this.#close(write);
      const message = error.providerMessage ?? error.message;
      if (error.code === "cancelled") chunk(write, { type: "abort", reason: message });
      else chunk(write, { type: "error", errorText: message });
    }
    this.#ended = true;
    this.end(write);
  }

  #begin({ id, model }: StartEvent, write: WriteFrame): void {
    if (!this.#started) chunk(write, { type: "start", messageId: id, messageMetadata: { model } });
    this.#started = true;
  }

  #delta(kind: OpenPart["kind"], event: TextDeltaEvent | ReasoningDeltaEvent, write: WriteFrame): void {
    const { text, block, opaque } = event;
    if (text === "" && opaque === undefined) return;
    const refusal = event.type === "text-delta" ? event.refusal : undefined;
    let open = this.#open;
    if (open === undefined || open.kind !== kind || open.block !== block || open.refusal !== refusal) {
      this.#close(write);
      this.#step(write);
      open = { kind, id: `${kind}-${this.#parts++}`, block, refusal };
      chunk(write, { type: `${kind}-start`, id: open.id, ...writeNote(refusal === undefined ? {} : { refusal }) });
      this.#open = open;
      this.#emitted = true;
    }
    if (text !== "") chunk(write, { type: `${kind}-delta`, id: open.id, delta: text });
    // State of the provider seals the part that it came with.
    if (opaque !== undefined) this.#close(write, writeNote({ opaque, ...(refusal && { refusal }) }));
  }

  #beginCall(event: Pick<ToolCallEvent, "callId" | "name" | "providerExecuted">, write: WriteFrame): void {
    if (this.#begunCalls.has(event.callId)) return;
    this.#begunCalls.add(event.callId);
    const { callId, name, providerExecuted } = event;
    this.#part(write, {
      type: "tool-input-start",
      toolCallId: callId,
      toolName: name,
      ...(providerExecuted && { providerExecuted }),
    });
  }

  #call(event: ToolCallEvent, write: WriteFrame): void {
    const { callId, name, input, providerExecuted, opaque, invalid } = event;
    this.#begunCalls.add(callId);
    this.#part(write, {
      type: invalid ? "tool-input-error" : "tool-input-available",
      toolCallId: callId,
      toolName: name,
      input,
      ...(invalid && { errorText: "the arguments are not JSON" }),
      ...(providerExecuted && { providerExecuted }),
      ...writeNote(opaque === undefined ? {} : { opaque }),
    });
  }

  #result(event: ToolResultEvent, write: WriteFrame): void {
    const { callId, output, isError, preliminary, providerExecuted } = event;
    const common = { toolCallId: callId, ...(providerExecuted && { providerExecuted }) };
    // Some providers show how far a result is before they say what was called; the client knows no result without a call.
    this.#beginCall(event, write);
    const note = writeResultNote(event);
    if (note !== undefined) this.#part(write, note);
    if (isError) this.#part(write, { type: "tool-output-error", ...common, errorText: outputText(output) });
    else
      this.#part(write, {
        type: "tool-output-available",
        ...common,
        output,
        ...(preliminary && { preliminary }),
      });
  }

  #request(event: InputRequestEvent, write: WriteFrame): void {
    if (event.kind === "approval" && this.#begunCalls.has(event.callId)) {
      this.#part(write, { type: "tool-approval-request", approvalId: event.id, toolCallId: event.callId });
    } else this.#part(write, { type: "data-input-request", id: event.id, data: event as unknown as JsonValue });
  }

  #source({ source, block }: SourceEvent, write: WriteFrame): void {
    const { kind, id, url, title, filename, mediaType } = source;
    const sourceId = id ?? url ?? `source-${this.#parts++}`;
    const note = writeSourceNote(source, block);
    this.#step(write);
    this.#emitted = true;
    // The text that is cited goes on: its part stays open.
    if (kind === "url" && url !== undefined) {
      chunk(write, { type: "source-url", sourceId, url, ...(title !== undefined && { title }), ...note });
      return;
    }
    const named = { mediaType: mediaType ?? "text/plain", title: title ?? filename ?? url ?? "" };
    chunk(write, { type: "source-document", sourceId, ...named, ...(filename !== undefined && { filename }), ...note });
  }

  #data({ name, value, opaque }: DataEvent, write: WriteFrame): void {
    if (opaque === undefined) this.#transient(name, value, write);
    else this.#part(write, { type: "data-sluice", data: { name, value, opaque: opaque as unknown as JsonValue } });
  }

  #file({ mediaType, data }: FileEvent, write: WriteFrame): void {
    this.#part(write, { type: "file", url: toDataUrl(mediaType, data), mediaType });
  }

  /** Data that the client shows and does not keep. */
  #transient(name: string, value: JsonValue, write: WriteFrame): void {
    chunk(write, { type: `data-${name}`, data: value, transient: true });
  }

  #retract(reason: string, write: WriteFrame): void {
    this.#close(write);
    chunk(write, { type: "error", errorText: `what was emitted is void: ${reason}` });
    this.#ended = true;
  }

  #finish({ reason, usage }: FinishEvent, write: WriteFrame): void {
    if (this.#steps === 0) this.#step(write);
    this.#endStep(write);
    this.#ended = true;
    const word = writeReason(reason);
    const { raw: _, ...counts } = usage;
    const metadata = { usage: counts, ...(word !== reason && { finishReason: reason }) };
    chunk(write, { type: "finish", finishReason: word, messageMetadata: metadata });
  }

  /** A part that has no pieces. */
  #part(write: WriteFrame, part: JsonObject): void {
    this.#close(write);
    this.#step(write);
    this.#emitted = true;
    chunk(write, part);
  }

  #step(write: WriteFrame): void {
    if (this.#inStep) return;
    this.#inStep = true;
    this.#steps++;
    chunk(write, { type: "start-step" });
  }

  #endStep(write: WriteFrame): void {
    this.#close(write);
    if (this.#inStep) chunk(write, { type: "finish-step" });
    this.#inStep = false;
  }

  #close(write: WriteFrame, note: JsonObject = {}): void {
    if (this.#open !== undefined) chunk(write, { type: `${this.#open.kind}-end`, id: this.#open.id, ...note });
    this.#open = undefined;
  }
}

function chunk(write: WriteFrame, value: JsonObject): void {
  write({ data: JSON.stringify(value) });
}
