import { Output, simulateReadableStream, streamText } from "ai";
import { MockLanguageModelV4 } from "ai/test";
import { z } from "zod";

/** @returns {import("../json-document.mjs").ReadObject} */
export function openObject() {
  const schema = z.object({
    items: z.array(
      z.object({ id: z.number(), name: z.string(), tags: z.array(z.string()), price: z.number(), text: z.string() }),
    ),
  });
  return async (document) => {
    const stream = simulateReadableStream({ chunks: partsOf(document), chunkDelayInMs: null, initialDelayInMs: null });
    const model = new MockLanguageModelV4({ doStream: async () => ({ stream }) });
    const answer = streamText({ model, output: Output.object({ schema }), prompt: "Go." });
    for await (const _ of answer.partialOutputStream);
    return (await answer.output).items.length;
  };
}

function partsOf(/** @type {import("../json-document.mjs").JsonDocument} */ document) {
  const usage = { inputTokens: { total: undefined }, outputTokens: { total: undefined } };
  return [
    { type: "text-start", id: "0" },
    ...Array.from(document.deltas(), (delta) => ({ type: "text-delta", id: "0", delta })),
    { type: "text-end", id: "0" },
    { type: "finish", finishReason: { unified: "stop" }, usage },
  ];
}
