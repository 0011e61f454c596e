/** What is used of the detector, which has no types of its own. */
declare module "@echogarden/fvad-wasm" {
  import type { FvadModule } from "../../../src/speech/listen/fvad-detector.js";
  export default function create(): Promise<FvadModule>;
}
