import type { JsonObject } from "../../base/json.js";
import type { ChatEvent } from "../../stream/chat-event.js";
import type { ChatStream } from "../../stream/chat-stream.js";
import { SluiceError } from "../../stream/error.js";
import type { AudioDeltaEvent, SentenceEvent } from "../../stream/speech-event.js";
import { totalTokens, type Usage } from "../../stream/usage.js";
import { pcmMs } from "../audio/pcm.js";
import { HeardText } from "../heard/heard-text.js";
import type { Voice } from "../voices/voice.js";
import { itemObject, type RealtimeItem } from "./conversation-items.js";
import { newId } from "./new-id.js";
import { errorObject } from "./realtime-error.js";
import type { SessionSettings } from "./session-settings.js";
import { formatObject, WireAudioWriter } from "./wire-audio.js";

/** Why a response was cut short. */
export type CancelReason = "turn_detected" | "client_cancelled";

/** What a response needs of its session. */
export interface ResponseHost {
  /** Sends an event. Resolves when the client has taken it: nothing more is made until then. */
  send(event: JsonObject): Promise<void>;
  /** Takes an item of the response into the conversation. Not called for a response that is out of band. */
  added(item: RealtimeItem, heard: HeardText | undefined): Promise<void>;
  /** An item is complete. */
  done(item: RealtimeItem): Promise<void>;
}

/** How a response is made. */
export interface ResponsePlan {
  id: string;
  settings: SessionSettings;
  /** `null` for one that is out of band. */
  conversationId: string | null;
  metadata: JsonObject | null;
  /** Who speaks; absent where the answer is text only. */
  voice: Voice | undefined;
  /** The name of the voice, for the client. */
  voiceName: string;
}

type MessageItem = Extract<RealtimeItem, { type: "message" }>;
type CallItem = Extract<RealtimeItem, { type: "function_call" }>;

/** Writes the events of one response from a stream. */
export class RealtimeResponse {
  readonly id: string;
  readonly #plan: ResponsePlan;
  readonly #host: ResponseHost;
  readonly #heard: HeardText | undefined;
  readonly #writer: WireAudioWriter | undefined;
  readonly #functions: ReadonlySet<string>;
  readonly #output: RealtimeItem[] = [];
  readonly #calls = new Map<string, CallItem>();
  #message: MessageItem | undefined;
  #stream: ChatStream | undefined;
  #cancelled: CancelReason | undefined;
  /** The answer's text, and how much of it the client has. */
  #text = "";
  #sent = 0;
  /** Audio that was sent, in ms. */
  #audioMs = 0;
  /** How much of its audio was played by now, as far as a clock tells, in ms. */
  playedMs: () => number = () => 0;
  #usage: Usage = {};

  constructor(plan: ResponsePlan, host: ResponseHost) {
    const { voice, settings } = plan;
    this.id = plan.id;
    this.#plan = plan;
    this.#host = host;
    this.#functions = new Set(settings.tools.map(({ name }) => name));
    if (voice === undefined) return;
    this.#heard = new HeardText({ keeps: true });
    this.#writer = new WireAudioWriter(settings.outputFormat, voice.format.sampleRate ?? 0);
  }

  /** The id of the message that is being made. */
  get messageId(): string | undefined {
    return this.#message?.id;
  }

  /** Audio that was sent, in ms. */
  get audioMs(): number {
    return this.#audioMs;
  }

  /** Ends it: model and synthesis stop, and `run` says so. */
  cancel(reason: CancelReason): void {
    this.#cancelled ??= reason;
    this.#stream?.cancel(reason);
  }

