import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { joinBytes } from "../../base/join-bytes.js";
import { Resampler } from "./resampler.js";

const RATES = [8_000, 16_000, 22_050, 24_000, 44_100, 48_000];

function sine(hz: number, sampleRate: number, ms: number): Uint8Array {
  const samples = new Int16Array((sampleRate * ms) / 1_000);
  for (const index of samples.keys())
    samples[index] = Math.round(10_000 * Math.sin((2 * Math.PI * hz * index) / sampleRate));
  return new Uint8Array(samples.buffer);
}

function resampled(pcm: Uint8Array, from: number, to: number, size = pcm.length): Int16Array {
  const resampler = new Resampler(from, to);
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < pcm.length; at += size) pieces.push(resampler.push(pcm.subarray(at, at + size)));
  const bytes = joinBytes([...pieces, resampler.end()]);
  return new Int16Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
}

/** How far samples are from a sine, in dB below it; the ends are left out. */
function errorDb(samples: Int16Array, hz: number, sampleRate: number): number {
  let error = 0;
  let power = 0;
  for (let index = 200; index < samples.length - 200; index++) {
    const ideal = 10_000 * Math.sin((2 * Math.PI * hz * index) / sampleRate);
    error += ((samples[index] ?? 0) - ideal) ** 2;
    power += ideal ** 2;
  }
  return 10 * Math.log10(error / power);
}

describe("a change of the sample rate", () => {
  it("keeps speech as it is, and as long", () => {
    for (const from of RATES) {
      for (const to of RATES) {
        const samples = resampled(sine(1_000, from, 200), from, to);
        expect(samples.length, `${from} to ${to}`).toBe(Math.round(to * 0.2));
        expect(errorDb(samples, 1_000, to), `${from} to ${to}`).toBeLessThan(-50);
      }
    }
  });

  it("leaves out what the lower rate cannot hold", () => {
    const samples = resampled(sine(7_000, 24_000, 200), 24_000, 8_000);
    const loudest = samples.slice(100, -100).reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
    expect(loudest).toBeLessThan(100);
  });

  it("gives the same however the input is cut, within a sample too", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...RATES),
        fc.constantFrom(...RATES),
        fc.integer({ min: 1, max: 999 }),
        (from, to, size) => {
          const pcm = sine(440, from, 40);
          expect(resampled(pcm, from, to, size)).toEqual(resampled(pcm, from, to));
        },
      ),
      { numRuns: 60 },
    );
  });
});
