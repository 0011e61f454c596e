// Runs in the thread of the sound: 30 ms of the microphone at a time, as 16-bit samples at 16,000 Hz.

declare const sampleRate: number;
declare class AudioWorkletProcessor {
  readonly port: MessagePort;
}
declare function registerProcessor(name: string, processor: new () => AudioWorkletProcessor): void;

const RATE = 16_000;
const SAMPLES = 480;

class Frames extends AudioWorkletProcessor {
  #frame = new Int16Array(SAMPLES);
  #filled = 0;
  /** Of the sample that is being made: the sum of what came in, and how much that is. */
  #sum = 0;
  #count = 0;
  /** How far the input is ahead of the output, in output samples. */
  #ahead = 0;

  process([input]: readonly Float32Array[][]): boolean {
    for (const value of input?.[0] ?? []) {
      this.#sum += value;
      this.#count++;
      this.#ahead += RATE / sampleRate;
      if (this.#ahead < 1) continue;
      this.#ahead--;
      this.#push(this.#sum / this.#count);
      this.#sum = 0;
      this.#count = 0;
    }
    return true;
  }

  #push(value: number): void {
    this.#frame[this.#filled++] = Math.round(Math.max(-1, Math.min(1, value)) * 32_767);
    if (this.#filled < SAMPLES) return;
    const { buffer } = this.#frame;
    this.port.postMessage(buffer, [buffer]);
    this.#frame = new Int16Array(SAMPLES);
    this.#filled = 0;
  }
}

registerProcessor("frames", Frames);