  /** Makes the response. Never rejects: `response.done` says what is wrong. @param open asks the model. */
  async run(open: () => Promise<ChatStream>): Promise<void> {
    await this.#host.send({ type: "response.created", response: this.#object("in_progress") });
    try {
      if (this.#cancelled === undefined) {
        this.#stream = await open();
        // Cancelled while the model was asked.
        if (this.#cancelled !== undefined) this.#stream.cancel(this.#cancelled);
        for await (const event of this.#stream) {
          if (this.#cancelled !== undefined) break;
          await this.#take(event);
        }
      }
      if (this.#cancelled !== undefined) await this.#end("cancelled", { type: "cancelled", reason: this.#cancelled });
    } catch (thrown) {
      if (this.#cancelled !== undefined) await this.#end("cancelled", { type: "cancelled", reason: this.#cancelled });
      else await this.#end("failed", { type: "failed", error: errorObject(thrown) });
    }
  }

  async #take(event: ChatEvent): Promise<void> {
    this.#heard?.push(event);
    switch (event.type) {
      case "text-delta":
        this.#text += event.text;
        if (this.#writer === undefined) await this.#words(this.#text.length);
        return;
      case "sentence":
        await this.#sentence(event);
        return;
      case "audio-delta":
        await this.#audio(event);
        return;
      case "tool-input-delta":
        if (this.#functions.has(event.name)) await this.#arguments(event.callId, event.name, event.delta);
        return;
      case "tool-call":
        if (this.#functions.has(event.name)) await this.#call(event.callId, event.name, JSON.stringify(event.input));
        return;
      case "retract":
        // The protocol cannot take back what the client has.
        if (this.#sent > 0 || this.#output.length > 0)
          throw new SluiceError("retracted", `the answer was taken back: ${event.reason}`);
        this.#text = "";
        return;
      case "usage":
        this.#usage = event.usage;
        return;
      case "finish": {
        this.#usage = event.usage;
        const reason = incompleteReason(event.reason);
        if (reason === undefined) await this.#end("completed", null);
        else await this.#end("incomplete", { type: "incomplete", reason });
        return;
      }
      default:
    }
  }

  /** The transcript goes with the audio, so that a client that is interrupted has no words ahead of it. */
  async #sentence({ end }: SentenceEvent): Promise<void> {
    await this.#words(end);
  }

  /** Sends the answer's text up to this place. */
  async #words(end: number): Promise<void> {
    const delta = this.#text.slice(this.#sent, end);
    if (delta === "") return;
    const message = await this.#opened();
    // It may have been cancelled, and truncated, while the client took the announcement.
    if (this.#cancelled !== undefined) return;
    this.#sent = Math.max(this.#sent, end);
    const [part] = message.content;
    if (part?.type === "output_text") part.text += delta;
    if (part?.type === "output_audio") part.transcript += delta;
    const kind = this.#writer === undefined ? "output_text" : "output_audio_transcript";
    await this.#host.send({ type: `response.${kind}.delta`, ...this.#place(message), content_index: 0, delta });
  }

  async #audio({ data, mediaType, sampleRate }: AudioDeltaEvent): Promise<void> {
    if (this.#writer === undefined || data.length === 0) return;
    if (mediaType !== "audio/pcm" || sampleRate === undefined)
      throw new SluiceError("unsupported", `audio of ${mediaType} cannot be sent: choose a voice's format pcm`);
    const message = await this.#opened();
    if (this.#cancelled !== undefined) return;
    const delta = this.#writer.push(data);
    this.#audioMs += pcmMs(data.length, sampleRate);
    if (delta !== "") await this.#sendAudio(message, delta);
  }

  #sendAudio(message: MessageItem, delta: string): Promise<void> {
    return this.#host.send({ type: "response.output_audio.delta", ...this.#place(message), content_index: 0, delta });
  }

  /** The message of the answer; announced when it has something. */
  async #opened(): Promise<MessageItem> {
    if (this.#message !== undefined) return this.#message;
    const spoken = this.#writer !== undefined;
    const item: MessageItem = {
      id: newId("item"),
      type: "message",
      status: "in_progress",
      role: "assistant",
      content: [],
    };
    this.#message = item;
    await this.#announce(item, this.#heard);
    item.content.push(spoken ? { type: "output_audio", transcript: "" } : { type: "output_text", text: "" });
    const part = spoken ? { type: "audio", transcript: "" } : { type: "text", text: "" };
    await this.#host.send({ type: "response.content_part.added", ...this.#place(item), content_index: 0, part });
    return item;
  }

  async #announce(item: RealtimeItem, heard?: HeardText): Promise<void> {
    this.#output.push(item);
    const { output_index } = this.#place(item);
    await this.#host.send({
      type: "response.output_item.added",
      response_id: this.id,
      output_index,
      item: itemObject(item),
    });
    if (this.#plan.conversationId !== null) await this.#host.added(item, heard);
  }

  async #arguments(callId: string, name: string, delta: string): Promise<CallItem> {
    let item = this.#calls.get(callId);
    if (item === undefined) {
      item = {
        id: newId("item"),
        type: "function_call",
        status: "in_progress",
        call_id: callId,
        name,
        arguments: "",
      };
      this.#calls.set(callId, item);
      await this.#announce(item);
    }
    if (delta === "") return item;
    item.arguments += delta;
    await this.#host.send({
      type: "response.function_call_arguments.delta",
      ...this.#place(item),
      call_id: callId,
      delta,
    });
    return item;
  }

  async #call(callId: string, name: string, input: string): Promise<void> {
    const begun = this.#calls.get(callId)?.arguments ?? "";
    const item = await this.#arguments(callId, name, begun === "" ? input : "");
    item.status = "completed";
    const all = { call_id: callId, name, arguments: item.arguments };
    await this.#host.send({ type: "response.function_call_arguments.done", ...this.#place(item), ...all });
    await this.#itemDone(item);
  }

