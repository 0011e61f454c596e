import { type Clock, systemClock } from "../../base/clock.js";
import { isJsonObject, type JsonObject } from "../../base/json.js";
import type { ChatRequest } from "../../stream/chat-request.js";
import type { ChatStream } from "../../stream/chat-stream.js";
import type { HeardText } from "../heard/heard-text.js";
import type { Playback } from "../pipeline/playback.js";
import { speak } from "../pipeline/speak.js";
import type { SpeechOptions } from "../pipeline/speech-options.js";
import type { Voice } from "../voices/voice.js";
import { type ConversationItems, itemObject, messagesOf, type RealtimeItem, readItem } from "./conversation-items.js";
import { newId } from "./new-id.js";
import { RealtimeRefusal } from "./realtime-error.js";
import { type CancelReason, RealtimeResponse } from "./realtime-response.js";
import { RESPONSE, responseSettings, type SessionSettings } from "./session-settings.js";

/** Who answers, and who speaks. */
export interface RealtimeAnswering {
  /** Asks the model. The stream's reader sets its pace. */
  answer(request: ChatRequest): Promise<ChatStream>;
  /** The voice of a name. @param name empty where the client named none. @throws {SluiceError} for an unknown one. */
  voice(name: string): { name: string; voice: Voice };
  /** How answers are spoken. */
  speech?: Omit<SpeechOptions, "voice" | "playback" | "clock">;
  /** Default: the system's. */
  clock?: Clock;
}

/** What responses need of their session. */
export interface ResponsesHost {
  send(event: JsonObject): Promise<void>;
  /** An item of a response is in the conversation now. */
  added(item: RealtimeItem, previous: string | null): Promise<void>;
  /** Items were dropped for it. */
  dropped(items: readonly RealtimeItem[]): void;
  /** A response of the conversation is complete, and will have been played in so many ms. */
  answered(leftMs: number): void;
  /** Resolves when everything the user said is transcribed. */
  heardAll(): Promise<void>;
}

/** Responses out of band that may be made at once. */
const MAX_OUT_OF_BAND = 4;

/** The responses of a session: one at a time for the conversation, a few out of band, and what was spoken of each. */
export class RealtimeResponses {
  readonly #answering: RealtimeAnswering;
  readonly #items: ConversationItems;
  readonly #conversationId: string;
  readonly #host: ResponsesHost;
  readonly #clock: Clock;
  readonly #outOfBand = new Set<RealtimeResponse>();
  /** What was spoken of each message, to find the words of a time. */
  readonly #spoken = new Map<string, { heard: HeardText; audioMs: () => number }>();
  /** The response that is being made for the conversation, and the end of the last one. */
  #response: RealtimeResponse | undefined;
  #last: Promise<void> = Promise.resolve();

  constructor(answering: RealtimeAnswering, items: ConversationItems, conversationId: string, host: ResponsesHost) {
    this.#answering = answering;
    this.#items = items;
    this.#conversationId = conversationId;
    this.#host = host;
    this.#clock = answering.clock ?? systemClock;
  }

  /** Whether a response of the conversation is being made. */
  get active(): boolean {
    return this.#response !== undefined;
  }

  /**
   * The client asks for a response.
   *
   * @throws {RealtimeRefusal} `conversation_already_has_active_response`. @throws {SluiceError} `invalid-argument`.
   */
  create(settings: SessionSettings, response: unknown): void {
    RESPONSE(response, "response");
    const fields = isJsonObject(response) ? response : {};
    if (fields.conversation !== "none" && this.#response !== undefined) {
      const message = `the response ${this.#response.id} is being made: cancel it, or wait for response.done`;
      throw new RealtimeRefusal("conversation_already_has_active_response", message);
    }
    this.respond(settings, fields);
  }

