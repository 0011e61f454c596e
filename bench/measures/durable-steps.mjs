import { STEPS } from "../durable-steps.mjs";

/**
 * What a step costs that is kept in PostgreSQL: a workflow of steps that do nothing, one after the other. It is time that passes, not
 * CPU, since most of it is waiting for the database.
 *
 * @type {import("../job.mjs").Measurement}
 */
export async function measure(client, { warmUpMs, ms }) {
  const url = process.env.BENCH_POSTGRES;
  if (url === undefined) return {};
  const { run, close } = await client.durableSteps(url);
  await timed(run, warmUpMs);
  const perStep = await timed(run, ms);
  await close();
  return { durableStepMs: perStep };
}

/**
 * ms of a step.
 *
 * @param {() => Promise<number>} run gives back how many steps ran.
 * @param {number} ms
 */
async function timed(run, ms) {
  const start = performance.now();
  let steps = 0;
  do {
    const ran = await run();
    if (ran !== STEPS) throw new Error(`${ran} of ${STEPS} steps ran`);
    steps += ran;
  } while (performance.now() - start < ms);
  return (performance.now() - start) / steps;
}
