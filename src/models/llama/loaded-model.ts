import { messageOf, SluiceError } from "../../stream/error.js";
import { checkGgufFile } from "./gguf-file.js";
import type { ChatWrapper, LlamaModel } from "./node-llama-cpp.js";
import { defaultThreads, type Runtime, runtime } from "./runtime.js";
import { type PoolSettings, SequencePool } from "./sequence-pool.js";

/** Settings of the contexts of a model; what is absent has its default. */
export type ContextSettings = Omit<PoolSettings, "threads"> & { threads: number | undefined };

/** Models in memory, by path: those that share a file share its weights. */
const loaded = new Map<string, Holding>();

interface Holding {
  model: Promise<LoadedModel>;
  holders: number;
}

/** A model's weights in memory, and what is running on them. */
export class LoadedModel {
  readonly runtime: Runtime;
  readonly model: LlamaModel;
  /** How the model reads a conversation. */
  readonly wrapper: ChatWrapper;
  readonly #pools = new Map<string, SequencePool>();
  readonly #running = new Map<AbortController, Promise<unknown>>();
  #disposed = false;

  constructor(running: Runtime, model: LlamaModel) {
    this.runtime = running;
    this.model = model;
    this.wrapper = running.package.resolveChatWrapper(model, { warningLogs: false });
  }

  /** The contexts with these settings. */
  pool(settings: ContextSettings): SequencePool {
    const { llama } = this.runtime;
    const threads = settings.threads ?? defaultThreads(llama);
    llama.maxThreads = Math.max(llama.maxThreads, threads);
    const key = JSON.stringify({ ...settings, threads });
    const pool = this.#pools.get(key) ?? new SequencePool(this.model, { ...settings, threads });
    this.#pools.set(key, pool);
    return pool;
  }

  /** Counts work as running until it settles; it is called off when the model is disposed of. */
  async run(controller: AbortController, work: () => Promise<void>): Promise<void> {
    if (this.#disposed) throw disposedOf();
    const running = work().finally(() => this.#running.delete(controller));
    this.#running.set(controller, running);
    await running;
  }

  async dispose(): Promise<void> {
    this.#disposed = true;
    for (const controller of this.#running.keys()) controller.abort(disposedOf());
    await Promise.allSettled(this.#running.values());
    await Promise.all([...this.#pools.values()].map((pool) => pool.dispose()));
    await this.model.dispose();
  }
}

/**
 * The model in a file, loaded unless it is already. It stays in memory until everyone who holds it has released it.
 *
 * @param path absolute.
 * @throws {SluiceError} `unsupported` without the package; `not-found`, `invalid-argument` for what is not such a file;
 *   `provider-error` where llama.cpp cannot load it.
 */
export function holdModel(path: string): Promise<LoadedModel> {
  const entry = loaded.get(path);
  if (entry !== undefined) {
    entry.holders++;
    return entry.model;
  }
  const model = load(path).catch((error: unknown) => {
    loaded.delete(path);
    throw error;
  });
  loaded.set(path, { model, holders: 1 });
  return model;
}

/** Lets go of a model; the last one to do so frees its memory. */
export async function releaseModel(path: string): Promise<void> {
  const entry = loaded.get(path);
  if (entry === undefined) return;
  entry.holders--;
  if (entry.holders > 0) return;
  loaded.delete(path);
  const model = await entry.model.catch(() => undefined);
  await model?.dispose();
}

function disposedOf(): SluiceError {
  return new SluiceError("cancelled", "the model was disposed of while it answered");
}

async function load(path: string): Promise<LoadedModel> {
  await checkGgufFile(path);
  const running = await runtime();
  running.complaints.length = 0;
  try {
    return new LoadedModel(running, await running.llama.loadModel({ modelPath: path }));
  } catch (cause) {
    const why = [messageOf(cause), ...running.complaints].join("; ");
    throw new SluiceError("provider-error", `${path} cannot be loaded: ${why}`, { cause });
  }
}
