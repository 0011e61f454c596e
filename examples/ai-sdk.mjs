// The AI SDK, both ways: one of its models as a chat model, and a chat model as one of its.
import { fallback, fromAiSdk, SluiceError, scripted, toAiSdk } from "sluice";

// What `openai("gpt-5")` of @ai-sdk/openai gives is such an object; this one is written by hand.
const tokens = { total: 3, noCache: undefined, cacheRead: undefined, cacheWrite: undefined };
const parts = [
  { type: "stream-start", warnings: [] },
  { type: "text-start", id: "0" },
  { type: "text-delta", id: "0", delta: "Said by a model " },
  { type: "text-delta", id: "0", delta: "of the AI SDK." },
  { type: "text-end", id: "0" },
  {
    type: "finish",
    finishReason: { unified: "stop", raw: "stop" },
    usage: { inputTokens: tokens, outputTokens: { total: 7, text: 7, reasoning: undefined } },
  },
];
const languageModel = {
  specificationVersion: "v3",
  provider: "example",
  modelId: "by-hand",
  supportedUrls: {},
  doStream: async () => ({ stream: ReadableStream.from(parts) }),
  doGenerate: async () => {
    throw new Error("this model only streams");
  },
};

// In: it composes with everything else here, such as a fallback from a provider that is busy.
const busy = scripted([[{ throw: new SluiceError("overloaded", "too much to do", { retryable: true }) }]]);
const model = fallback([busy, fromAiSdk(languageModel)]);
for await (const text of model.stream({ messages: [{ role: "user", content: "Hello" }] }).text) {
  process.stdout.write(text);
}
console.log();

// Out: `streamText({ model: toAiSdk(model, { version: "v4" }), prompt })` of `ai` 7 reads this stream.
const served = toAiSdk(fromAiSdk(languageModel), { version: "v4" });
const { stream } = await served.doStream({ prompt: [{ role: "user", content: [{ type: "text", text: "Hello" }] }] });
for await (const part of stream) console.log(part.type, part.delta ?? "");
