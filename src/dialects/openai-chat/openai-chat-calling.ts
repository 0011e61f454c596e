import type { CallingDialect } from "../dialect.js";
import { readError } from "../openai-error.js";
import type { OpenAiChatQuirks } from "./quirks.js";
import { readBody } from "./read-body.js";
import { OpenAiChatReader } from "./reader.js";
import { writeRequest } from "./write-request.js";

/** OpenAI's chat completions protocol, as a model calls a service that differs from OpenAI's own in some details. */
export function openAiChatCalling(quirks: OpenAiChatQuirks): CallingDialect {
  return {
    name: "openai-chat",
    optionNames: ["openai-chat", ...(quirks.optionsFrom ?? [])],
    framing: "sse",
    writeRequest: (request, target) => writeRequest(request, target, quirks),
    reader: () => new OpenAiChatReader(),
    readBody,
    readError,
  };
}
