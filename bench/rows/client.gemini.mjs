import { GoogleGenAI } from "@google/genai";
import { PROMPT } from "../request.mjs";

/** @type {import("../rows.mjs").Open} */
export function open(baseUrl) {
  const client = new GoogleGenAI({ apiKey: "none", httpOptions: { baseUrl: baseUrl.slice(0, -"/v1".length) } });
  return async (onPiece) => {
    const stream = await client.models.generateContentStream({ model: "gemini-2.5-flash", contents: PROMPT });
    let outputTokens;
    for await (const chunk of stream) {
      outputTokens = chunk.usageMetadata?.candidatesTokenCount ?? outputTokens;
      const text = chunk.text;
      if (!text) continue;
      const pause = onPiece(text);
      if (pause) await pause;
    }
    return outputTokens;
  };
}
