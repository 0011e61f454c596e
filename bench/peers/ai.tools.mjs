import { isStepCount, streamText, tool } from "ai";
import { convertArrayToReadableStream, MockLanguageModelV4 } from "ai/test";
import { z } from "zod";
import { ANSWER, callsOf, STEPS } from "../tool-script.mjs";

/** @returns {import("../tool-script.mjs").RunLoop} */
export function openTools() {
  const work = tool({ inputSchema: z.object({ n: z.number() }), execute: async ({ n }) => n });
  return async () => {
    let step = 0;
    const model = new MockLanguageModelV4({
      doStream: async () => ({ stream: convertArrayToReadableStream(partsOf(step++)) }),
    });
    let results = 0;
    let text = "";
    const answer = streamText({ model, tools: { work }, prompt: "Go.", stopWhen: isStepCount(STEPS + 1) });
    for await (const part of answer.fullStream) {
      if (part.type === "tool-result") results++;
      if (part.type === "text-delta") text += part.text;
    }
    return { results, text };
  };
}

/** What the model streams in a step. */
export function partsOf(/** @type {number} */ step) {
  const usage = { inputTokens: { total: undefined }, outputTokens: { total: undefined } };
  if (step === STEPS) {
    return [
      { type: "text-start", id: "0" },
      { type: "text-delta", id: "0", delta: ANSWER },
      { type: "text-end", id: "0" },
      { type: "finish", finishReason: { unified: "stop" }, usage },
    ];
  }
  const calls = callsOf(step).flatMap(({ id, name, input }) => [
    { type: "tool-input-start", id, toolName: name },
    { type: "tool-input-delta", id, delta: input },
    { type: "tool-input-end", id },
    { type: "tool-call", toolCallId: id, toolName: name, input },
  ]);
  return [...calls, { type: "finish", finishReason: { unified: "tool-calls" }, usage }];
}
