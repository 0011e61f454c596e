import type { Dialect } from "../dialect.js";
import { writeError } from "../openai-error.js";
import { checkQuirks } from "./check-quirks.js";
import { losses } from "./losses.js";
import { openAiChatCalling } from "./openai-chat-calling.js";
import type { OpenAiChatQuirks } from "./quirks.js";
import { readRequest } from "./read-request.js";
import { writeBody } from "./write-body.js";
import { OpenAiChatWriter } from "./writer.js";

/** OpenAI's chat completions protocol for a service that differs from OpenAI's own in some details. */
export function openAiChatDialect(quirks: OpenAiChatQuirks): Dialect {
  checkQuirks(quirks, "");
  return {
    ...openAiChatCalling(quirks),
    losses,
    readRequest,
    writer: (context) => new OpenAiChatWriter(context),
    writeBody,
    writeError,
  };
}

/** OpenAI's chat completions protocol. */
export const openAiChat: Dialect = /* @__PURE__ */ openAiChatDialect({});