  /** Begins a response. What the end of a turn asks for is no error where another one goes on. */
  respond(session: SessionSettings, fields: JsonObject): void {
    const outOfBand = fields.conversation === "none";
    if (!outOfBand && this.#response !== undefined) return;
    if (outOfBand && this.#outOfBand.size >= MAX_OUT_OF_BAND)
      throw new RealtimeRefusal("rate_limit_exceeded", `${MAX_OUT_OF_BAND} responses out of band are being made`);
    const settings = responseSettings(session, fields);
    const input = Array.isArray(fields.input) ? fields.input.map((item) => this.#inputItem(item)) : undefined;
    const speaker = settings.modality === "audio" ? this.#answering.voice(settings.voice) : undefined;
    const response = this.#made(settings, fields, outOfBand, speaker);
    if (outOfBand) this.#outOfBand.add(response);
    else this.#response = response;
    const open = () => this.#open(settings, input, speaker?.voice, response);
    // One that was cancelled says so before the next begins.
    const run = async () => {
      if (!outOfBand) await this.#last;
      await response.run(open);
      this.#outOfBand.delete(response);
      if (this.#response !== response) return;
      this.#response = undefined;
      this.#host.answered(response.audioMs - response.playedMs());
    };
    const running = run();
    if (!outOfBand) this.#last = running;
  }

  /** @throws {RealtimeRefusal} `response_cancel_not_active`. */
  cancel(id: string | undefined): void {
    const all = [...this.#outOfBand, ...(this.#response === undefined ? [] : [this.#response])];
    const response = id === undefined ? this.#response : all.find((one) => one.id === id);
    if (response === undefined)
      throw new RealtimeRefusal("response_cancel_not_active", "no such response is being made", "response_id");
    if (response === this.#response) this.interrupt("client_cancelled");
    else response.cancel("client_cancelled");
  }

  /** Ends the response of the conversation, where there is one. Returns whether that was before any of its audio was sent. */
  interrupt(reason: CancelReason): boolean {
    const response = this.#response;
    response?.cancel(reason);
    this.#response = undefined;
    return response?.audioMs === 0;
  }

  /**
   * What was not heard of a spoken message is not a part of the conversation.
   *
   * @param ms how much was heard, in ms of its audio.
   * @throws {RealtimeRefusal} `invalid_value` for another item, or more audio than there is.
   */
  truncate(item: RealtimeItem, ms: number): void {
    const part = item.type === "message" ? item.content[0] : undefined;
    const spoken = this.#spoken.get(item.id);
    // Announced, and without a part as yet: nothing of it was heard.
    const announced = part === undefined && spoken !== undefined;
    if (spoken === undefined || !(announced || part?.type === "output_audio"))
      throw new RealtimeRefusal("invalid_value", "only a spoken message of the assistant can be truncated", "item_id");
    const audioMs = spoken.audioMs();
    if (ms > Math.ceil(audioMs)) {
      const message = `audio_end_ms: the item has ${Math.ceil(audioMs)} ms of audio`;
      throw new RealtimeRefusal("invalid_value", message, "audio_end_ms");
    }
    // Nothing is added to it any more.
    if (this.#response?.messageId === item.id) this.interrupt("client_cancelled");
    if (part?.type === "output_audio") part.transcript = part.transcript.slice(0, spoken.heard.chars(ms));
    this.#spoken.set(item.id, { heard: spoken.heard, audioMs: () => ms });
  }

  /** An item is no longer in the conversation. */
  forget(id: string): void {
    this.#spoken.delete(id);
  }

  close(): void {
    this.interrupt("client_cancelled");
    for (const response of this.#outOfBand) response.cancel("client_cancelled");
  }

  #made(
    settings: SessionSettings,
    { metadata }: JsonObject,
    outOfBand: boolean,
    speaker: { name: string; voice: Voice } | undefined,
  ): RealtimeResponse {
    const response: RealtimeResponse = new RealtimeResponse(
      {
        id: newId("resp"),
        settings,
        conversationId: outOfBand ? null : this.#conversationId,
        metadata: isJsonObject(metadata) ? metadata : null,
        voice: speaker?.voice,
        voiceName: speaker?.name ?? "",
      },
      {
        send: (event) => this.#host.send(event),
        added: async (item, heard) => {
          const { previous, dropped } = this.#items.add(item);
          if (heard !== undefined) this.#spoken.set(item.id, { heard, audioMs: () => response.audioMs });
          await this.#host.added(item, previous);
          this.#host.dropped(dropped);
        },
        done: (item) => {
          const { list } = this.#items;
          const previous = list[list.indexOf(item) - 1]?.id ?? null;
          return this.#host.send({
            type: "conversation.item.done",
            previous_item_id: previous,
            item: itemObject(item),
          });
        },
      },
    );
    return response;
  }

  async #open(
    settings: SessionSettings,
    input: readonly RealtimeItem[] | undefined,
    voice: Voice | undefined,
    response: RealtimeResponse,
  ): Promise<ChatStream> {
    await this.#host.heardAll();
    const { maxTokens, tools, toolChoice, parallelToolCalls, reasoning, instructions } = settings;
    const stream = await this.#answering.answer({
      messages: messagesOf(input ?? this.#items.list, instructions),
      ...(tools.length > 0 && { tools: [...tools], toolChoice }),
      ...(maxTokens !== undefined && { maxTokens }),
      ...(parallelToolCalls !== undefined && tools.length > 0 && { parallelToolCalls }),
      ...(reasoning !== undefined && { reasoning: { effort: reasoning } }),
    });
    if (voice === undefined) return stream;
    const playback = playedByClock(this.#clock, () => response.audioMs);
    response.playedMs = () => playback.playedMs;
    return speak(stream, { ...this.#answering.speech, voice, playback, clock: this.#clock });
  }

  /** An item of a response's own input: a new one, or one of the conversation by its id. */
  #inputItem(item: unknown): RealtimeItem {
    const reference = isJsonObject(item) && item.type === "item_reference" ? item.id : undefined;
    return typeof reference === "string"
      ? this.#items.find(reference, "response.input")
      : readItem(item, newId("item"));
  }
}

/** A client plays what it gets: about as much of it was heard as time has passed. */
function playedByClock(clock: Clock, audioMs: () => number): Playback {
  let since: number | undefined;
  return {
    get playedMs() {
      const sent = audioMs();
      if (sent === 0) return 0;
      since ??= clock.now();
      return Math.min(sent, clock.now() - since);
    },
  };
}
