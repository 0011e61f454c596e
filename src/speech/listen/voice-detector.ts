import { callable, positive, wholeNumber, withFields } from "../../stream/checks.js";

/** Detects whether somebody speaks in a short piece of audio. */
export interface VoiceDetector {
  /** Samples a second. */
  readonly sampleRate: number;
  /** Bytes of a piece. */
  readonly frameBytes: number;
  /** How long a piece is, in ms. */
  readonly frameMs: number;
  /** Whether somebody speaks in a piece of 16-bit samples, one channel. */
  isSpeech(frame: Uint8Array): boolean;
  /** Frees its memory. */
  close(): void;
}

/** @throws {SluiceError} `invalid-argument` for anything but a detector. */
export const voiceDetector = withFields("a detector, such as await fvad()", {
  sampleRate: { required: positive },
  frameBytes: { required: wholeNumber(1) },
  frameMs: { required: positive },
  isSpeech: { required: callable },
  close: callable,
});
