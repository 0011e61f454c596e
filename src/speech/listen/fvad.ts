import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { exactly, oneOf } from "../../stream/checks.js";
import { invalid } from "../../stream/error.js";
import { loadPeer } from "../../stream/load-peer.js";
import { type FvadModule, fvadDetector } from "./fvad-detector.js";
import type { VoiceDetector } from "./voice-detector.js";

/** Settings of `fvad`. */
export interface FvadOptions {
  /** Samples a second: 8,000, 16,000 (default), 32,000 or 48,000. */
  sampleRate?: 8000 | 16000 | 32000 | 48000;
  /** How strict it is: 0 takes most noises for speech, 3 the fewest. Default 2. */
  aggressiveness?: 0 | 1 | 2 | 3;
}

const PACKAGE = "@echogarden/fvad-wasm";
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
  return () => fvadDetector(module, sampleRate, aggressiveness);
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
