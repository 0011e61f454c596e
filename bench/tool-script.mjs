// What the model of the tool loop says: the same for all rows. It is in the process, and costs as little as it can.

/** Model calls with tool calls, and tool calls in each. A last model call answers. */
export const STEPS = 10;
export const CALLS = 10;

/**
 * Runs the whole loop once: `STEPS` times `CALLS` calls of a tool that gives back its argument, then an answer. Resolves
 * with how many results were seen and the answer's text.
 *
 * @typedef {() => Promise<{ results: number, text: string }>} RunLoop
 */

/** The answer after the last step. */
export const ANSWER = "That is all.";

/** The calls of a step. @param {number} step */
export function callsOf(step) {
  return Array.from({ length: CALLS }, (_, i) => ({
    id: `call_${step}_${i}`,
    name: "work",
    input: JSON.stringify({ n: step * CALLS + i }),
  }));
}
