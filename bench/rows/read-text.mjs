import { stream } from "sluice";
import { PROMPT } from "../request.mjs";

/**
 * How a row of Sluice reads a model's answer.
 *
 * @param {import("sluice").ChatModel} model
 * @returns {import("../rows.mjs").Read}
 */
export function readText(model) {
  return async (onPiece) => {
    const answer = stream(model, PROMPT);
    for await (const text of answer.text) {
      const pause = onPiece(text);
      if (pause) await pause;
    }
    return (await answer.usage).outputTokens;
  };
}
