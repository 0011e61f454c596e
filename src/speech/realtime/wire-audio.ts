import { decodeBase64, encodeBase64 } from "../../base/base64.js";
import { decodeG711, encodeG711 } from "../audio/g711.js";
import { Resampler } from "../audio/resampler.js";
import { RealtimeRefusal } from "./realtime-error.js";

/** How audio is written in events: 16-bit samples at 24,000 a second, or G.711 at 8,000. */
export type WireFormat = "audio/pcm" | "audio/pcmu" | "audio/pcma";

/** Samples a second of each (https://platform.openai.com/docs/guides/realtime). */
const RATES: Readonly<Record<WireFormat, number>> = { "audio/pcm": 24_000, "audio/pcmu": 8_000, "audio/pcma": 8_000 };

/** How a format stands in a session. */
export function formatObject(format: WireFormat) {
  return format === "audio/pcm" ? { type: format, rate: RATES[format] } : { type: format };
}

/** Makes samples of a rate of the base64 in a client's events. */
export class WireAudioReader {
  readonly #format: WireFormat;
  readonly #resampler: Resampler;

  constructor(format: WireFormat, sampleRate: number) {
    this.#format = format;
    this.#resampler = new Resampler(RATES[format], sampleRate);
  }

  /** @throws {RealtimeRefusal} for what is not base64. */
  push(base64: string): Uint8Array {
    let bytes: Uint8Array;
    try {
      bytes = decodeBase64(base64);
    } catch {
      throw new RealtimeRefusal("invalid_value", "audio: not base64", "audio");
    }
    return this.#resampler.push(decoded(bytes, this.#format));
  }
}

/** Makes base64 for a client's format of samples of a voice. */
export class WireAudioWriter {
  readonly #format: WireFormat;
  readonly #resampler: Resampler;

  constructor(format: WireFormat, sampleRate: number) {
    this.#format = format;
    this.#resampler = new Resampler(sampleRate, RATES[format]);
  }

  push(pcm: Uint8Array): string {
    return this.#encoded(this.#resampler.push(pcm));
  }

  /** The last samples. */
  end(): string {
    return this.#encoded(this.#resampler.end());
  }

  #encoded(pcm: Uint8Array): string {
    if (this.#format === "audio/pcm") return encodeBase64(pcm);
    return encodeBase64(encodeG711(pcm, this.#format === "audio/pcmu" ? "mu-law" : "a-law"));
  }
}

function decoded(bytes: Uint8Array, format: WireFormat): Uint8Array {
  if (format === "audio/pcm") return bytes;
  return decodeG711(bytes, format === "audio/pcmu" ? "mu-law" : "a-law");
}
