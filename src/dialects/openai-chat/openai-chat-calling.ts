import type { CallingDialect } from "../dialect.js";
import type { OpenAiChatQuirks } from "./quirks.js";
import { wholeCodec } from "./whole-codec.js";

/** OpenAI's chat completions protocol, as a model calls a service that differs from OpenAI's own in some details. */
export function openAiChatCalling(quirks: OpenAiChatQuirks): CallingDialect {
  const { reader, ...codec } = wholeCodec(quirks);
  return {
    name: "openai-chat",
    optionNames: ["openai-chat", ...(quirks.optionsFrom ?? [])],
    framing: "sse",
    ...codec,
    reader: () => reader(),
  };
}
