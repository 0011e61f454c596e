import { Worker } from "node:worker_threads";
import { SluiceError } from "../../../stream/error.js";
import { createFliteEngine, type FliteInput, type FliteOutput } from "./flite-engine.js";
import { type FliteJob, type FliteReply, serveFlite } from "./flite-worker.js";

/** The audio of a text, and after it the phones of its words. */
export interface FliteSpeech {
  output: FliteOutput;
  phones: Promise<number[] | undefined>;
}

interface Task {
  job: FliteJob;
  audio: (speech: FliteSpeech) => void;
  phones: (phones: number[] | undefined) => void;
  counted: Promise<number[] | undefined>;
  fail: (error: SluiceError) => void;
}

/** Flite's module is compiled once, and all workers share it. */
export type FliteModule = () => Promise<WebAssembly.Module>;

/** Workers that run Flite, one text each. A text that nobody waits for any more ends its worker. */
export class FlitePool {
  readonly #size: number;
  readonly #load: FliteModule;
  #module: Promise<WebAssembly.Module> | undefined;
  readonly #idle: Worker[] = [];
  readonly #busy = new Map<Worker, Task>();
  readonly #queue: Task[] = [];
  #next = 0;

  constructor(size: number, load: FliteModule) {
    this.#size = size;
    this.#load = load;
  }

  /** Speaks a text in a worker. @throws {SluiceError} `provider-error`, `cancelled`; `unsupported` without the package. */
  async speak(input: FliteInput, words: readonly string[], signal?: AbortSignal): Promise<FliteSpeech> {
    if (signal?.aborted) throw cancelled(signal);
    const module = await this.#loaded();
    return new Promise((resolve, reject) => {
      let phones: Task["phones"] = () => {};
      const counted = new Promise<number[] | undefined>((count) => {
        phones = count;
      });
      const onAbort = () => this.#abandon(task, cancelled(signal));
      const done = () => signal?.removeEventListener("abort", onAbort);
      const task: Task = {
        job: { id: this.#next++, input, words },
        counted,
        audio: resolve,
        phones: (counts) => {
          done();
          phones(counts);
        },
        fail: (error) => {
          done();
          phones(undefined);
          reject(error);
        },
      };
      if (signal?.aborted) return reject(cancelled(signal));
      signal?.addEventListener("abort", onAbort, { once: true });
      this.#queue.push(task);
      this.#work(module);
    });
  }

  /** Compiles the module and starts a worker, if there is none. @throws {SluiceError} `unsupported` without the package. */
  async prepare(): Promise<void> {
    const module = await this.#loaded();
    if (this.#busy.size + this.#idle.length > 0) return;
    const worker = this.#start(module);
    if (worker !== undefined) this.#idle.push(worker);
  }

  #loaded(): Promise<WebAssembly.Module> {
    this.#module ??= this.#load();
    this.#module.catch(() => {
      // The package may be installed by the next time.
      this.#module = undefined;
    });
    return this.#module;
  }

  /** Ends all workers; what waits fails. */
  async close(): Promise<void> {
    const workers = [...this.#idle.splice(0), ...this.#busy.keys()];
    const error = new SluiceError("cancelled", "the voice was closed");
    for (const task of [...this.#queue.splice(0), ...this.#busy.values()]) task.fail(error);
    this.#busy.clear();
    await Promise.all(workers.map((worker) => worker.terminate()));
  }

  #work(module: WebAssembly.Module): void {
    while (this.#queue.length > 0) {
      const worker = this.#idle.pop() ?? this.#start(module);
      const task = worker && this.#queue.shift();
      if (worker === undefined || task === undefined) return;
      worker.ref();
      this.#busy.set(worker, task);
      worker.postMessage(task.job);
    }
  }

  #start(module: WebAssembly.Module): Worker | undefined {
    if (this.#busy.size + this.#idle.length >= this.#size) return undefined;
    const source = `const { parentPort, workerData } = require("node:worker_threads");
(${serveFlite.toString()})(parentPort, workerData, ${createFliteEngine.toString()});`;
    const worker = new Worker(source, { eval: true, workerData: module });
    worker.on("message", (reply: FliteReply) => this.#answered(worker, reply, module));
    worker.on("error", (error) => this.#broke(worker, error.message, module));
    worker.on("exit", (code) => this.#broke(worker, `the worker ended with code ${code}`, module));
    worker.unref();
    return worker;
  }

  #answered(worker: Worker, reply: FliteReply, module: WebAssembly.Module): void {
    const task = this.#busy.get(worker);
    if (task === undefined || task.job.id !== reply.id) return;
    if ("output" in reply) {
      task.audio({ output: reply.output, phones: task.counted });
      return;
    }
    if ("phones" in reply) task.phones(reply.phones);
    else task.fail(new SluiceError("provider-error", `flite: ${reply.error}`, { model: "flite" }));
    this.#busy.delete(worker);
    this.#idle.push(worker);
    worker.unref();
    this.#work(module);
  }

  #broke(worker: Worker, message: string, module: WebAssembly.Module): void {
    const task = this.#busy.get(worker);
    this.#busy.delete(worker);
    const idle = this.#idle.indexOf(worker);
    if (idle !== -1) this.#idle.splice(idle, 1);
    task?.fail(new SluiceError("provider-error", `flite: ${message}`, { model: "flite", retryable: true }));
    this.#work(module);
  }

  /** Flite cannot be stopped, so its worker is. */
  #abandon(task: Task, error: SluiceError): void {
    const queued = this.#queue.indexOf(task);
    if (queued !== -1) this.#queue.splice(queued, 1);
    for (const [worker, other] of this.#busy) {
      if (other !== task) continue;
      this.#busy.delete(worker);
      void worker.terminate();
    }
    task.fail(error);
    if (this.#queue.length > 0) void this.#module?.then((module) => this.#work(module));
  }
}

function cancelled(signal: AbortSignal | undefined): SluiceError {
  return new SluiceError("cancelled", "the synthesis was cancelled", { cause: signal?.reason });
}
