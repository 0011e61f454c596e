import { Ollama } from "ollama";
import { PROMPT } from "../request.mjs";

/** @type {import("../rows.mjs").Open} */
export function open(baseUrl) {
  const client = new Ollama({ host: baseUrl.slice(0, -"/v1".length) });
  return async (onPiece) => {
    const messages = [{ role: "user", content: PROMPT }];
    const stream = await client.chat({ model: "llama3.2", messages, stream: true });
    let outputTokens;
    for await (const part of stream) {
      if (part.done) outputTokens = part.eval_count;
      const text = part.message.content;
      if (!text) continue;
      const pause = onPiece(text);
      if (pause) await pause;
    }
    return outputTokens;
  };
}
