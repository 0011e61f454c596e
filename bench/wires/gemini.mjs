import { ID } from "../id.mjs";

export const contentType = "text/event-stream";

/** A generated content, as Gemini's API streams it; each chunk counts the tokens so far. @type {import("../answer.mjs").Frames} */
export function frames(tokens) {
  return {
    beginning: [],
    tokens: tokens.map((text, i) => chunk({ parts: [{ text }], role: "model" }, i + 1)),
    ending: [chunk({ parts: [{ text: "" }], role: "model" }, tokens.length, "STOP")],
  };
}

/**
 * @param {object} content
 * @param {number} count
 * @param {string} [finishReason]
 */
function chunk(content, count, finishReason) {
  const data = {
    candidates: [{ content, ...(finishReason && { finishReason }), index: 0 }],
    usageMetadata: {
      promptTokenCount: 12,
      candidatesTokenCount: count,
      totalTokenCount: 12 + count,
      promptTokensDetails: [{ modality: "TEXT", tokenCount: 12 }],
    },
    modelVersion: "gemini-2.5-flash",
    responseId: ID,
  };
  return `data: ${JSON.stringify(data)}\r\n\r\n`;
}
