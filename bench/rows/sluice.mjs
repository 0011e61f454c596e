import { model, stream } from "sluice";
import { MODEL, PROMPT } from "../request.mjs";

/** @type {import("../rows.mjs").Open} */
export function open(baseUrl) {
  const openai = model(`openai/${MODEL}`, { baseUrl, apiKey: "none" });
  return async (onPiece) => {
    const answer = stream(openai, PROMPT);
    for await (const text of answer.text) {
      const pause = onPiece(text);
      if (pause) await pause;
    }
    return (await answer.usage).outputTokens;
  };
}
