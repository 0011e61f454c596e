import type { WholeCodec } from "../in-parts.js";
import { readError } from "../openai-error.js";
import type { ReadText } from "./plain-reader.js";
import type { OpenAiChatQuirks } from "./quirks.js";
import { readBody } from "./read-body.js";
import { OpenAiChatReader } from "./reader.js";
import { writeRequest } from "./write-request.js";

/** All that a model needs of this protocol. */
export function wholeCodec(quirks: OpenAiChatQuirks): WholeCodec<ReadText> {
  return {
    writeRequest: (request, target) => writeRequest(request, target, quirks),
    reader: (read) => new OpenAiChatReader(read),
    readBody,
    readError,
  };
}
