import OpenAI from "openai";
import { PROMPT } from "../request.mjs";

/** @type {import("../rows.mjs").Open} */
export function open(baseURL) {
  const client = new OpenAI({ baseURL, apiKey: "none" });
  return async (onPiece) => {
    const stream = await client.responses.create({ model: "gpt-5-nano", input: PROMPT, stream: true });
    let outputTokens;
    for await (const event of stream) {
      if (event.type === "response.completed") outputTokens = event.response.usage?.output_tokens;
      if (event.type !== "response.output_text.delta") continue;
      const pause = onPiece(event.delta);
      if (pause) await pause;
    }
    return outputTokens;
  };
}
