import { isJsonObject, type JsonObject } from "../../base/json.js";
import { callable, clock, exactly, filledString, jsonObject, string } from "../../stream/checks.js";
import { SluiceError } from "../../stream/error.js";
import { type Transcriber, transcriber } from "../listen/transcriber.js";
import type { VoiceDetector } from "../listen/voice-detector.js";
import { SPEECH_FIELDS } from "../pipeline/speech-options.js";
import { ConversationItems, itemObject, type RealtimeItem, readItem } from "./conversation-items.js";
import { INPUT_RATE, InputAudio } from "./input-audio.js";
import { newId } from "./new-id.js";
import { errorObject, RealtimeRefusal } from "./realtime-error.js";
import { type RealtimeAnswering, RealtimeResponses } from "./realtime-responses.js";
import { DEFAULT_SETTINGS, type SessionSettings, sessionObject, updatedSettings } from "./session-settings.js";

/** What a session is made of. */
export interface RealtimeSessionOptions extends RealtimeAnswering {
  /** The name of the model in events. */
  model: string;
  /** Writes down what the user says. Without it, a session takes text only. */
  transcriber?: Transcriber;
  /** Opens a detector of voices, for 16,000 samples a second. Without it, the client says when a turn is over. */
  detector?: () => VoiceDetector;
  /** Sends an event to the client. Resolves when its connection has taken it. */
  send(event: JsonObject): Promise<void>;
  /** Instructions where the client gives none. */
  instructions?: string;
  /** What it is set to when it begins, as `session.update` would: that of a client secret. */
  session?: JsonObject;
}

const { voice: _voice, playback: _playback, clock: _clock, ...SPEECH } = SPEECH_FIELDS;
const OPTIONS = exactly("RealtimeSession", {
  model: { required: filledString },
  answer: { required: callable },
  voice: { required: callable },
  send: { required: callable },
  transcriber,
  detector: callable,
  instructions: string,
  session: jsonObject,
  speech: exactly("the settings of speak", SPEECH),
  clock,
} satisfies Record<keyof RealtimeSessionOptions, unknown>);

type ClientEvent = JsonObject & { type: string };

/**
 * One client of OpenAI's Realtime protocol (https://platform.openai.com/docs/api-reference/realtime): audio and text in,
 * text and audio out, from a transcriber, any chat model and a voice. It is given the client's events and sends the
 * server's; what carries them is somebody else's.
 */
export class RealtimeSession {
  readonly #options: RealtimeSessionOptions;
  readonly #id = newId("sess");
  readonly #conversationId = newId("conv");
  readonly #items = new ConversationItems();
  readonly #input: InputAudio;
  readonly #responses: RealtimeResponses;
  /** Transcriptions that are under way. */
  readonly #transcribing = new Set<Promise<void>>();
  readonly #closed = new AbortController();
  #settings: SessionSettings;
  /** The item that the current utterance will become. */
  #nextItem = newId("item");
  /** Whether a response was interrupted before any of it was heard. */
  #unanswered = false;

