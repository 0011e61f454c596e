import { SluiceError } from "../../../stream/error.js";
import { loadPeer } from "../../../stream/load-peer.js";

/** Samples from -1 to 1. */
interface SherpaAudio {
  samples: Float32Array;
  sampleRate: number;
}

/** Its speech synthesis, as far as it is used. */
export interface SherpaTts {
  readonly sampleRate: number;
  generateAsync(request: {
    text: string;
    sid: number;
    speed: number;
    enableExternalBuffer: boolean;
    /** Is given audio as it is made; `false` ends it. */
    onProgress: (info: { samples: Float32Array }) => boolean;
  }): Promise<SherpaAudio>;
}

/** Its recogniser, as far as it is used. */
export interface SherpaRecognizer {
  createStream(): { acceptWaveform(audio: SherpaAudio): void };
  decodeAsync(stream: unknown): Promise<{ text: string }>;
}

interface SherpaModule {
  OfflineTts: { createAsync(config: object): Promise<SherpaTts> };
  OfflineRecognizer: { createAsync(config: object): Promise<SherpaRecognizer> };
}

/**
 * Makes something of the package's with the user's own model.
 *
 * @throws {SluiceError} `unsupported` where the package is not installed; `invalid-argument` for a model that it refuses.
 */
export async function openSherpa<T>(
  what: string,
  model: object,
  open: (module: SherpaModule) => Promise<T>,
): Promise<T> {
  const loaded = await loadPeer("sherpa-onnx-node", what);
  const module = [loaded, defaultOf(loaded)].find(isSherpa);
  if (module === undefined) throw new SluiceError("unsupported", `${what}: sherpa-onnx-node is not what it was`);
  try {
    return await open(module);
  } catch (cause) {
    const message = `${what}: sherpa-onnx refused the model ${JSON.stringify(model).slice(0, 200)}`;
    throw new SluiceError("invalid-argument", message, { field: "model", cause });
  }
}

function isSherpa(value: unknown): value is SherpaModule {
  return typeof value === "object" && value !== null && "OfflineTts" in value && "OfflineRecognizer" in value;
}

function defaultOf(value: unknown): unknown {
  return typeof value === "object" && value !== null && "default" in value ? value.default : undefined;
}
