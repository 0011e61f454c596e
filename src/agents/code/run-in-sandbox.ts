import { createRequire } from "node:module";
import { Worker } from "node:worker_threads";
import { SluiceError } from "../../stream/error.js";
import { loadPeer } from "../../stream/load-peer.js";
import { runSandboxed, type SandboxJob, type SandboxOutcome } from "./sandbox-worker.js";

/** Ms that a worker may take to start and to compile QuickJS. */
const STARTING_MS = 30_000;

/** Ms beyond the code's own time after which its thread is ended: some of QuickJS's own functions cannot be interrupted. */
const GRACE_MS = 500;

const WORKER = `
const { parentPort, workerData } = require("node:worker_threads");
const run = ${runSandboxed.toString()};
require(workerData.quickjs).getQuickJS().then(
  (quickjs) => {
    parentPort.postMessage("ready");
    try {
      parentPort.postMessage(run(quickjs, workerData));
    } catch (thrown) {
      parentPort.postMessage({ error: String(thrown && thrown.message || thrown), logs: "" });
    }
  },
  (thrown) => parentPort.postMessage({ error: String(thrown), logs: "" }),
);
`;

/**
 * Runs code in a sandbox in a thread of its own, which ends with it, so that nothing else waits meanwhile.
 *
 * @throws {SluiceError} `unsupported` without the package `quickjs-emscripten`; `cancelled` when the signal is aborted;
 *   `tool-failed` where the thread broke down.
 */
export async function runInSandbox(job: Omit<SandboxJob, "quickjs">, signal: AbortSignal): Promise<SandboxOutcome> {
  await loadPeer("quickjs-emscripten", "running code");
  // The worker has no module of ours to find it from.
  const quickjs = createRequire(import.meta.url).resolve("quickjs-emscripten");
  const broken = (why: string) => new SluiceError("tool-failed", `the sandbox broke down: ${why}`);
  const worker = new Worker(WORKER, {
    eval: true,
    workerData: { ...job, quickjs } satisfies SandboxJob,
    env: {},
    stdout: true,
    stderr: true,
    resourceLimits: { maxOldGenerationSizeMb: 64 },
  });
  let overdue: NodeJS.Timeout | undefined;
  let leave = () => {};
  try {
    return await new Promise<SandboxOutcome>((resolve, reject) => {
      leave = () => reject(SluiceError.from(signal.reason, "cancelled"));
      signal.addEventListener("abort", leave, { once: true });
      if (signal.aborted) leave();
      overdue = setTimeout(() => reject(broken("it did not start")), STARTING_MS);
      worker.on("message", (message: "ready" | SandboxOutcome) => {
        if (message !== "ready") return resolve(message);
        clearTimeout(overdue);
        const late = { error: `it took more than ${job.timeoutMs} ms`, logs: "" };
        overdue = setTimeout(() => resolve(late), job.timeoutMs + GRACE_MS);
      });
      worker.once("error", (error) => reject(broken(error.message)));
      worker.once("exit", (code) => reject(broken(`it ended with ${code}`)));
    });
  } finally {
    clearTimeout(overdue);
    signal.removeEventListener("abort", leave);
    // Its memory, and what it still runs, go with it.
    await worker.terminate();
  }
}
