import { invalid, SluiceError } from "../../stream/error.js";
import { pcmBytes } from "../audio/pcm.js";
import type { VoiceDetector } from "./voice-detector.js";

/** WebRTC's detector as WebAssembly, as far as it is used. */
export interface FvadModule {
  HEAP16: Int16Array;
  _fvad_new(): number;
  _fvad_free(instance: number): void;
  _fvad_set_mode(instance: number, mode: number): number;
  _fvad_set_sample_rate(instance: number, rate: number): number;
  _fvad_process(instance: number, samples: number, count: number): number;
  _malloc(bytes: number): number;
  _free(at: number): void;
}

const FRAME_MS = 30;

/** A detector of a module that is loaded. @param aggressiveness as `FvadOptions` has it. */
export function fvadDetector(module: FvadModule, sampleRate: number, aggressiveness: number): VoiceDetector {
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
