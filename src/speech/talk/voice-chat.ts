import type { ChatEvent } from "../../stream/chat-event.js";
import type { ChatStream } from "../../stream/chat-stream.js";
import { boolean, callable, exactly, having, wholeNumber } from "../../stream/checks.js";
import { invalid } from "../../stream/error.js";
import { looksComplete } from "../listen/looks-complete.js";
import { type Transcriber, transcriber } from "../listen/transcriber.js";
import { UTTERANCE_OPTIONS, type UtteranceOptions, Utterances } from "../listen/utterances.js";
import { type VoiceDetector, voiceDetector } from "../listen/voice-detector.js";
import { SPEECH_FIELDS, type SpeechOptions } from "../pipeline/speech-options.js";
import { type AudioOutput, audioOutput } from "./audio-output.js";
import { type SpokenTurn, say, type TurnHeard } from "./spoken-turn.js";

/** What happens in a conversation by voice. */
export type VoiceChatEvent =
  | { type: "speech-start" }
  /** What somebody has said; `complete` where it is taken for their whole turn. */
  | { type: "transcript"; text: string; complete: boolean }
  /** An event of the answer's spoken stream. */
  | { type: "answer"; event: ChatEvent }
  /** The answer is over. */
  | { type: "answered"; heard: TurnHeard };

/** Settings of `voiceChat`. */
export interface VoiceChatOptions {
  /** Who answers: a conversation, or anything else that answers a text with a stream. */
  agent: { stream(text: string): ChatStream };
  /** What the microphone hears: 16-bit samples, one channel, at the detector's rate, in pieces of any size. */
  input: AsyncIterable<Uint8Array>;
  /** Where the answer is heard. */
  output: AudioOutput;
  /** How it is spoken. */
  speech: Omit<SpeechOptions, "playback">;
  /** Detects whether somebody speaks: `await fvad()`. */
  detector: VoiceDetector;
  /** Writes down what they say. */
  transcriber: Transcriber;
  /** When somebody is taken to speak, and to have stopped. */
  utterances?: UtteranceOptions;
  /**
   * Whether the microphone does not hear the output (a headset, a telephone, a browser with echo cancellation). Only then
   * can somebody interrupt: else it is not listened to while the output plays. Default false.
   */
  echoCancelled?: boolean;
  /** How much somebody who pauses in mid-sentence is given to go on, in ms of audio. Default 1,500. */
  patienceMs?: number;
  /** Stores what was heard of an answer: `remember(conversation)`. The next turn begins after it. */
  onHeard?: (heard: TurnHeard) => Promise<void> | void;
  /** Sees what happens. */
  onEvent?: (event: VoiceChatEvent) => void;
}

const { playback: _, ...SPEECH } = SPEECH_FIELDS;
const OPTIONS = exactly("voiceChat", {
  agent: { required: having("something that answers a text with a stream", "stream") },
  input: { required: iterable },
  output: { required: audioOutput },
  speech: { required: exactly("the settings of speak", SPEECH) },
  detector: { required: voiceDetector },
  transcriber: { required: transcriber },
  utterances: UTTERANCE_OPTIONS,
  echoCancelled: boolean,
  patienceMs: wholeNumber(0),
  onHeard: callable,
  onEvent: callable,
} satisfies Record<keyof VoiceChatOptions, unknown>);

/**
 * Talks with somebody: listens, waits until they have said all, answers aloud, and lets itself be interrupted. Resolves when
 * the input is over and the last answer was heard.
 *
 * Somebody who speaks while it answers is listened to only where the input is `echoCancelled`: it is silent at once. Where
 * they said something, the answer is over, and what was heard of it is stored before their words are answered. After a
 * noise without words it goes on where it was.
 *
 * @throws {SluiceError} `invalid-argument`; what model, voice or transcriber failed with.
 */
export async function voiceChat(options: VoiceChatOptions): Promise<void> {
  OPTIONS(options, "");
  await new VoiceChat(options).run();
}

class VoiceChat {
  readonly #options: VoiceChatOptions;
  readonly #utterances: Utterances;
  #turn: SpokenTurn | undefined;
  /** What somebody has said of a turn that looks unfinished. */
  #unfinished = "";
  /** Audio since then, in ms. */
  #waitedMs = 0;

  constructor(options: VoiceChatOptions) {
    this.#options = options;
    this.#utterances = new Utterances(options.detector, options.utterances);
  }

  async run(): Promise<void> {
    const { input, detector } = this.#options;
    try {
      for await (const pcm of input) {
        if (this.#deaf) {
          this.#utterances.reset();
          continue;
        }
        for (const event of this.#utterances.push(pcm)) {
          if (event.type === "speech-start") this.#heardSomebody();
          else await this.#emitted(event.pcm);
        }
        if (this.#utterances.speaking) this.#waitedMs = 0;
        else this.#waitedMs += (pcm.length / 2 / detector.sampleRate) * 1_000;
        if (this.#unfinished !== "" && this.#waitedMs >= (this.#options.patienceMs ?? 1_500)) await this.#answer();
      }
      for (const event of this.#utterances.end()) if (event.type === "speech-end") await this.#emitted(event.pcm);
      if (this.#unfinished !== "") await this.#answer();
      await this.#turn?.over;
    } finally {
      await this.#turn?.stop().catch(() => {});
    }
  }

  /** Whether the microphone may hear what we say ourselves. */
  get #deaf(): boolean {
    return this.#turn !== undefined && this.#options.echoCancelled !== true;
  }

  /** Silence while somebody speaks; it turns out later whether they said anything. */
  #heardSomebody(): void {
    if (this.#turn !== undefined) this.#options.output.pause();
    this.#emit({ type: "speech-start" });
  }

  async #emitted(pcm: Uint8Array): Promise<void> {
    const { transcriber, detector } = this.#options;
    const words = (await transcriber.transcribe(pcm, detector.sampleRate)).trim();
    // A cough, a door: what was being said goes on.
    if (!/[\p{L}\p{N}]/u.test(words)) {
      this.#options.output.resume();
      return;
    }
    await this.#interrupt();
    const text = this.#unfinished === "" ? words : `${this.#unfinished} ${words}`;
    const complete = looksComplete(text);
    this.#emit({ type: "transcript", text, complete });
    this.#unfinished = text;
    this.#waitedMs = 0;
    if (complete) await this.#answer();
  }

  /** The answer that is being said stops, and what was heard of it is stored. */
  async #interrupt(): Promise<void> {
    const turn = this.#turn;
    if (turn === undefined) return;
    await turn.stop();
    this.#turn = undefined;
  }

  async #answer(): Promise<void> {
    const text = this.#unfinished;
    this.#unfinished = "";
    await this.#interrupt();
    const { agent, output, speech, onHeard } = this.#options;
    const turn = say(agent.stream(text), {
      ...speech,
      output,
      onEvent: (event) => this.#emit({ type: "answer", event }),
      ...(onHeard !== undefined && { onHeard }),
    });
    this.#turn = turn;
    turn.over.then(
      (heard) => {
        this.#emit({ type: "answered", heard });
        if (this.#turn === turn) this.#turn = undefined;
      },
      () => {
        // Whoever awaits or stops the turn gets the error.
      },
    );
  }

  #emit(event: VoiceChatEvent): void {
    this.#options.onEvent?.(event);
  }
}

function iterable(value: unknown, path: string): void {
  if (typeof value === "object" && value !== null && Symbol.asyncIterator in value) return;
  throw invalid(path, value, "an async iterable of samples");
}
