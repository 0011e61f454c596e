import type { CallingDialect } from "../dialects/dialect.js";
import type { OpenAiChatQuirks } from "../dialects/openai-chat/quirks.js";
import { loadedLater } from "./loaded-later.js";

/** The protocols that the built-in services speak. Each is code that is loaded at the first call, and not before. */
export const CALLED_DIALECTS = {
  anthropic: sse("anthropic", async () => {
    const { anthropicCalling } = await import("../dialects/anthropic/anthropic-calling.js");
    return anthropicCalling;
  }),
  gemini: sse("gemini", async () => {
    const { geminiCalling } = await import("../dialects/gemini/gemini-calling.js");
    return geminiCalling;
  }),
  ollama: loadedLater({ name: "ollama", framing: "ndjson" }, async () => {
    const { ollamaCalling } = await import("../dialects/ollama/ollama-calling.js");
    return ollamaCalling;
  }),
  openAiChat: (quirks: OpenAiChatQuirks) => {
    const optionNames = ["openai-chat", ...(quirks.optionsFrom ?? [])];
    return loadedLater({ name: "openai-chat", framing: "sse", optionNames }, async () => {
      const { openAiChatCalling } = await import("../dialects/openai-chat/openai-chat-calling.js");
      return openAiChatCalling(quirks);
    });
  },
  openAiResponses: loadedLater(
    {
      name: "openai-responses",
      framing: "sse",
      optionNames: ["openai-responses", "openai"],
      compaction: async () => (await import("../dialects/openai-responses/compaction.js")).compaction,
    },
    async () => {
      const { openAiResponsesCalling } = await import("../dialects/openai-responses/openai-responses-calling.js");
      return openAiResponsesCalling;
    },
  ),
};

function sse(name: string, load: () => Promise<CallingDialect>): CallingDialect {
  return loadedLater({ name, framing: "sse" }, load);
}
