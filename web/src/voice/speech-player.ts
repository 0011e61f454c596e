import { readWav } from "../../../src/speech/audio/wav.js";
import { SentenceSplitter } from "../../../src/speech/sentences/sentence-splitter.js";
import { SpeakableText } from "../../../src/speech/speakable/speakable-text.js";
import { ask } from "../api/server.js";

/** So many sentences are made ahead of the one that is heard. */
const AHEAD = 2;

/** Who follows what is heard. */
export interface SpeechListener {
  /** A sentence is heard up to the end of a word. @param heard in UTF-16 code units; 0 when it begins. */
  onWord(sentence: string, heard: number): void;
  /** All is heard, or it was stopped. */
  onEnd(): void;
  onError(error: unknown): void;
}

/** Speaks a text of Markdown while it arrives: sentence by sentence, in order, without gaps. Stopping is heard at once. */
export class SpeechPlayer {
  readonly #voice: string;
  readonly #listener: SpeechListener;
  readonly #sentences = new SentenceSplitter();
  readonly #speakable = new SpeakableText();
  readonly #stop = new AbortController();
  readonly #audio = new AudioContext();
  /** Sentences whose sound was not asked for yet. */
  readonly #waiting: string[] = [];
  /** The sound of sentences, in their order. */
  readonly #sounds: { text: string; sound: Promise<AudioBuffer | undefined> }[] = [];
  #whole = false;
  #playing = false;
  #source: AudioBufferSourceNode | undefined;

  constructor(voice: string, listener: SpeechListener) {
    this.#voice = voice;
    this.#listener = listener;
  }

  /** More of the text has come. */
  push(text: string): void {
    this.#take(this.#sentences.push(text).map((sentence) => sentence.text));
  }

  /** No more will come. */
  end(): void {
    this.#take(this.#sentences.end().map((sentence) => sentence.text));
    const rest = this.#speakable.end();
    if (rest !== "") this.#waiting.push(rest);
    this.#whole = true;
    this.#makeAhead();
    void this.#play();
  }

  /** Silence, until it goes on from there. */
  pause(): void {
    void this.#audio.suspend().catch(() => {});
  }

  resume(): void {
    void this.#audio.resume().catch(() => {});
  }

  /** Nothing more is heard from now on. */
  stop(): void {
    if (this.#stop.signal.aborted) return;
    this.#stop.abort();
    this.#source?.stop();
    void this.#audio.close().catch(() => {});
    this.#listener.onEnd();
  }

  #take(sentences: readonly string[]): void {
    for (const sentence of sentences) {
      const spoken = this.#speakable.next(sentence);
      if (spoken !== "") this.#waiting.push(spoken);
    }
    this.#makeAhead();
    void this.#play();
  }

  #makeAhead(): void {
    while (this.#sounds.length <= AHEAD) {
      const text = this.#waiting.shift();
      if (text === undefined) return;
      const sound = this.#soundOf(text);
      // It is looked at when its turn comes.
      sound.catch(() => {});
      this.#sounds.push({ text, sound });
    }
  }

  async #soundOf(text: string): Promise<AudioBuffer | undefined> {
    const { signal } = this.#stop;
    const body = { model: this.#voice, voice: this.#voice, input: text };
    const response = await ask("v1/audio/speech", { method: "POST", body, signal });
    const bytes = await response.arrayBuffer();
    const wav = readWav(new Uint8Array(bytes));
    if (wav === undefined || wav.bitsPerSample !== 16) return this.#audio.decodeAudioData(bytes);
    const samples = new DataView(wav.data.buffer, wav.data.byteOffset, wav.data.byteLength);
    const count = Math.floor(wav.data.length / 2);
    if (count === 0) return undefined;
    const buffer = this.#audio.createBuffer(1, count, wav.sampleRate);
    const channel = buffer.getChannelData(0);
    for (let index = 0; index < count; index++) channel[index] = samples.getInt16(index * 2, true) / 32_768;
    return buffer;
  }

  async #play(): Promise<void> {
    if (this.#playing) return;
    this.#playing = true;
    try {
      for (let next = this.#sounds[0]; next !== undefined; next = this.#sounds[0]) {
        const buffer = await next.sound;
        if (this.#stop.signal.aborted) return;
        this.#sounds.shift();
        this.#makeAhead();
        this.#listener.onWord(next.text, 0);
        if (buffer !== undefined) await this.#hear(buffer, next.text);
        if (this.#stop.signal.aborted) return;
      }
      if (this.#whole && this.#waiting.length === 0) this.stop();
    } catch (thrown) {
      if (this.#stop.signal.aborted) return;
      this.#listener.onError(thrown);
      this.stop();
    } finally {
      this.#playing = false;
    }
  }

  #hear(buffer: AudioBuffer, text: string): Promise<void> {
    return new Promise((resolve) => {
      const source = this.#audio.createBufferSource();
      source.buffer = buffer;
      source.connect(this.#audio.destination);
      source.onended = () => resolve();
      source.start();
      this.#source = source;
      this.#followWords(source, buffer.duration, text);
    });
  }

  /** Follows the words by the clock of the sound. A served sound has no marks: each letter is taken to last as long as any other. */
  #followWords(source: AudioBufferSourceNode, seconds: number, text: string): void {
    const began = this.#audio.currentTime;
    const ends = [...text.matchAll(/\S+/g)].map((word) => word.index + word[0].length);
    const follow = () => {
      if (this.#source !== source || this.#stop.signal.aborted || ends.length === 0) return;
      const heard = ((this.#audio.currentTime - began) / seconds) * text.length;
      let end: number | undefined;
      while (ends[0] !== undefined && ends[0] <= heard) end = ends.shift();
      if (end !== undefined) this.#listener.onWord(text, end);
      requestAnimationFrame(follow);
    };
    requestAnimationFrame(follow);
  }
}
