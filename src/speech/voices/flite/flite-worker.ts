import type { createFliteEngine, FliteInput, FliteOutput } from "./flite-engine.js";

/** What a worker is asked. */
export interface FliteJob {
  id: number;
  input: FliteInput;
  /** Words whose phones are to be counted, after the audio was sent. */
  words: readonly string[];
}

/** What it answers: the audio, then the phones of each word; or why not. */
export type FliteReply =
  | { id: number; output: FliteOutput }
  | { id: number; phones: number[] | undefined }
  | { id: number; error: string };

interface Port {
  on(event: "message", handler: (job: FliteJob) => void): void;
  postMessage(reply: FliteReply, transfer?: readonly ArrayBuffer[]): void;
}

/** What runs in a worker. Like the engine, it uses nothing from outside itself. */
export function serveFlite(port: Port, module: WebAssembly.Module, create: typeof createFliteEngine): void {
  const engine = create(module);
  port.on("message", ({ id, input, words }) => {
    try {
      const output = engine.speak(input);
      port.postMessage({ id, output }, [output.pcm.buffer as ArrayBuffer]);
      port.postMessage({ id, phones: words.length > 0 ? engine.phonesOf(words) : undefined });
    } catch (thrown) {
      port.postMessage({ id, error: thrown instanceof Error ? thrown.message : String(thrown) });
    }
  });
}