  /** @throws {SluiceError} `invalid-argument` for unknown options. */
  constructor(options: RealtimeSessionOptions) {
    OPTIONS(options, "");
    this.#options = options;
    const { instructions = "", transcriber, detector } = options;
    const transcription = transcriber === undefined ? null : { model: transcriber.id };
    const turnDetection = detector === undefined ? null : DEFAULT_SETTINGS.turnDetection;
    this.#settings = { ...DEFAULT_SETTINGS, instructions, transcription, turnDetection };
    this.#input = new InputAudio(this.#settings.inputFormat, () => this.#openDetector(), {
      started: (atMs) => this.#speechStarted(atMs),
      stopped: (atMs, pcm, transcript) => this.#speechStopped(atMs, pcm, transcript),
      idle: (fromMs, toMs) => this.#idle(fromMs, toMs),
      transcribe: (pcm) => this.#transcribe(pcm),
    });
    this.#input.configure(undefined, turnDetection);
    this.#responses = new RealtimeResponses(options, this.#items, this.#conversationId, {
      send: (event) => this.#send(event),
      added: (item, previous) =>
        this.#send({ type: "conversation.item.added", previous_item_id: previous, item: itemObject(item) }),
      dropped: (items) => this.#drop(items),
      answered: (leftMs) => this.#input.answered(leftMs),
      // The user's last words are part of the question.
      heardAll: async () => void (await Promise.all(this.#transcribing)),
    });
    const refused = this.#begunWith(options.session);
    this.#send({ type: "session.created", session: this.#session });
    if (refused !== undefined) this.#send({ type: "error", error: errorObject(refused) });
  }

  /** Why the session could not begin as it should. */
  #begunWith(session: JsonObject | undefined): unknown {
    if (session === undefined) return undefined;
    try {
      this.#set(session);
      return undefined;
    } catch (thrown) {
      return thrown;
    }
  }

  /** Takes an event of the client. What is wrong with it is sent as an `error` event. */
  receive(event: unknown): void {
    if (this.#closed.signal.aborted) return;
    const id = isJsonObject(event) && typeof event.event_id === "string" ? event.event_id : undefined;
    try {
      if (!isClientEvent(event))
        throw new RealtimeRefusal("invalid_event", "an event is an object with a type", "type");
      this.#take(event);
    } catch (thrown) {
      this.#send({ type: "error", error: errorObject(thrown, id) });
    }
  }

  /** The client left: everything ends. */
  close(): void {
    this.#closed.abort(new SluiceError("cancelled", "the session is closed"));
    this.#responses.close();
    this.#input.close();
  }

  #take(event: ClientEvent): void {
    switch (event.type) {
      case "session.update":
        this.#update(event.session);
        return;
      case "input_audio_buffer.append":
        if (this.#options.transcriber === undefined) throw noTranscriber();
        this.#input.append(stringIn(event, "audio"));
        return;
      case "input_audio_buffer.commit":
        this.#commit(this.#input.commit(), undefined, false);
        return;
      case "input_audio_buffer.clear":
        this.#input.clear();
        this.#send({ type: "input_audio_buffer.cleared" });
        return;
      case "conversation.item.create": {
        const item = readItem(event.item, newId("item"));
        const after = event.previous_item_id;
        this.#add(item, typeof after === "string" ? after : undefined);
        return;
      }
      case "conversation.item.retrieve": {
        const item = itemObject(this.#items.find(stringIn(event, "item_id")));
        this.#send({ type: "conversation.item.retrieved", item });
        return;
      }
      case "conversation.item.delete": {
        const id = stringIn(event, "item_id");
        this.#items.delete(id);
        this.#responses.forget(id);
        this.#send({ type: "conversation.item.deleted", item_id: id });
        return;
      }
      case "conversation.item.truncate":
        this.#truncate(event);
        return;
      case "response.create":
        this.#responses.create(this.#settings, event.response ?? {});
        return;
      case "response.cancel":
        this.#responses.cancel(typeof event.response_id === "string" ? event.response_id : undefined);
        return;
      case "output_audio_buffer.clear":
        throw new RealtimeRefusal("invalid_event", "audio is played by the client: truncate the item instead", "type");
      default:
        throw new RealtimeRefusal("invalid_event", `there is no client event ${JSON.stringify(event.type)}`, "type");
    }
  }

  get #session(): JsonObject {
    const { name } = this.#options.voice(this.#settings.voice);
    return sessionObject(this.#settings, this.#id, this.#options.model, name);
  }

  #update(session: unknown): void {
    this.#set(session);
    this.#send({ type: "session.updated", session: this.#session });
  }

  #set(session: unknown): void {
    const settings = updatedSettings(this.#settings, session);
    if (settings.turnDetection !== null && this.#options.detector === undefined)
      throw new RealtimeRefusal(
        "invalid_value",
        "there is no voice activity detection here: set it to null",
        "session.audio.input.turn_detection",
      );
    if (settings.modality === "audio") this.#options.voice(settings.voice);
    const format = settings.inputFormat === this.#settings.inputFormat ? undefined : settings.inputFormat;
    this.#input.configure(format, settings.turnDetection);
    this.#settings = settings;
  }

  #openDetector(): VoiceDetector {
    const { detector } = this.#options;
    if (detector !== undefined) return detector();
    throw new RealtimeRefusal(
      "invalid_value",
      "there is no voice activity detection here",
      "session.audio.input.turn_detection",
    );
  }

  #speechStarted(atMs: number): void {
    this.#send({ type: "input_audio_buffer.speech_started", audio_start_ms: atMs, item_id: this.#nextItem });
    if (this.#settings.turnDetection?.interruptsResponse === true)
      this.#unanswered ||= this.#responses.interrupt("turn_detected");
  }

  #speechStopped(atMs: number, pcm: Uint8Array, transcript: string | undefined): void {
    this.#send({ type: "input_audio_buffer.speech_stopped", audio_end_ms: atMs, item_id: this.#nextItem });
    this.#commit(pcm, transcript, this.#settings.turnDetection?.createsResponse === true);
  }

  /** Nobody says anything: the model is asked to go on. */
  #idle(fromMs: number, toMs: number): void {
    if (this.#responses.active) return;
    const place = { audio_start_ms: fromMs, audio_end_ms: toMs, item_id: this.#nextItem };
    this.#send({ type: "input_audio_buffer.timeout_triggered", ...place });
    this.#unanswered = true;
    this.#commit(new Uint8Array(), "", true, toMs - fromMs);
  }

  /** The user's turn becomes an item, whose words follow. */
  #commit(pcm: Uint8Array, known: string | undefined, respond: boolean, silentMs?: number): void {
    const silence = silentMs === undefined ? {} : { silentMs };
    const part = { type: "input_audio" as const, transcript: null as string | null, ...silence };
    const item: RealtimeItem = {
      id: this.#nextItem,
      type: "message",
      status: "completed",
      role: "user",
      content: [part],
    };
    this.#nextItem = newId("item");
    this.#send({ type: "input_audio_buffer.committed", item_id: item.id, previous_item_id: this.#items.last });
    this.#add(item);
    const place = { item_id: item.id, content_index: 0 };
    const event = (kind: string) => `conversation.item.input_audio_transcription.${kind}`;
    const run = async () => {
      try {
        const transcript = known ?? (await this.#transcribe(pcm));
        part.transcript = transcript;
        const usage = { type: "duration", seconds: pcm.length / 2 / INPUT_RATE };
        if (this.#settings.transcription !== null)
          this.#send({ type: event("completed"), ...place, transcript, usage });
        // A cough or a door is nothing to answer, but what it kept from being answered is.
        if (respond && (this.#unanswered || /[\p{L}\p{N}]/u.test(transcript))) {
          this.#unanswered = false;
          this.#responses.respond(this.#settings, {});
        }
      } catch (thrown) {
        if (!this.#closed.signal.aborted) this.#send({ type: event("failed"), ...place, error: errorObject(thrown) });
      }
    };
    const running = run().finally(() => this.#transcribing.delete(running));
    this.#transcribing.add(running);
  }

  async #transcribe(pcm: Uint8Array): Promise<string> {
    const { transcriber } = this.#options;
    if (transcriber === undefined) throw noTranscriber();
    return (await transcriber.transcribe(pcm, INPUT_RATE, { signal: this.#closed.signal })).trim();
  }

  #add(item: RealtimeItem, after?: string): void {
    const { previous, dropped } = this.#items.add(item, after);
    const about = { previous_item_id: previous, item: itemObject(item) };
    this.#send({ type: "conversation.item.added", ...about });
    this.#send({ type: "conversation.item.done", ...about });
    this.#drop(dropped);
  }

  #drop(items: readonly RealtimeItem[]): void {
    for (const { id } of items) {
      this.#responses.forget(id);
      this.#send({ type: "conversation.item.deleted", item_id: id });
    }
  }

  /** What was not heard of a spoken message is not a part of the conversation. */
  #truncate(event: ClientEvent): void {
    const id = stringIn(event, "item_id");
    const item = this.#items.find(id);
    const ms = event.audio_end_ms;
    if (typeof ms !== "number" || !(ms >= 0))
      throw new RealtimeRefusal("invalid_value", "audio_end_ms: ms from 0", "audio_end_ms");
    this.#responses.truncate(item, ms);
    this.#send({ type: "conversation.item.truncated", item_id: id, content_index: 0, audio_end_ms: ms });
  }

  #send(event: JsonObject): Promise<void> {
    if (this.#closed.signal.aborted) return Promise.resolve();
    return this.#options.send({ event_id: newId("event"), ...event });
  }
}

function noTranscriber(): RealtimeRefusal {
  return new RealtimeRefusal("invalid_value", "this server takes text only: it has no transcriber", "type");
}

function isClientEvent(event: unknown): event is ClientEvent {
  return isJsonObject(event) && typeof event.type === "string";
}

function stringIn(event: JsonObject, field: string): string {
  const value = event[field];
  if (typeof value === "string") return value;
  throw new RealtimeRefusal("missing_required_parameter", `${field}: a string`, field);
}
