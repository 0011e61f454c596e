import { cpuClock } from "./cpu-clock.mjs";
import { readFor } from "./read-for.mjs";

/**
 * Answers one after the other on a warm connection.
 *
 * @param {ReturnType<import("../client.mjs").Client["answers"]>} answers
 * @param {{ warmUpMs: number, ms: number }} settings
 * @returns {Promise<{ answers: number, tokens: number, cpuUs: number, us: number }>}
 */
export async function bulk({ read, tokens }, { warmUpMs, ms }) {
  await readFor(read, warmUpMs);
  const clock = cpuClock();
  const answers = await readFor(read, ms);
  return { answers, tokens: answers * tokens, ...clock() };
}
