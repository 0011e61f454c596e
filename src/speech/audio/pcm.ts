/** Bytes of one sample: signed 16 bits, one channel. */
export const SAMPLE_BYTES = 2;

/** How long samples of 16 bits, one channel, are heard, in ms. */
export function pcmMs(bytes: number, sampleRate: number): number {
  return (bytes / SAMPLE_BYTES / sampleRate) * 1000;
}

/** How many bytes are heard in a time, whole samples only. */
export function pcmBytes(ms: number, sampleRate: number): number {
  return Math.round((ms / 1000) * sampleRate) * SAMPLE_BYTES;
}

/**
 * Makes samples louder or quieter in place, and not so loud that one is cut off.
 *
 * @param gain a factor.
 */
export function amplify(pcm: Uint8Array, gain: number): void {
  const samples = new DataView(pcm.buffer, pcm.byteOffset, pcm.byteLength);
  const end = pcm.byteLength - 1;
  let peak = 1;
  for (let at = 0; at < end; at += SAMPLE_BYTES) peak = Math.max(peak, Math.abs(samples.getInt16(at, true)));
  const factor = Math.min(gain, LOUDEST / peak);
  if (factor === 1) return;
  for (let at = 0; at < end; at += SAMPLE_BYTES) {
    samples.setInt16(at, Math.round(samples.getInt16(at, true) * factor), true);
  }
}

/** The highest sample of an amplified text: 1 dB below what 16 bits can hold. */
const LOUDEST = 29_204;

/** Samples of 16 bits of samples from -1 to 1; what is louder is cut off. */
export function pcmOfFloats(samples: Float32Array): Uint8Array {
  const pcm = new Uint8Array(samples.length * SAMPLE_BYTES);
  const view = new DataView(pcm.buffer);
  for (const [index, sample] of samples.entries()) {
    view.setInt16(index * SAMPLE_BYTES, Math.max(-32_768, Math.min(32_767, Math.round(sample * 32_767))), true);
  }
  return pcm;
}

/** Samples from -1 to 1 of whole samples of 16 bits. */
export function floatsOfPcm(pcm: Uint8Array): Float32Array {
  const view = new DataView(pcm.buffer, pcm.byteOffset, pcm.byteLength);
  return Float32Array.from(
    { length: Math.floor(pcm.length / SAMPLE_BYTES) },
    (_, index) => view.getInt16(index * SAMPLE_BYTES, true) / 32_768,
  );
}
