import { SAMPLE_BYTES } from "./pcm.js";

/** Input samples on each side of an output sample, where the rate does not fall; more where it does. */
const HALF_WIDTH = 16;
/** How much of the band is kept: the rest is the filter's slope. */
const BAND = 0.92;

/**
 * Changes the sample rate of 16-bit samples, one channel, that come in pieces of any size: a windowed sinc in phases. How
 * the input is cut makes no difference to the output, which is as long as the input and as loud.
 */
export class Resampler {
  readonly #up: number;
  readonly #down: number;
  readonly #half: number;
  readonly #phases: readonly Float64Array[];
  /** Input that is still needed. The first sample stands at `#from` of all input. */
  #input: number[] = [];
  #from: number;
  /** Input so far, and output so far, in samples. */
  #taken = 0;
  #given = 0;
  #odd: number | undefined;

  /** @param from @param to samples a second, whole numbers above 0. */
  constructor(from: number, to: number) {
    const common = commonDivisor(from, to);
    this.#up = to / common;
    this.#down = from / common;
    this.#half = Math.ceil(HALF_WIDTH * Math.max(1, from / to));
    this.#phases = this.#up === this.#down ? [] : phasesOf(this.#up, Math.min(1, to / from) * BAND, this.#half);
    // There is silence before the first sample.
    this.#from = -this.#half;
    this.#input = new Array<number>(this.#half).fill(0);
  }

  /** Takes samples; returns what is complete at the other rate. */
  push(pcm: Uint8Array): Uint8Array {
    const samples = this.#samplesOf(pcm);
    if (this.#phases.length === 0) return bytesOf(samples);
    for (const sample of samples) this.#input.push(sample);
    this.#taken += samples.length;
    return bytesOf(this.#make(this.#taken - this.#half));
  }

  /** What is left when the input is over. */
  end(): Uint8Array {
    if (this.#phases.length === 0) return new Uint8Array(0);
    const length = Math.round((this.#taken * this.#up) / this.#down);
    for (let silent = 0; silent <= this.#half * 2; silent++) this.#input.push(0);
    return bytesOf(this.#make(Number.POSITIVE_INFINITY, length));
  }

  /** Output whose centre is before `until` of the input, up to `most` samples in all. */
  #make(until: number, most = Number.POSITIVE_INFINITY): number[] {
    const made: number[] = [];
    while (this.#given < most) {
      const at = Math.floor((this.#given * this.#down) / this.#up);
      if (at >= until) break;
      const weights = this.#phases[(this.#given * this.#down) % this.#up] ?? new Float64Array(0);
      let sum = 0;
      const first = at - this.#half + 1 - this.#from;
      for (let tap = 0; tap < weights.length; tap++) sum += (weights[tap] ?? 0) * (this.#input[first + tap] ?? 0);
      made.push(Math.max(-32_768, Math.min(32_767, Math.round(sum))));
      this.#given++;
    }
    const needed = Math.floor((this.#given * this.#down) / this.#up) - this.#half;
    if (needed > this.#from) {
      this.#input.splice(0, needed - this.#from);
      this.#from = needed;
    }
    return made;
  }

  #samplesOf(pcm: Uint8Array): number[] {
    const samples: number[] = [];
    let at = 0;
    if (this.#odd !== undefined && pcm.length > 0) {
      samples.push((((pcm[0] ?? 0) << 24) >> 16) | this.#odd);
      at = 1;
      this.#odd = undefined;
    }
    const view = new DataView(pcm.buffer, pcm.byteOffset, pcm.byteLength);
    for (; at + 1 < pcm.length; at += SAMPLE_BYTES) samples.push(view.getInt16(at, true));
    if (at < pcm.length) this.#odd = pcm[at];
    return samples;
  }
}

/** For each place between two input samples, the weights of the samples around it; they add up to 1. */
function phasesOf(count: number, cutoff: number, half: number): Float64Array[] {
  return Array.from({ length: count }, (_, phase) => {
    const weights = Float64Array.from({ length: half * 2 }, (_none, tap) => {
      const distance = tap - half + 1 - phase / count;
      const window = 0.5 + 0.5 * Math.cos(Math.PI * Math.min(1, Math.abs(distance) / half));
      return cutoff * sinc(cutoff * distance) * window;
    });
    const sum = weights.reduce((total, weight) => total + weight, 0);
    return weights.map((weight) => weight / sum);
  });
}

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
}

function commonDivisor(a: number, b: number): number {
  return b === 0 ? a : commonDivisor(b, a % b);
}

function bytesOf(samples: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(samples.length * SAMPLE_BYTES);
  const view = new DataView(bytes.buffer);
  for (const [index, sample] of samples.entries()) view.setInt16(index * SAMPLE_BYTES, sample, true);
  return bytes;
}
