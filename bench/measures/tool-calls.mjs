import { ANSWER, CALLS, STEPS } from "../tool-script.mjs";
import { cpuClock } from "./cpu-clock.mjs";

/**
 * What a tool loop costs for each call: the model is in the process and says what it says at once, and the tool only gives
 * back its argument. What is left is the loop: arguments parsed and checked, the tool run, its result seen and sent back.
 *
 * @type {import("../job.mjs").Measurement}
 */
export async function measure(client, { warmUpMs, ms }) {
  const runLoop = await client.toolLoop();
  await runFor(runLoop, warmUpMs);
  const clock = cpuClock();
  const loops = await runFor(runLoop, ms);
  return { cpuUsPerToolCall: clock().cpuUs / (loops * STEPS * CALLS) };
}

/**
 * @param {import("../tool-script.mjs").RunLoop} runLoop
 * @param {number} ms
 */
async function runFor(runLoop, ms) {
  const end = performance.now() + ms;
  let loops = 0;
  for (; performance.now() < end; loops++) {
    const { results, text } = await runLoop();
    if (results !== STEPS * CALLS) throw new Error(`saw ${results} of ${STEPS * CALLS} results`);
    if (text !== ANSWER) throw new Error(`the answer was ${JSON.stringify(text)}`);
  }
  return loops;
}
