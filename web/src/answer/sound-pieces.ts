import { joinBytes } from "../../../src/base/join-bytes.js";
import { wavHeader } from "../../../src/speech/audio/wav.js";
import type { AudioDeltaEvent } from "../../../src/stream/speech-event.js";

/** What a model speaks itself, until it is a file that can be played. */
export class SoundPieces {
  #pieces: Uint8Array[] = [];
  #mediaType = "";
  #sampleRate: number | undefined;

  push({ data, mediaType, sampleRate }: AudioDeltaEvent): void {
    this.#pieces.push(data);
    this.#mediaType = mediaType;
    this.#sampleRate = sampleRate ?? this.#sampleRate;
  }

  /** All of it as one file; samples get the header that players want. */
  take(): { mediaType: string; data: Uint8Array } | undefined {
    if (this.#pieces.length === 0) return undefined;
    const data = joinBytes(this.#pieces);
    this.#pieces = [];
    if (this.#mediaType !== "audio/pcm") return { mediaType: this.#mediaType, data };
    const header = wavHeader(this.#sampleRate ?? 24_000, data.length);
    return { mediaType: "audio/wav", data: joinBytes([header, data]) };
  }
}
