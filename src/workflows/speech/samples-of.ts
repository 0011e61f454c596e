import { readWav } from "../../speech/audio/wav.js";
import { SluiceError } from "../../stream/error.js";

/**
 * The samples of a WAV file: 16 bits; of several channels the first.
 *
 * @throws {SluiceError} `unsupported` for any other sound.
 */
export function samplesOf(file: Uint8Array, name: string): { pcm: Uint8Array; sampleRate: number } {
  const wav = readWav(file);
  if (wav === undefined || wav.float || wav.bitsPerSample !== 16) {
    throw new SluiceError("unsupported", `${name} is no WAV file with samples of 16 bits`, {
      field: "audio_file_path",
    });
  }
  return { pcm: firstChannel(wav.data, wav.channels), sampleRate: wav.sampleRate };
}

function firstChannel(data: Uint8Array, channels: number): Uint8Array {
  if (channels <= 1) return data;
  const samples = Math.floor(data.length / (2 * channels));
  const mono = new Uint8Array(samples * 2);
  for (let at = 0; at < samples; at++) mono.set(data.subarray(at * 2 * channels, at * 2 * channels + 2), at * 2);
  return mono;
}
