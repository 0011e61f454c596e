import { createOpenAI } from "@ai-sdk/openai";
import { streamText } from "ai";
import { MODEL, PROMPT } from "../request.mjs";

/** @type {import("../rows.mjs").Open} */
export function open(baseURL) {
  const model = createOpenAI({ baseURL, apiKey: "none" }).chat(MODEL);
  return async (onPiece) => {
    const answer = streamText({ model, prompt: PROMPT });
    for await (const text of answer.textStream) {
      const pause = onPiece(text);
      if (pause) await pause;
    }
    return (await answer.usage).outputTokens;
  };
}
