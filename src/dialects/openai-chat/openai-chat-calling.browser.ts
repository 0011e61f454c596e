import type { CallingDialect } from "../dialect.js";
import { inParts } from "../in-parts.js";
import { PlainChatReader } from "./plain-reader.js";
import type { OpenAiChatQuirks } from "./quirks.js";
import { writePlainRequest } from "./write-settings.js";

/** The same in two parts: a page that asks and is answered in text loads no more than that needs. */
export function openAiChatCalling(quirks: OpenAiChatQuirks): CallingDialect {
  return inParts(
    {
      name: "openai-chat",
      optionNames: ["openai-chat", ...(quirks.optionsFrom ?? [])],
      framing: "sse",
    },
    {
      writeRequest: (request, target) => writePlainRequest(request, target, quirks),
      reader: () => new PlainChatReader(),
    },
    async () => (await import("./whole-codec.js")).wholeCodec(quirks),
  );
}
