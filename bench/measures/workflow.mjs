import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ChatStream } from "sluice";
import { EmbeddedEngine, loadWorkflow } from "sluice/workflows";
import { cpuClock } from "./cpu-clock.mjs";

const STEPS = 1_000;
const TOKENS = 100_000;
/** Tokens that arrive together. */
const BATCH = 100;

/**
 * What the interpreter costs: steps that do nothing, not kept and kept in a file; and what a streaming step adds to each
 * token of a stream that is there at once.
 *
 * @type {import("../job.mjs").Measurement}
 */
export async function measure(_client, { warmUpMs, ms }) {
  const folder = await mkdtemp(join(tmpdir(), "sluice-bench-"));
  const engine = await EmbeddedEngine.open(join(folder, "runs.db"));
  const steps = await loadWorkflow({ steps: idleSteps() }, { functions: { idle: () => 1 } });
  const speaks = { id: "speaks", type: "llm_chat", inputs: { message: "x" } };
  const done = { id: "done", type: "output", inputs: { done: true }, depends_on: ["speaks"] };
  const model = { id: "at-once", stream: () => streamAtOnce() };
  const speaking = await loadWorkflow({ steps: [speaks, done] }, { model });
  const costs = {
    bare: () => steps.run().result,
    kept: () => steps.run({ engine }).result,
    stream: () => read(streamAtOnce()),
    step: () => read(speaking.run({ retain: false }).stream),
  };
  for (const cost of Object.values(costs)) await cpuUs(cost, warmUpMs / 4);
  const bare = await cpuUs(costs.bare, ms / 4);
  const kept = await cpuUs(costs.kept, ms / 4);
  const stream = await cpuUs(costs.stream, ms / 4);
  const step = await cpuUs(costs.step, ms / 4);
  await engine.close();
  await rm(folder, { recursive: true });
  return {
    workflowMs: bare / 1_000,
    keptStepUs: kept / STEPS,
    stepUsPerToken: (step - stream) / TOKENS,
  };
}

/** Ten chains of a hundred. */
function idleSteps() {
  return Array.from({ length: STEPS }, (_, index) => ({
    id: `s${index}`,
    type: "function",
    config: { function: "idle" },
    inputs: index < 10 ? {} : { before: { from_step: `s${index - 10}` } },
  }));
}

function streamAtOnce() {
  const batch = Array.from({ length: BATCH }, () => ({ type: "text-delta", text: "word " }));
  let read = -1;
  return new ChatStream({
    next() {
      read++;
      if (read === 0) return [{ type: "start", id: "x", model: "at-once" }];
      return read <= TOKENS / BATCH ? batch : [{ type: "finish", reason: "stop", usage: {} }];
    },
    cancel() {},
  });
}

/** @param {ChatStream} stream */
async function read(stream) {
  const batches = stream.batches();
  while ((await batches.next()) !== undefined);
}

/**
 * CPU time of one run of something, in µs.
 *
 * @param {() => Promise<unknown>} run
 * @param {number} ms
 */
async function cpuUs(run, ms) {
  const end = performance.now() + ms;
  const clock = cpuClock();
  let runs = 0;
  do {
    await run();
    runs++;
  } while (performance.now() < end);
  return clock().cpuUs / runs;
}
