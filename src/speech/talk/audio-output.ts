import { type Check, having } from "../../stream/checks.js";
import type { Playback } from "../pipeline/playback.js";

/** Somewhere audio is heard: a loudspeaker, a telephone line, a browser. It takes 16-bit samples, one channel. */
export interface AudioOutput extends Playback {
  /** Takes samples. Resolves when it can take more, which is what keeps synthesis from running ahead. */
  write(pcm: Uint8Array, sampleRate: number): Promise<void>;
  /** Silence, at once: what was not heard is dropped, and pending writes resolve. It may be written to again. */
  stop(): void;
  /** Silence, at once, for the time being: what was not heard is kept. */
  pause(): void;
  /** Goes on where it was paused. */
  resume(): void;
  /** Resolves when all that was written has been heard, or was dropped. */
  drained(): Promise<void>;
}

/** @throws {SluiceError} `invalid-argument` for anything but an output. */
export const audioOutput: Check = having(
  "an AudioOutput, such as pacedOutput()",
  "write",
  "stop",
  "pause",
  "resume",
  "drained",
);
