import { isJsonObject, parseJson } from "../../../src/base/json.js";
import { wavHeader } from "../../../src/speech/audio/wav.js";
import { SluiceError } from "../../../src/stream/error.js";
import { key, urlOf } from "../api/server.js";

/** What transcribers want, in Hz. */
const SAMPLE_RATE = 16_000;

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
    return transcribe(await wavOf(new Blob(this.#pieces)), transcriber);
  }
}

/** A recording as a WAV file of 16-bit samples, one channel. */
async function wavOf(recording: Blob): Promise<Blob> {
  const offline = new OfflineAudioContext(1, 1, SAMPLE_RATE);
  const sound = await offline.decodeAudioData(await recording.arrayBuffer());
  const floats = sound.getChannelData(0);
  const samples = Int16Array.from(floats, (value) => Math.round(Math.max(-1, Math.min(1, value)) * 32_767));
  return new Blob([new Uint8Array(wavHeader(SAMPLE_RATE, samples.byteLength)), samples], { type: "audio/wav" });
}

async function transcribe(wav: Blob, transcriber: string): Promise<string> {
  const form = new FormData();
  form.set("model", transcriber);
  form.set("file", wav, "speech.wav");
  const headers = key.value === "" ? {} : { authorization: `Bearer ${key.value}` };
  const response = await fetch(urlOf("v1/audio/transcriptions"), { method: "POST", body: form, headers });
  const text = await response.text();
  const body = parseJson(text);
  if (response.ok && isJsonObject(body) && typeof body.text === "string") return body.text.trim();
  throw new SluiceError("provider-error", `what was said could not be written down (${response.status})`);
}
