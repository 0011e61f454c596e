import type { ChatEvent } from "../../stream/chat-event.js";
import type { ChatStream } from "../../stream/chat-stream.js";
import { callable, exactly } from "../../stream/checks.js";
import { SluiceError } from "../../stream/error.js";
import { HeardText } from "../heard/heard-text.js";
import { speak } from "../pipeline/speak.js";
import { SPEECH_FIELDS, type SpeechOptions } from "../pipeline/speech-options.js";
import { type AudioOutput, audioOutput } from "./audio-output.js";
import { PlaybackQueue } from "./playback-queue.js";

/** What of an answer was heard. */
export interface TurnHeard {
  /** Characters of the answer's text, in UTF-16 code units: whole words. */
  chars: number;
  /** Whether it was stopped before all of it was heard. */
  interrupted: boolean;
}

/** How an answer is spoken. */
export interface SayOptions extends Omit<SpeechOptions, "playback"> {
  /** Where it is heard. */
  output: AudioOutput;
  /**
   * Sees every event of the spoken stream as it comes, the text ahead of its audio: for a screen, say. A promise that it
   * returns is waited for before the next event.
   */
  onEvent?: (event: ChatEvent) => Promise<void> | void;
  /**
   * Stores what was heard, once that is known; `remember(conversation)` makes one for a conversation. The turn is over when
   * it is done.
   */
  onHeard?: (heard: TurnHeard) => Promise<void> | void;
}

const { playback: _, ...FIELDS } = SPEECH_FIELDS;
const OPTIONS = exactly("say", {
  ...FIELDS,
  output: { required: audioOutput },
  onEvent: callable,
  onHeard: callable,
});

/**
 * Says an answer aloud. It begins at once.
 *
 * @throws {SluiceError} `invalid-argument` for unknown options.
 * @example
 * ```ts
 * import { Conversation } from "sluice";
 * import { flite, remember, say, systemPlayer } from "sluice/speech";
 *
 * const conversation = new Conversation({ model: "ollama/llama3.2" });
 * const turn = say(conversation.stream("Tell me a story."), {
 *   voice: flite(),
 *   output: systemPlayer(),
 *   onHeard: remember(conversation),
 * });
 * const { interrupted } = await turn.over;
 * ```
 */
export function say(stream: ChatStream, options: SayOptions): SpokenTurn {
  OPTIONS(options, "");
  const { output, onEvent, onHeard, ...speech } = options;
  const turn = new SpokenTurn(stream, speech, output, onEvent, onHeard);
  return turn;
}

/** An answer that is being spoken. */
export class SpokenTurn {
  /**
   * Resolves when all was heard, or it was stopped, and what was heard is stored.
   *
   * @throws {SluiceError} what model, voice, output or store failed with; what was heard before is stored.
   */
  readonly over: Promise<TurnHeard>;
  readonly #spoken: ChatStream;
  readonly #output: AudioOutput;
  readonly #onHeard: SayOptions["onHeard"];
  readonly #onEvent: SayOptions["onEvent"];
  readonly #heard = new HeardText();
  readonly #queue: PlaybackQueue;
  /** What the output had played before. */
  readonly #before: number;
  #stopped = false;
  #ended = false;

  constructor(
    stream: ChatStream,
    speech: Omit<SpeechOptions, "playback">,
    output: AudioOutput,
    onEvent: SayOptions["onEvent"],
    onHeard: SayOptions["onHeard"],
  ) {
    this.#output = output;
    this.#onEvent = onEvent;
    this.#onHeard = onHeard;
    this.#before = output.playedMs;
    this.#queue = new PlaybackQueue(output, this.#heard, (error) => this.#spoken.cancel(error));
    const before = this.#before;
    const playback = {
      get playedMs() {
        return output.playedMs - before;
      },
    };
    this.#spoken = speak(stream, { ...speech, playback });
    this.over = this.#run();
    // Whoever does not await `over` gets no unhandled rejection.
    this.over.catch(() => {});
  }

  /** How much of it has been heard, in ms of audio. */
  get playedMs(): number {
    return this.#output.playedMs - this.#before;
  }

  /** Silence, at once; model and synthesis end. Resolves as `over` does. */
  stop(): Promise<TurnHeard> {
    if (!this.#stopped && !this.#ended) {
      this.#stopped = true;
      this.#queue.stop();
      this.#output.stop();
      this.#spoken.cancel("the answer was interrupted");
    }
    return this.over;
  }

  async #run(): Promise<TurnHeard> {
    const failure = await this.#speak();
    // What was made before the failure is still heard.
    const unplayed = await this.#play();
    const thrown = unplayed ?? failure;
    if (unplayed !== undefined) this.#output.stop();
    this.#ended = true;
    const interrupted = this.#stopped || thrown !== undefined;
    const heard = { chars: this.#heard.chars(this.playedMs), interrupted };
    await this.#onHeard?.(heard);
    if (thrown !== undefined && !this.#stopped) throw thrown;
    return heard;
  }

  /** Reads the spoken stream to its end, no further ahead than `lookAheadMs`. Returns what it failed with. */
  async #speak(): Promise<SluiceError | undefined> {
    try {
      for await (const event of this.#spoken) {
        if (this.#stopped) break;
        this.#queue.push(event);
        await this.#onEvent?.(event);
        if (this.#stopped) break;
      }
      return undefined;
    } catch (thrown) {
      return this.#stopped ? undefined : SluiceError.from(thrown);
    }
  }

  /** Resolves when all audio that was made has been heard, or it was stopped. Returns what the output failed with. */
  async #play(): Promise<SluiceError | undefined> {
    try {
      await this.#queue.handedOn();
      if (!this.#stopped) await this.#output.drained();
      return undefined;
    } catch (thrown) {
      return SluiceError.from(thrown);
    }
  }
}
