import { defineModel } from "sluice";
import { tool, withTools } from "sluice/tools";
import { z } from "zod";
import { ANSWER, callsOf, STEPS } from "../tool-script.mjs";

/** @returns {import("../tool-script.mjs").RunLoop} */
export function openTools() {
  const work = tool({ name: "work", input: z.object({ n: z.number() }), run: ({ n }) => n });
  return async () => {
    let step = 0;
    const model = defineModel({
      id: "script",
      *stream() {
        if (step === STEPS) return yield ANSWER;
        for (const { id: callId, name, input } of callsOf(step++)) {
          yield { type: "tool-input-delta", callId, name, delta: input };
          yield { type: "tool-call", callId, name, input: JSON.parse(input) };
        }
      },
    });
    let results = 0;
    let text = "";
    const looped = withTools(model, [work]);
    for await (const event of looped.stream({ messages: [{ role: "user", content: "Go." }] })) {
      if (event.type === "tool-result") results++;
      if (event.type === "text-delta") text += event.text;
    }
    return { results, text };
  };
}
