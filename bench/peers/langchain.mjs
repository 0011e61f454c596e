import { ChatOpenAI } from "@langchain/openai";
import { MODEL, PROMPT } from "../request.mjs";

/** @type {import("../rows.mjs").Open} */
export function open(baseURL) {
  const model = new ChatOpenAI({ model: MODEL, apiKey: "none", configuration: { baseURL } });
  return async (onPiece) => {
    let outputTokens;
    for await (const chunk of await model.stream(PROMPT)) {
      if (chunk.usage_metadata) outputTokens = chunk.usage_metadata.output_tokens;
      if (chunk.text) {
        const pause = onPiece(chunk.text);
        if (pause) await pause;
      }
    }
    return outputTokens;
  };
}
