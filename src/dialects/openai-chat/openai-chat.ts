import type { Dialect } from "../dialect.js";
import { readError, writeError } from "../openai-error.js";
import { losses } from "./losses.js";
import type { OpenAiChatQuirks } from "./quirks.js";
import { readBody } from "./read-body.js";
import { readRequest } from "./read-request.js";
import { OpenAiChatReader } from "./reader.js";
import { writeBody } from "./write-body.js";
import { writeRequest } from "./write-request.js";
import { OpenAiChatWriter } from "./writer.js";

/** OpenAI's chat completions protocol for a service that differs from OpenAI's own in some details. */
export function openAiChatDialect(quirks: OpenAiChatQuirks): Dialect {
  return {
    name: "openai-chat",
    optionNames: ["openai-chat", ...(quirks.optionsFrom ?? [])],
    framing: "sse",
    losses,
    writeRequest: (request, target) => writeRequest(request, target, quirks),
    reader: () => new OpenAiChatReader(),
    readBody,
    readError,
    readRequest,
    writer: (context) => new OpenAiChatWriter(context),
    writeBody,
    writeError,
  };
}

/** OpenAI's chat completions protocol. */
export const openAiChat: Dialect = /* @__PURE__ */ openAiChatDialect({});
