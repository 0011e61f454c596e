import { fork, spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { nextMessage } from "./next-message.mjs";

/** A measurement that has not ended by then hangs. */
const JOB_LIMIT_MS = 90_000;

/** Nothing of the shell's settings (proxies, tracing, keys) reaches what is measured. */
const { PATH, BENCH_POSTGRES } = process.env;
const ENVIRONMENT = { PATH, NODE_ENV: "production", ...(BENCH_POSTGRES !== undefined && { BENCH_POSTGRES }) };

/**
 * Starts the replay server.
 *
 * @returns {Promise<{ url: string, stop: () => void }>}
 */
export async function startServer() {
  const child = start("./server/main.mjs", []);
  const url = String(await nextMessage(child));
  return { url, stop: () => child.disconnect() };
}

/**
 * Runs one job in a process of its own.
 *
 * @param {import("./job.mjs").Job} job
 * @returns {Promise<import("./job.mjs").Figures>}
 */
export async function runJob(job) {
  const child = start("./job.mjs", [JSON.stringify(job)]);
  const limit = setTimeout(() => child.kill("SIGKILL"), JOB_LIMIT_MS);
  try {
    const figures = await nextMessage(child);
    return /** @type {import("./job.mjs").Figures} */ (figures);
  } finally {
    clearTimeout(limit);
  }
}

/** How long Node takes to start and end with nothing to do, in ms. */
export function nodeStartMs() {
  const begin = performance.now();
  spawnSync(process.execPath, ["--eval", ""], { env: ENVIRONMENT });
  return performance.now() - begin;
}

/**
 * @param {string} module
 * @param {string[]} args
 */
function start(module, args) {
  return fork(fileURLToPath(new URL(module, import.meta.url)), args, {
    env: ENVIRONMENT,
    execArgv: ["--expose-gc"],
    // Stdout is for the figures alone.
    stdio: ["ignore", 2, 2, "ipc"],
  });
}
