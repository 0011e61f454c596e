import { encodeBase64 } from "../../base/base64.js";
import { isJsonObject, type JsonObject, type JsonValue } from "../../base/json.js";
import type { ChatEvent, FinishEvent, StartEvent, ToolCallEvent } from "../../stream/chat-event.js";
import { isProviderTool } from "../../stream/chat-request.js";
import type { SluiceError } from "../../stream/error.js";
import { toDataUrl } from "../data-url.js";
import type { WireWriter, WriteFrame, WriterContext } from "../dialect.js";
import { writeError } from "../openai-error.js";
import { writeFinishReason } from "./finish-reason.js";
import { ownData } from "./opaque.js";
import { wantsUsage } from "./read-request.js";
import { writeAnnotation } from "./sources.js";
import { writeUsage } from "./usage.js";
import { writeCall } from "./write-call.js";

/**
 * Writes a streamed chat completion: a chunk with the role, a chunk a delta, a chunk with the finish reason, one with the
 * usage if the client asked for it, and `[DONE]`. What a stream says beyond that is in `losses`.
 */
export class OpenAiChatWriter implements WireWriter {
  readonly #context: WriterContext;
  readonly #created: number;
  /** The index of each call that was begun. */
  readonly #calls = new Map<string, number>();
  /** Tools that take plain text, which is said whole. */
  readonly #customTools: ReadonlySet<string | undefined>;
  #start: StartEvent | undefined;

  constructor(context: WriterContext) {
    this.#context = context;
    this.#created = context.created ?? Math.floor(Date.now() / 1_000);
    const custom = (context.request.tools ?? []).filter((tool) => isProviderTool(tool) && tool.type === "custom");
    this.#customTools = new Set(custom.map((tool) => tool.name));
  }

  push(event: ChatEvent, write: WriteFrame): void {
    switch (event.type) {
      case "start":
        // After a retraction another model begins; the client cannot be told, and keeps the first id.
        if (this.#start !== undefined) return;
        this.#start = event;
        this.#delta({ role: "assistant", content: "" }, write);
        return;
      case "text-delta":
        this.#delta(event.refusal ? { refusal: event.text } : { content: event.text }, write);
        return;
      case "reasoning-delta":
        this.#reasoning(event.text, ownData(event.opaque)?.reasoning_details, write);
        return;
      case "tool-input-delta":
        if (event.providerExecuted || this.#customTools.has(event.name)) return;
        this.#callInput(event.callId, event.name, event.delta, write);
        return;
      case "tool-call": {
        if (event.providerExecuted) return;
        if (!this.#calls.has(event.callId)) this.#begin(event.callId, writeCall(event), write);
        this.#callExtra(event, write);
        return;
      }
      case "source": {
        const annotation = writeAnnotation(event.source);
        if (annotation !== undefined) this.#delta({ annotations: [annotation] }, write);
        return;
      }
      case "file":
        this.#file(event, write);
        return;
      case "finish":
        this.#finish(event, write);
        return;
      case "usage":
      case "tool-result":
      case "input-request":
      case "sentence":
      case "audio-delta":
      case "nested":
      case "data":
      case "context":
      case "step-start":
      case "step-finish":
      case "retract":
        return;
      default:
        event satisfies never;
    }
  }

  end(write: WriteFrame): void {
    write({ data: "[DONE]" });
  }

  fail(error: SluiceError, write: WriteFrame): void {
    write({ data: JSON.stringify(writeError(error).body) });
  }

  #reasoning(text: string, details: JsonValue | undefined, write: WriteFrame): void {
    if (text === "" && details === undefined) return;
    this.#delta(
      { ...(text !== "" && { reasoning_content: text }), ...(details && { reasoning_details: details }) },
      write,
    );
  }

  #callInput(callId: string, name: string, text: string, write: WriteFrame): void {
    const index = this.#calls.get(callId);
    if (index === undefined) {
      this.#begin(callId, { id: callId, type: "function", function: { name, arguments: text } }, write);
    } else this.#delta({ tool_calls: [{ index, function: { arguments: text } }] }, write);
  }

  #begin(callId: string, call: JsonObject, write: WriteFrame): void {
    const index = this.#calls.size;
    this.#calls.set(callId, index);
    this.#delta({ tool_calls: [{ index, ...call }] }, write);
  }

  /** What must come back with a call stands in its last piece. */
  #callExtra({ callId, opaque }: ToolCallEvent, write: WriteFrame): void {
    const extra = ownData(opaque)?.extra_content;
    const index = this.#calls.get(callId);
    if (extra !== undefined && index !== undefined) {
      this.#delta({ tool_calls: [{ index, extra_content: extra }] }, write);
    }
  }

  #file({ mediaType, data, opaque }: ChatEvent & { type: "file" }, write: WriteFrame): void {
    if (mediaType.startsWith("image/")) {
      this.#delta({ images: [{ type: "image_url", image_url: { url: toDataUrl(mediaType, data) } }] }, write);
    } else if (mediaType.startsWith("audio/")) {
      const state = ownData(opaque)?.audio;
      const id = isJsonObject(state) && typeof state.id === "string" ? state.id : `audio_${this.#start?.id ?? ""}`;
      this.#delta({ audio: { id, data: encodeBase64(data) } }, write);
    }
  }

  #finish({ reason, usage }: FinishEvent, write: WriteFrame): void {
    this.#chunk([{ index: 0, delta: {}, logprobs: null, finish_reason: writeFinishReason(reason) }], write);
    if (wantsUsage(this.#context.request)) this.#chunk([], write, { usage: writeUsage(usage) });
  }

  #delta(delta: JsonObject, write: WriteFrame): void {
    this.#chunk([{ index: 0, delta, logprobs: null, finish_reason: null }], write);
  }

  #chunk(choices: JsonValue[], write: WriteFrame, extra: JsonObject = {}): void {
    const chunk = {
      id: this.#start?.id ?? "",
      object: "chat.completion.chunk",
      created: this.#created,
      model: this.#start?.model || this.#context.model,
      choices,
      ...extra,
    };
    write({ data: JSON.stringify(chunk) });
  }
}
