import Anthropic from "@anthropic-ai/sdk";
import { PROMPT } from "../request.mjs";

/** @type {import("../rows.mjs").Open} */
export function open(baseUrl) {
  const client = new Anthropic({ baseURL: baseUrl.slice(0, -"/v1".length), apiKey: "none" });
  return async (onPiece) => {
    const stream = await client.messages.create({
      model: "claude-haiku-4-5",
      max_tokens: 4_000,
      messages: [{ role: "user", content: PROMPT }],
      stream: true,
    });
    let outputTokens;
    for await (const event of stream) {
      if (event.type === "message_delta") outputTokens = event.usage.output_tokens;
      if (event.type !== "content_block_delta" || event.delta.type !== "text_delta") continue;
      const pause = onPiece(event.delta.text);
      if (pause) await pause;
    }
    return outputTokens;
  };
}
