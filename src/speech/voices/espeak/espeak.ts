import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { Worker } from "node:worker_threads";
import { between, exactly, filledString } from "../../../stream/checks.js";
import { SluiceError } from "../../../stream/error.js";
import { loadPeer } from "../../../stream/load-peer.js";
import { pcmMs } from "../../audio/pcm.js";
import type { AudioChunk, SynthesisOptions, Voice, WordMark } from "../voice.js";
import { type EspeakJob, type EspeakReply, type EspeakWord, serveEspeak } from "./espeak-worker.js";

/** Settings of `espeak`. */
export interface EspeakOptions {
  /** A language or voice of eSpeak NG: `en-us` (default), `de`, `fr`, `es`, `cmn` and about a hundred more. */
  voice?: string;
  /** 1 is the voice's own, 175 words a minute. From 0.5 to 2.5; default 1. */
  speed?: number;
  /** From 0 to 99; 50 (default) is the voice's own. */
  pitch?: number;
}

const PACKAGE = "@echogarden/espeak-ng-emscripten";
const SAMPLE_RATE = 22_050;
/** eSpeak's own rate, in words a minute. */
const WORDS_PER_MINUTE = 175;

const OPTIONS = exactly("espeak", { voice: filledString, speed: between(0.5, 2.5), pitch: between(0, 99) });

/**
 * eSpeak NG in a worker thread of this process: about a hundred languages, quick, and plainly a machine. Needs the package
 * `@echogarden/espeak-ng-emscripten`, whose licence is the GPL 3: whoever passes a program on together with it has to meet
 * that licence, so nothing here installs it.
 *
 * @throws {SluiceError} `invalid-argument` for unknown settings.
 */
export function espeak(options: EspeakOptions = {}): Voice {
  OPTIONS(options, "");
  return new EspeakVoice(options);
}

class EspeakVoice implements Voice {
  readonly id: string;
  readonly format = { mediaType: "audio/pcm", sampleRate: SAMPLE_RATE };
  readonly concurrency = 1;
  readonly maxChars = 2_000;
  readonly #settings: Pick<EspeakJob, "voice" | "rate" | "pitch">;
  #worker: Promise<Worker> | undefined;
  #next = 0;

  constructor({ voice = "en-us", speed = 1, pitch = 50 }: EspeakOptions) {
    this.id = `espeak/${voice}`;
    this.#settings = { voice, rate: Math.round(WORDS_PER_MINUTE * speed), pitch };
  }

  async *synthesize(text: string, { signal }: SynthesisOptions = {}): AsyncGenerator<AudioChunk, void, undefined> {
    if (!/[\p{L}\p{N}]/u.test(text)) return;
    if (signal?.aborted) throw cancelled(signal, this.id);
    const worker = await this.#started();
    const id = this.#next++;
    const replies = new Replies(worker, id, this.id);
    // It cannot be stopped, so its worker is ended; the next text starts another.
    const onAbort = () => {
      replies.fail(cancelled(signal, this.id));
      void this.close();
    };
    signal?.addEventListener("abort", onAbort, { once: true });
    worker.postMessage({ id, text, ...this.#settings } satisfies EspeakJob);
    const marks = new Marks(text);
    try {
      for (let reply = await replies.next(); reply !== undefined; reply = await replies.next()) {
        yield { data: reply.pcm, ...marks.push(reply.words, reply.pcm.length) };
      }
      const words = marks.end();
      if (words.length > 0) yield { data: new Uint8Array(0), words };
    } finally {
      signal?.removeEventListener("abort", onAbort);
      replies.close();
    }
  }

  async prepare(): Promise<void> {
    await this.#started();
  }

  async close(): Promise<void> {
    const worker = this.#worker;
    this.#worker = undefined;
    await (await worker?.catch(() => undefined))?.terminate();
  }

  #started(): Promise<Worker> {
    this.#worker ??= start();
    this.#worker.then(
      (worker) => {
        worker.once("exit", () => {
          this.#worker = undefined;
        });
      },
      () => {
        // The package may be installed by the next time.
        this.#worker = undefined;
      },
    );
    return this.#worker;
  }
}

async function start(): Promise<Worker> {
  const load = async () => createRequire(import.meta.url).resolve(PACKAGE);
  const path = String(await loadPeer(PACKAGE, "the voice espeak", { load }));
  const source = `const { parentPort } = require("node:worker_threads");
(${serveEspeak.toString()})(parentPort, async () => {
  const { default: create } = await import(${JSON.stringify(pathToFileURL(path).href)});
  const module = await create();
  return new module.eSpeakNGWorker();
});`;
  const worker = new Worker(source, { eval: true });
  worker.unref();
  return worker;
}

/** The worker's answers to one text, as they come. */
class Replies {
  readonly #worker: Worker;
  readonly #model: string;
  readonly #ready: { pcm: Uint8Array; words: EspeakWord[] }[] = [];
  readonly #onMessage: (reply: EspeakReply) => void;
  readonly #onExit = () => {
    this.fail(new SluiceError("provider-error", "espeak: the worker ended", { model: this.#model, retryable: true }));
  };
  #failure: SluiceError | undefined;
  #done = false;
  #wake = () => {};

  constructor(worker: Worker, id: number, model: string) {
    this.#worker = worker;
    this.#model = model;
    this.#onMessage = (reply) => {
      if (reply.id !== id) return;
      if ("pcm" in reply) this.#ready.push(reply);
      else if ("error" in reply)
        this.#failure ??= new SluiceError("provider-error", `espeak: ${reply.error}`, { model });
      else this.#done = true;
      this.#wake();
    };
    worker.on("message", this.#onMessage);
    worker.on("exit", this.#onExit);
    worker.ref();
  }

  fail(error: SluiceError): void {
    this.#failure ??= error;
    this.#wake();
  }

  async next(): Promise<{ pcm: Uint8Array; words: EspeakWord[] } | undefined> {
    for (;;) {
      if (this.#failure !== undefined) throw this.#failure;
      const reply = this.#ready.shift();
      if (reply !== undefined || this.#done) return reply;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  close(): void {
    this.#worker.off("message", this.#onMessage);
    this.#worker.off("exit", this.#onExit);
    this.#worker.unref();
  }
}

/** Makes marks of words whose ends are where the next one begins. */
class Marks {
  readonly #characters: readonly string[];
  #open: { text: string; startMs: number } | undefined;
  #bytes = 0;

  constructor(text: string) {
    this.#characters = [...text];
  }

  push(words: readonly EspeakWord[], bytes: number): { words?: WordMark[] } {
    this.#bytes += bytes;
    const marks: WordMark[] = [];
    for (const { at, length, ms } of words) {
      if (this.#open !== undefined) marks.push({ ...this.#open, endMs: ms });
      this.#open = { text: this.#characters.slice(at - 1, at - 1 + length).join(""), startMs: ms };
    }
    return marks.length > 0 ? { words: marks } : {};
  }

  end(): WordMark[] {
    return this.#open === undefined ? [] : [{ ...this.#open, endMs: pcmMs(this.#bytes, SAMPLE_RATE) }];
  }
}

function cancelled(signal: AbortSignal | undefined, model: string): SluiceError {
  return new SluiceError("cancelled", "the synthesis was cancelled", { cause: signal?.reason, model });
}
