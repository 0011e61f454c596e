import { SluiceError } from "../../../stream/error.js";
import { readWav, WAV_HEADER_BYTES } from "../../audio/wav.js";

/** The longest header of a WAV file that is looked for, in bytes. */
const LONGEST_HEADER = 4_096;

/**
 * Samples as they come from a service. Some send a WAV file where samples were asked for: its header is read and dropped.
 *
 * @throws {SluiceError} `malformed-frame` when the header has samples other than 16 bits, one channel, at this rate.
 */
export async function* pcmOf(
  bytes: AsyncIterable<Uint8Array>,
  sampleRate: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  let head: Uint8Array | undefined = new Uint8Array(0);
  for await (const piece of bytes) {
    if (head === undefined) {
      yield piece;
      continue;
    }
    head = joined(head, piece);
    if (head.length < 4) continue;
    const riff = head[0] === 0x52 && head[1] === 0x49 && head[2] === 0x46 && head[3] === 0x46;
    if (!riff) {
      yield head;
      head = undefined;
      continue;
    }
    const samples = samplesOf(head, sampleRate);
    if (samples === undefined) continue;
    if (samples.length > 0) yield samples;
    head = undefined;
  }
  if (head !== undefined && head.length > 0) throw new SluiceError("malformed-frame", "the audio ends in its header");
}

/** The samples after the header; `undefined` where the header is not complete. */
function samplesOf(file: Uint8Array, sampleRate: number): Uint8Array | undefined {
  if (file.length < WAV_HEADER_BYTES) return undefined;
  const wav = readWav(file);
  if (wav === undefined) {
    if (file.length < LONGEST_HEADER) return undefined;
    throw new SluiceError("malformed-frame", "a WAV file without samples");
  }
  if (wav.channels !== 1 || wav.bitsPerSample !== 16 || wav.float || wav.sampleRate !== sampleRate) {
    const found = `${wav.bitsPerSample} bits, ${wav.channels} channels, ${wav.sampleRate} Hz`;
    throw new SluiceError(
      "malformed-frame",
      `the audio has ${found}; 16 bits, 1 channel, ${sampleRate} Hz were asked for`,
    );
  }
  return file.subarray(wav.data.byteOffset - file.byteOffset);
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  if (a.length === 0) return b;
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}
