import OpenAI from "openai";
import { MODEL, PROMPT } from "../request.mjs";

/** @type {import("../rows.mjs").Open} */
export function open(baseURL) {
  const client = new OpenAI({ baseURL, apiKey: "none" });
  return async (onPiece) => {
    const stream = await client.chat.completions.create({
      model: MODEL,
      messages: [{ role: "user", content: PROMPT }],
      stream: true,
      stream_options: { include_usage: true },
    });
    let outputTokens;
    for await (const chunk of stream) {
      if (chunk.usage) outputTokens = chunk.usage.completion_tokens;
      const text = chunk.choices[0]?.delta.content;
      if (text) {
        const pause = onPiece(text);
        if (pause) await pause;
      }
    }
    return outputTokens;
  };
}
