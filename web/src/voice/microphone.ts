import type { UtteranceEvent } from "../../../src/speech/listen/utterances.js";
import { SluiceError } from "../../../src/stream/error.js";
import { startWorker } from "../api/start-worker.js";
import framesUrl from "./frames.worklet.js?worker&url";
import type { HeardMessage } from "./utterances.worker.js";
import workerUrl from "./utterances.worker.js?worker&url";

/** Who hears the microphone. */
export interface MicrophoneListener {
  onUtterance(event: UtteranceEvent): void;
  onError(error: unknown): void;
}

/** The microphone while it is open: when somebody begins to speak, and what they said when they pause. */
export class Microphone {
  readonly #stream: MediaStream;
  readonly #audio = new AudioContext();
  readonly #worker = startWorker(workerUrl);

  private constructor(stream: MediaStream, listener: MicrophoneListener) {
    this.#stream = stream;
    this.#worker.addEventListener("message", ({ data }: MessageEvent<HeardMessage>) => {
      if (data.type === "failed") listener.onError(new SluiceError("unsupported", data.message));
      else listener.onUtterance(data);
    });
  }

  /** Asks for the microphone, without the sound of this page in it, and listens. */
  static async open(listener: MicrophoneListener): Promise<Microphone> {
    const audio = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };
    const microphone = new Microphone(await navigator.mediaDevices.getUserMedia({ audio }), listener);
    try {
      await microphone.#listen();
      return microphone;
    } catch (thrown) {
      microphone.close();
      throw thrown;
    }
  }

  async #listen(): Promise<void> {
    await this.#audio.audioWorklet.addModule(framesUrl);
    // It puts out silence, without which nothing would draw on it.
    const frames = new AudioWorkletNode(this.#audio, "frames");
    frames.connect(this.#audio.destination);
    frames.port.onmessage = ({ data }: MessageEvent<ArrayBuffer>) => this.#worker.postMessage(data, [data]);
    this.#audio.createMediaStreamSource(this.#stream).connect(frames);
  }

  close(): void {
    for (const track of this.#stream.getTracks()) track.stop();
    this.#worker.terminate();
    void this.#audio.close().catch(() => {});
  }
}
