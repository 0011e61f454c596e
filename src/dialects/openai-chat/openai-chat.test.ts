import { dialectLaws } from "../../../test/laws/dialect-laws.js";
import { openAiChat } from "./openai-chat.js";

dialectLaws(openAiChat, {
  carries: { reasoning: true, toolCalls: true, refusals: true, sources: true },
  context: {
    model: "model-1",
    request: {
      messages: [{ role: "user", content: "Hi" }],
      providerOptions: { "openai-chat": { stream_options: { include_usage: true } } },
    },
  },
});
