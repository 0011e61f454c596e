import { chat } from "@tanstack/ai";
import { createOpenaiChatCompletions } from "@tanstack/ai-openai";
import { MODEL, PROMPT } from "../request.mjs";

/** @type {import("../rows.mjs").Open} */
export function open(baseURL) {
  const adapter = createOpenaiChatCompletions(MODEL, "none", { baseURL });
  return async (onPiece) => {
    let outputTokens;
    for await (const event of chat({ adapter, messages: [{ role: "user", content: PROMPT }] })) {
      if (event.type === "TEXT_MESSAGE_CONTENT") {
        const pause = onPiece(event.delta);
        if (pause) await pause;
      } else if (event.type === "RUN_FINISHED") {
        outputTokens = event.usage?.completionTokens;
      }
    }
    return outputTokens;
  };
}
