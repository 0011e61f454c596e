import { Agent } from "@mastra/core/agent";
import { createTool } from "@mastra/core/tools";
import { convertArrayToReadableStream, MockLanguageModelV4 } from "ai/test";
import { z } from "zod";
import { STEPS } from "../tool-script.mjs";
import { partsOf } from "./ai.tools.mjs";

/** @returns {import("../tool-script.mjs").RunLoop} */
export function openTools() {
  const work = createTool({
    id: "work",
    description: "Gives back its argument.",
    inputSchema: z.object({ n: z.number() }),
    execute: async ({ n }) => n,
  });
  return async () => {
    let step = 0;
    const model = new MockLanguageModelV4({
      doStream: async () => ({ stream: convertArrayToReadableStream(partsOf(step++)) }),
    });
    const agent = new Agent({ id: "bench", name: "bench", instructions: "", model, tools: { work } });
    let results = 0;
    let text = "";
    const answer = await agent.stream("Go.", { maxSteps: STEPS + 1 });
    for await (const part of answer.fullStream) {
      if (part.type === "tool-result") results++;
      if (part.type === "text-delta") text += part.payload.text;
    }
    return { results, text };
  };
}
