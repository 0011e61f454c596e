import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { exactly, oneOf } from "../../stream/checks.js";
import { invalid, SluiceError } from "../../stream/error.js";
import { loadPeer } from "../../stream/load-peer.js";
import { pcmBytes } from "../audio/pcm.js";

/** Tells whether somebody speaks in a short piece of audio. */
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

/** Settings of `fvad`. */
export interface FvadOptions {
  /** Samples a second: 8,000, 16,000 (default), 32,000 or 48,000. */
  sampleRate?: 8000 | 16000 | 32000 | 48000;
  /** How much it takes to be taken for speech: 0 takes much, 3 little. Default 2. */
  aggressiveness?: 0 | 1 | 2 | 3;
}

/** WebRTC's detector as WebAssembly, as far as it is used. */
interface FvadModule {
  HEAP16: Int16Array;
  _fvad_new(): number;
  _fvad_free(instance: number): void;
  _fvad_set_mode(instance: number, mode: number): number;
  _fvad_set_sample_rate(instance: number, rate: number): number;
  _fvad_process(instance: number, samples: number, count: number): number;
  _malloc(bytes: number): number;
  _free(at: number): void;
}

const PACKAGE = "@echogarden/fvad-wasm";
const FRAME_MS = 30;
const RATES = [8_000, 16_000, 32_000, 48_000];
const OPTIONS = exactly("fvad", {
  sampleRate: (value, path) => {
    if (typeof value !== "number" || !RATES.includes(value)) throw invalid(path, value, RATES.join(", "));
  },
  aggressiveness: (value, path) => {
    if (typeof value !== "number") throw invalid(path, value, "0, 1, 2, 3");
    oneOf("0", "1", "2", "3")(String(value), path);
  },
});

/**
 * WebRTC's detector of voices, in this process. Needs the package `@echogarden/fvad-wasm`.
 *
 * @throws {SluiceError} `invalid-argument`; `unsupported` where the package is not installed.
 */
export async function fvad(options: FvadOptions = {}): Promise<VoiceDetector> {
  return (await fvadDetectors(options))();
}

/**
 * Loads the detector once; what it resolves with opens one at a time, each for one voice, without waiting.
 *
 * @throws {SluiceError} as `fvad`.
 */
export async function fvadDetectors(options: FvadOptions = {}): Promise<() => VoiceDetector> {
  OPTIONS(options, "");
  const { sampleRate = 16_000, aggressiveness = 2 } = options;
  const module = await loadModule();
  return () => openDetector(module, sampleRate, aggressiveness);
}

function openDetector(module: FvadModule, sampleRate: number, aggressiveness: number): VoiceDetector {
  const instance = module._fvad_new();
  module._fvad_set_mode(instance, aggressiveness);
  module._fvad_set_sample_rate(instance, sampleRate);
  const frameBytes = pcmBytes(FRAME_MS, sampleRate);
  const at = module._malloc(frameBytes);
  let open = true;
  return {
    sampleRate,
    frameBytes,
    frameMs: FRAME_MS,
    isSpeech(frame) {
      if (!open) throw new SluiceError("invalid-argument", "the detector is closed");
      if (frame.length !== frameBytes) throw invalid("frame", frame.length, `${frameBytes} bytes`);
      const samples = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
      for (let index = 0; index < frameBytes / 2; index++)
        module.HEAP16[at / 2 + index] = samples.getInt16(index * 2, true);
      return module._fvad_process(instance, at, frameBytes / 2) === 1;
    },
    close() {
      if (!open) return;
      open = false;
      module._free(at);
      module._fvad_free(instance);
    },
  };
}

let loaded: Promise<FvadModule> | undefined;

function loadModule(): Promise<FvadModule> {
  loaded ??= openModule();
  loaded.catch(() => {
    loaded = undefined;
  });
  return loaded;
}

async function openModule(): Promise<FvadModule> {
  let path = "";
  const load = async () => {
    path = createRequire(import.meta.url).resolve(PACKAGE);
  };
  await loadPeer(PACKAGE, "voice activity", { load });
  const { default: create }: { default: () => Promise<FvadModule> } = await import(pathToFileURL(path).href);
  return create();
}
