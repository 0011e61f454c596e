import { decodeBase64 } from "../../base/base64.js";
import { isJsonObject, type JsonObject, type JsonValue } from "../../base/json.js";
import { TextBuffer } from "../../base/text-buffer.js";
import type { Emit, Source } from "../../stream/chat-event.js";
import { providerData } from "../../stream/data-name.js";
import { filledString } from "../filled-string.js";
import { Utf8Offsets } from "../gemini/utf8-offsets.js";
import { malformed } from "../parse-frame.js";
import type { ReportedCalls } from "../reported-calls.js";
import { parseToolInput, toolInput, UNNAMED } from "../tool-input.js";
import { GOOGLE_INTERACTIONS, ownState } from "./own-state.js";

/**
 * A step of an interaction whose end has not come: a thought, output of the model, a call or the result of one. Its start
 * may hold all of it, as in a body that was not streamed.
 */
export class OpenStep {
  readonly #block: number;
  readonly #step: JsonObject;
  readonly #offsets = new Utf8Offsets();
  readonly #arguments = new TextBuffer();
  #streamed = false;

  constructor(step: JsonObject, block: number, emit: Emit) {
    this.#block = block;
    const { content, summary, ...rest } = step;
    // A user's message that is repeated is not the model's output.
    const echo = step.type === "user_input";
    this.#step = echo ? step : rest;
    if (echo) return;
    if (typeof step.text === "string") this.delta({ ...step, type: "text" }, emit);
    for (const item of objects(content)) this.delta(item, emit);
    for (const item of objects(summary)) this.delta({ type: "thought_summary", content: item }, emit);
  }

  /** Whether it is a call that waits for the caller. */
  get isCall(): boolean {
    return this.#step.type === "function_call";
  }

  delta(delta: JsonObject, emit: Emit): void {
    switch (delta.type) {
      case "text":
        this.#text(delta, emit);
        return;
      case "text_annotation":
      case "text_annotation_delta":
        this.#cite(delta.annotations, emit);
        return;
      case "thought_summary":
        if (isJsonObject(delta.content)) this.#thought(delta.content, emit);
        return;
      case "thought_signature":
        this.#step.signature = delta.signature ?? "";
        return;
      case "arguments_delta":
        if (typeof delta.arguments === "string") this.#input(delta.arguments, emit);
        return;
      case "image":
      case "audio":
      case "video":
      case "document":
        file(delta, emit);
        return;
      default:
        // A step that comes in one piece after its start.
        if (delta.type === this.#step.type) Object.assign(this.#step, delta);
        else emit({ type: "data", name: providerData(filledString(delta.type) ?? "delta"), value: delta });
    }
  }

  /** @param reported the calls of the interaction that were reported. */
  close(reported: ReportedCalls, emit: Emit): void {
    const { type } = this.#step;
    if (typeof type !== "string" || type === "") return;
    if (type === "thought") this.#closeThought(emit);
    else if (type.endsWith("_call")) this.#closeCall(type, reported, emit);
    else if (type.endsWith("_result")) this.#closeResult(emit);
    else if (type === "model_output" || type === "text") {
      if (isJsonObject(this.#step.error)) emit({ type: "data", name: "provider/error", value: this.#step.error });
    } else {
      emit({
        type: "data",
        name: providerData(type),
        value: this.#step,
        opaque: { dialect: GOOGLE_INTERACTIONS, data: this.#step },
      });
    }
  }

  #text({ text, annotations }: JsonObject, emit: Emit): void {
    if (typeof text === "string" && text !== "") {
      this.#offsets.push(text);
      emit({ type: "text-delta", text, block: this.#block });
    }
    this.#cite(annotations, emit);
  }

  #thought(content: JsonObject, emit: Emit): void {
    const { type, text } = content;
    if (type === "image") file(content, emit);
    else if (typeof text === "string" && text !== "") emit({ type: "reasoning-delta", text, block: this.#block });
  }

  /** Offsets are those of the step's text, in UTF-8 bytes. */
  #cite(annotations: JsonValue | undefined, emit: Emit): void {
    for (const annotation of objects(annotations)) {
      const start = typeof annotation.start_index === "number" ? annotation.start_index : 0;
      const end = typeof annotation.end_index === "number" ? annotation.end_index : -1;
      const [from, to] = [this.#offsets.toUnits(start), this.#offsets.toUnits(end)];
      const span = from === undefined || to === undefined ? {} : { span: { start: from, end: to } };
      const opaque = { dialect: GOOGLE_INTERACTIONS, data: annotation };
      emit({ type: "source", source: { ...sourceOf(annotation), ...span, opaque }, block: this.#block });
    }
  }

  #input(delta: string, emit: Emit): void {
    if (delta === "") return;
    this.#streamed = true;
    this.#arguments.push(delta);
    emit({ type: "tool-input-delta", callId: this.#id("id"), name: this.#name(), delta });
  }

  #closeThought(emit: Emit): void {
    const state = ownState(this.#step, []);
    if (state.opaque !== undefined) emit({ type: "reasoning-delta", text: "", block: this.#block, ...state });
  }

  #closeCall(type: string, reported: ReportedCalls, emit: Emit): void {
    const own = type === "function_call";
    const input = this.#streamed
      ? parseToolInput(this.#arguments.toString())
      : { input: toolInput(this.#step.arguments) };
    const state = ownState(this.#step, ["id", "name", "arguments"]);
    const provider = own ? {} : ({ providerExecuted: true } as const);
    const callId = reported.admit(this.#id("id"), this.#name(), JSON.stringify(input.input));
    if (callId !== undefined) emit({ type: "tool-call", callId, name: this.#name(), ...input, ...provider, ...state });
  }

  #closeResult(emit: Emit): void {
    emit({
      type: "tool-result",
      callId: this.#id("call_id"),
      name: this.#name(),
      output: this.#step.result ?? null,
      ...(this.#step.is_error === true && { isError: true }),
      providerExecuted: true,
      ...ownState(this.#step, ["call_id", "name", "result", "is_error"]),
    });
  }

  /** Google's own tools have no name but the step's type. */
  #name(): string {
    if (this.isCall) return filledString(this.#step.name) ?? UNNAMED;
    return filledString(this.#step.name) ?? (String(this.#step.type).replace(/_(call|result)$/, "") || "tool");
  }

  #id(key: string): string {
    return filledString(this.#step[key]) ?? `step-${this.#block}`;
  }
}

function sourceOf(annotation: JsonObject): Source {
  const { url, title, name, file_name, document_uri, place_id } = annotation;
  const kind = typeof url === "string" ? "url" : "document";
  const facts = { url: url ?? document_uri, title: title ?? name, filename: file_name, id: place_id };
  const known = Object.entries(facts).filter(([, value]) => typeof value === "string");
  return { kind, ...Object.fromEntries(known) };
}

function file({ type, data, mime_type: mimeType, ...more }: JsonObject, emit: Emit): void {
  if (typeof data !== "string") {
    emit({
      type: "data",
      name: providerData(String(type)),
      value: { type: type ?? "", ...more, mime_type: mimeType ?? "" },
    });
    return;
  }
  emit({ type: "file", mediaType: typeof mimeType === "string" ? mimeType : `${type}/*`, data: bytesOf(data) });
}

function bytesOf(base64: string): Uint8Array {
  try {
    return decodeBase64(base64);
  } catch (cause) {
    throw malformed(base64, "a file that is not base64", cause);
  }
}

function objects(value: JsonValue | undefined): JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}