  async #end(status: "completed" | "incomplete" | "cancelled" | "failed", details: JsonObject | null): Promise<void> {
    if (status === "completed" || status === "incomplete") await this.#words(this.#text.length);
    const whole = status === "completed";
    if (this.#message !== undefined) await this.#endMessage(this.#message, whole);
    for (const item of this.#calls.values()) {
      if (item.status !== "in_progress") continue;
      item.status = "incomplete";
      await this.#itemDone(item);
    }
    await this.#host.send({ type: "response.done", response: this.#object(status, details) });
  }

  async #endMessage(item: MessageItem, whole: boolean): Promise<void> {
    item.status = whole ? "completed" : "incomplete";
    const place = { ...this.#place(item), content_index: 0 };
    const [part] = item.content;
    if (part?.type === "output_audio") {
      const last = this.#writer?.end() ?? "";
      if (last !== "" && whole) await this.#sendAudio(item, last);
      const { transcript } = part;
      await this.#host.send({ type: "response.output_audio.done", ...place });
      await this.#host.send({ type: "response.output_audio_transcript.done", ...place, transcript });
      await this.#host.send({ type: "response.content_part.done", ...place, part: { type: "audio", transcript } });
    } else if (part?.type === "output_text") {
      const { text } = part;
      await this.#host.send({ type: "response.output_text.done", ...place, text });
      await this.#host.send({ type: "response.content_part.done", ...place, part: { type: "text", text } });
    }
    await this.#itemDone(item);
  }

  async #itemDone(item: RealtimeItem): Promise<void> {
    const { output_index } = this.#place(item);
    await this.#host.send({
      type: "response.output_item.done",
      response_id: this.id,
      output_index,
      item: itemObject(item),
    });
    if (this.#plan.conversationId !== null) await this.#host.done(item);
  }

  #place(item: RealtimeItem) {
    return { response_id: this.id, item_id: item.id, output_index: this.#output.indexOf(item) };
  }

  #object(status: string, details: JsonObject | null = null): JsonObject {
    const { settings, conversationId, metadata, voiceName } = this.#plan;
    const { modality, outputFormat, maxTokens } = settings;
    return {
      object: "realtime.response",
      id: this.id,
      status,
      status_details: details,
      output: this.#output.map(itemObject),
      conversation_id: conversationId,
      output_modalities: [modality],
      max_output_tokens: maxTokens ?? "inf",
      ...(modality === "audio" && { audio: { output: { format: formatObject(outputFormat), voice: voiceName } } }),
      usage: status === "in_progress" ? null : usageObject(this.#usage),
      metadata,
    };
  }
}

function incompleteReason(reason: string): "max_output_tokens" | "content_filter" | undefined {
  if (reason === "length") return "max_output_tokens";
  return reason === "content-filter" ? "content_filter" : undefined;
}

/** All tokens are of text: audio is made of it here. */
function usageObject(usage: Usage): JsonObject {
  const { inputTokens = 0, outputTokens = 0, cacheReadTokens = 0 } = usage;
  return {
    total_tokens: totalTokens(usage) ?? inputTokens + outputTokens,
    input_tokens: inputTokens,
    output_tokens: outputTokens,
    input_token_details: { text_tokens: inputTokens, audio_tokens: 0, cached_tokens: cacheReadTokens },
    output_token_details: { text_tokens: outputTokens, audio_tokens: 0 },
  };
}
