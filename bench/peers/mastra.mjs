import { createOpenAI } from "@ai-sdk/openai";
import { Agent } from "@mastra/core/agent";
import { MODEL, PROMPT } from "../request.mjs";

/** @type {import("../rows.mjs").Open} */
export function open(baseURL) {
  const model = createOpenAI({ baseURL, apiKey: "none" }).chat(MODEL);
  const agent = new Agent({ id: "bench", name: "bench", instructions: "", model });
  return async (onPiece) => {
    const answer = await agent.stream(PROMPT);
    for await (const text of answer.textStream) {
      const pause = onPiece(text);
      if (pause) await pause;
    }
    return (await answer.usage).outputTokens;
  };
}
