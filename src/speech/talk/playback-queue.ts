import type { ChatEvent } from "../../stream/chat-event.js";
import { SluiceError } from "../../stream/error.js";
import type { AudioDeltaEvent } from "../../stream/speech-event.js";
import { pcmBytes } from "../audio/pcm.js";
import type { HeardText } from "../heard/heard-text.js";
import type { AudioOutput } from "./audio-output.js";

/** Audio is handed on in slices of this length, in ms. */
const SLICE_MS = 100;

/**
 * Hands the audio of a spoken stream to an output, in order, while the stream is read on: its text is there before it is
 * heard. What is retracted before it is handed on is not heard. How much can wait is bounded by `lookAheadMs` of the stream.
 */
export class PlaybackQueue {
  readonly #output: AudioOutput;
  readonly #heard: HeardText;
  #waiting: ChatEvent[] = [];
  #running: Promise<void> = Promise.resolve();
  #busy = false;
  #failure: SluiceError | undefined;
  readonly #onFailure: (error: SluiceError) => void;
  #stopped = false;
  /** The audio that is being handed on; `undefined` once it is void. */
  #playing: AudioDeltaEvent | undefined;
  /** Text of the answer so far, and when the attempt or step began that a `retract` makes void; in UTF-16 code units. */
  #length = 0;
  #lengthAtStart = 0;
  /** The first sentence since then. */
  #firstIndex: number | undefined;

  /**
   * @param heard is given each event when it counts: text at once, audio when it is handed on.
   * @param onFailure is called when the output failed, so that nothing more is heard.
   */
  constructor(output: AudioOutput, heard: HeardText, onFailure: (error: SluiceError) => void) {
    this.#output = output;
    this.#heard = heard;
    this.#onFailure = onFailure;
  }

  /** Takes the next event of the spoken stream. */
  push(event: ChatEvent): void {
    if (this.#stopped) return;
    if (event.type === "sentence" || event.type === "audio-delta" || event.type === "finish") {
      if (event.type === "sentence" && event.end > this.#lengthAtStart) this.#firstIndex ??= event.index;
      this.#waiting.push(event);
      if (!this.#busy) this.#running = this.#run();
      return;
    }
    if (event.type === "text-delta") this.#length += event.text.length;
    if (event.type === "start" || event.type === "step-start") {
      this.#lengthAtStart = this.#length;
      this.#firstIndex = undefined;
    }
    if (event.type === "retract") {
      this.#length = this.#lengthAtStart;
      this.#waiting = this.#waiting.filter((other) => !this.#isVoid(other));
      if (this.#playing !== undefined && this.#isVoid(this.#playing)) this.#playing = undefined;
    }
    this.#heard.push(event);
  }

  /** Hands on nothing more. */
  stop(): void {
    this.#stopped = true;
    this.#waiting = [];
  }

  /**
   * Resolves when the output has taken all that came, or it was stopped.
   *
   * @throws {SluiceError} what the output failed with; `unsupported` for audio that cannot be played.
   */
  async handedOn(): Promise<void> {
    await this.#running;
    if (this.#failure !== undefined) throw this.#failure;
  }

  async #run(): Promise<void> {
    this.#busy = true;
    try {
      for (let event = this.#waiting.shift(); event !== undefined; event = this.#waiting.shift()) {
        if (event.type === "audio-delta" && event.data.length > 0) await this.#play(event);
        else this.#heard.push(event);
      }
    } catch (thrown) {
      this.#failure = SluiceError.from(thrown);
      this.#onFailure(this.#failure);
    } finally {
      this.#busy = false;
    }
  }

  #isVoid(event: ChatEvent): boolean {
    if (this.#firstIndex === undefined) return false;
    if (event.type === "sentence") return event.index >= this.#firstIndex;
    return event.type === "audio-delta" && event.sentence !== undefined && event.sentence >= this.#firstIndex;
  }

  /** In slices, so that what is retracted meanwhile is not heard to its end. */
  async #play(event: AudioDeltaEvent): Promise<void> {
    const { data, mediaType, sampleRate, words, ...rest } = event;
    if (mediaType !== "audio/pcm" || sampleRate === undefined) {
      throw new SluiceError("unsupported", `audio of ${mediaType} cannot be played here: choose a voice's format pcm`);
    }
    const size = pcmBytes(SLICE_MS, sampleRate);
    this.#playing = event;
    for (let at = 0; at < data.length; at += size) {
      if (this.#stopped || this.#playing !== event) return;
      const slice = { ...rest, mediaType, sampleRate, data: data.subarray(at, at + size) };
      this.#heard.push(at === 0 && words !== undefined ? { ...slice, words } : slice);
      await this.#output.write(slice.data, sampleRate);
    }
  }
}
