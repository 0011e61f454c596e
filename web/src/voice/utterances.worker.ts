import createFvad from "@echogarden/fvad-wasm";
import { fvadDetector } from "../../../src/speech/listen/fvad-detector.js";
import { type UtteranceEvent, Utterances } from "../../../src/speech/listen/utterances.js";

/** What the worker answers: what it heard, or why it hears nothing. */
export type HeardMessage = UtteranceEvent | { type: "failed"; message: string };

const opening = createFvad().then((module) => new Utterances(fvadDetector(module, 16_000, 2)));

addEventListener("message", async ({ data }: MessageEvent<ArrayBuffer>) => {
  try {
    const utterances = await opening;
    for (const event of utterances.push(new Uint8Array(data))) answer(event);
  } catch (thrown) {
    answer({ type: "failed", message: String(thrown) });
  }
});

function answer(message: HeardMessage): void {
  postMessage(message);
}
