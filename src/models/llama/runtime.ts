import { availableParallelism } from "node:os";
import { messageOf, SluiceError } from "../../stream/error.js";
import { importNodeLlamaCpp, type Llama, type NodeLlamaCpp } from "./node-llama-cpp.js";

/** The package and its native library: one for the process. */
export interface Runtime {
  package: NodeLlamaCpp;
  llama: Llama;
  /** What llama.cpp last complained of; empty again at each load. */
  complaints: string[];
}

/** Complaints that are kept: a failed load says more than one thing. */
const COMPLAINTS = 4;

let running: Promise<Runtime> | undefined;

/**
 * The library, loaded at the first call.
 *
 * @throws {SluiceError} `unsupported` where the package is missing or has no build for this machine.
 */
export function runtime(): Promise<Runtime> {
  running ??= start().catch((error: unknown) => {
    // A package that was installed since is found.
    running = undefined;
    throw error;
  });
  return running;
}

/**
 * Threads for all answers together: a core each, and one core left for JavaScript and whatever else runs. llama.cpp's
 * threads wait for each other several times a layer, so that one of them without a core holds up all: with more threads
 * than free cores an answer is many times slower than with one thread.
 * See docs/decisions/0006-a-core-is-left-for-javascript.md.
 *
 * @param cores for tests.
 */
export function defaultThreads(llama: Pick<Llama, "cpuMathCores">, cores = availableParallelism()): number {
  return Math.max(1, Math.min(llama.cpuMathCores, cores) - 1);
}

async function start(): Promise<Runtime> {
  const loaded = await importNodeLlamaCpp();
  const complaints: string[] = [];
  const logger = (_: string, message: string) => {
    if (complaints.push(message.trim()) > COMPLAINTS) complaints.shift();
  };
  try {
    const llama = await loaded.getLlama({ build: "never", progressLogs: false, logLevel: "error", logger });
    llama.maxThreads = defaultThreads(llama);
    return { package: loaded, llama, complaints };
  } catch (cause) {
    const why = messageOf(cause);
    throw new SluiceError("unsupported", `llama.cpp cannot run on this machine: ${why}`, { cause });
  }
}
