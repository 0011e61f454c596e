import { Agent, run, setTracingDisabled } from "@openai/agents-core";
import { OpenAIChatCompletionsModel } from "@openai/agents-openai";
import OpenAI from "openai";
import { MODEL, PROMPT } from "../request.mjs";

setTracingDisabled(true);

/** @type {import("../rows.mjs").Open} */
export function open(baseURL) {
  const model = new OpenAIChatCompletionsModel(new OpenAI({ baseURL, apiKey: "none" }), MODEL);
  const agent = new Agent({ name: "bench", model });
  return async (onPiece) => {
    const answer = await run(agent, PROMPT, { stream: true });
    for await (const text of answer.toTextStream()) {
      const pause = onPiece(text);
      if (pause) await pause;
    }
    await answer.completed;
    return answer.state.usage.outputTokens;
  };
}
