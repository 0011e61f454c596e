import { TRANSCRIBED_RATE, transcribe } from "./transcribe.js";

/** Records what is said until it is stopped. */
export class Dictation {
  readonly #stream: MediaStream;
  readonly #recorder: MediaRecorder;
  readonly #pieces: Blob[] = [];

  private constructor(stream: MediaStream) {
    this.#stream = stream;
    this.#recorder = new MediaRecorder(stream);
    this.#recorder.addEventListener("dataavailable", ({ data }) => this.#pieces.push(data));
    this.#recorder.start();
  }

  /** Asks for the microphone, and begins. */
  static async begin(): Promise<Dictation> {
    return new Dictation(await navigator.mediaDevices.getUserMedia({ audio: { echoCancellation: true } }));
  }

  /** Ends it, and gives what was said as text. */
  async end(transcriber: string): Promise<string> {
    const stopped = new Promise((resolve) => this.#recorder.addEventListener("stop", resolve, { once: true }));
    this.#recorder.stop();
    await stopped;
    for (const track of this.#stream.getTracks()) track.stop();
    return transcribe(await pcmOf(new Blob(this.#pieces)), transcriber);
  }
}

/** A recording as 16-bit samples, one channel. */
async function pcmOf(recording: Blob): Promise<Uint8Array<ArrayBuffer>> {
  const offline = new OfflineAudioContext(1, 1, TRANSCRIBED_RATE);
  const sound = await offline.decodeAudioData(await recording.arrayBuffer());
  const floats = sound.getChannelData(0);
  const samples = Int16Array.from(floats, (value) => Math.round(Math.max(-1, Math.min(1, value)) * 32_767));
  return new Uint8Array(samples.buffer);
}
