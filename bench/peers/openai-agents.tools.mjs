import { Agent, run, setTracingDisabled, tool } from "@openai/agents-core";
import { z } from "zod";
import { ANSWER, CALLS, callsOf, STEPS } from "../tool-script.mjs";

setTracingDisabled(true);

/** @returns {import("../tool-script.mjs").RunLoop} */
export function openTools() {
  const work = tool({
    name: "work",
    description: "Gives back its argument.",
    parameters: z.object({ n: z.number() }),
    execute: async ({ n }) => n,
  });
  return async () => {
    let step = 0;
    const usage = { inputTokens: 1, outputTokens: 1, totalTokens: 2, requests: 1 };
    const model = {
      async getResponse() {
        throw new Error("only streams");
      },
      async *getStreamedResponse() {
        yield { type: "response_started" };
        if (step === STEPS) yield { type: "output_text_delta", delta: ANSWER };
        const output = step === STEPS ? [messageOf(ANSWER)] : callsOf(step).map(callOf);
        step++;
        yield { type: "response_done", response: { id: `r${step}`, usage, output } };
      },
    };
    const agent = new Agent({ name: "bench", model, tools: [work] });
    const answer = await run(agent, "Go.", { stream: true, maxTurns: STEPS + 2 });
    let results = 0;
    let text = "";
    for await (const event of answer) {
      if (event.type === "run_item_stream_event" && event.name === "tool_output") results++;
      if (event.type === "raw_model_stream_event" && event.data.type === "output_text_delta") text += event.data.delta;
    }
    await answer.completed;
    if (results > STEPS * CALLS) throw new Error("more results than calls");
    return { results, text };
  };
}

function messageOf(/** @type {string} */ text) {
  return { type: "message", id: "m", role: "assistant", status: "completed", content: [{ type: "output_text", text }] };
}

function callOf(/** @type {{ id: string, name: string, input: string }} */ { id: callId, name, input }) {
  return { type: "function_call", id: callId, callId, name, status: "completed", arguments: input };
}
