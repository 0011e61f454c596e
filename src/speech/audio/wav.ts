/** Bytes before the samples. */
export const WAV_HEADER_BYTES = 44;
/** The length that says "until the end", for a file that is still being written. */
export const UNKNOWN_LENGTH = 0xffff_ffff;

/**
 * The header of a WAV file of 16-bit samples, one channel (RIFF, "Multimedia Programming Interface and Data
 * Specifications 1.0", 1991).
 *
 * @param bytes of the samples; `UNKNOWN_LENGTH` where more may come.
 */
export function wavHeader(sampleRate: number, bytes: number): Uint8Array {
  const header = new DataView(new ArrayBuffer(WAV_HEADER_BYTES));
  const text = (at: number, value: string) => {
    for (let index = 0; index < value.length; index++) header.setUint8(at + index, value.charCodeAt(index));
  };
  text(0, "RIFF");
  header.setUint32(4, bytes === UNKNOWN_LENGTH ? UNKNOWN_LENGTH : bytes + WAV_HEADER_BYTES - 8, true);
  text(8, "WAVEfmt ");
  header.setUint32(16, 16, true);
  // PCM, one channel.
  header.setUint16(20, 1, true);
  header.setUint16(22, 1, true);
  header.setUint32(24, sampleRate, true);
  header.setUint32(28, sampleRate * 2, true);
  header.setUint16(32, 2, true);
  header.setUint16(34, 16, true);
  text(36, "data");
  header.setUint32(40, bytes, true);
  return new Uint8Array(header.buffer);
}

/** Samples of a WAV file, and how they are to be heard. */
export interface WavSamples {
  sampleRate: number;
  channels: number;
  bitsPerSample: number;
  /** Whether the samples are floating-point numbers. */
  float: boolean;
  data: Uint8Array;
}

/** Reads a WAV file; `undefined` if it is not one. A data chunk that is longer than the file ends with it. */
export function readWav(file: Uint8Array): WavSamples | undefined {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const tag = (at: number) => String.fromCharCode(...file.subarray(at, at + 4));
  if (file.length < 12 || tag(0) !== "RIFF" || tag(8) !== "WAVE") return undefined;
  let format: Omit<WavSamples, "data"> | undefined;
  for (let at = 12; at + 8 <= file.length; ) {
    const size = view.getUint32(at + 4, true);
    const start = at + 8;
    if (tag(at) === "fmt " && start + 16 <= file.length) {
      const kind = view.getUint16(start, true);
      format = {
        channels: view.getUint16(start + 2, true),
        sampleRate: view.getUint32(start + 4, true),
        bitsPerSample: view.getUint16(start + 14, true),
        float: kind === 3 || (kind === 0xfffe && size >= 26 && view.getUint16(start + 24, true) === 3),
      };
    }
    if (tag(at) === "data") {
      if (format === undefined) return undefined;
      return { ...format, data: file.subarray(start, Math.min(file.length, start + size)) };
    }
    at = start + size + (size % 2);
  }
  return undefined;
}
