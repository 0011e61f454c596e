// The least that a loop has to do: parse and check the arguments, run the tool, put the results into the messages.
import { z } from "zod";
import { ANSWER, callsOf, STEPS } from "../tool-script.mjs";

/** @returns {import("../tool-script.mjs").RunLoop} */
export function openTools() {
  const schema = z.object({ n: z.number() });
  return async () => {
    /** @type {object[]} */
    const messages = [{ role: "user", content: "Go." }];
    let results = 0;
    for (let step = 0; ; step++) {
      const calls = [];
      for await (const event of answer(step)) {
        if ("text" in event) return { results, text: event.text };
        calls.push(run(event));
      }
      const returned = await Promise.all(calls);
      results += returned.length;
      messages.push({ role: "assistant", content: calls }, { role: "tool", content: returned });
    }

    async function* answer(/** @type {number} */ step) {
      if (step === STEPS) yield { text: ANSWER };
      else yield* callsOf(step);
    }

    async function run(/** @type {{ id: string, input: string }} */ { id, input }) {
      return { id, output: schema.parse(JSON.parse(input)).n };
    }
  };
}
