import type { CallingDialect } from "../dialect.js";
import { readError } from "../openai-error.js";
import { RESPONSES } from "./opaque.js";
import { readBody } from "./read-body.js";
import { ResponsesReader } from "./reader.js";
import { writeRequest } from "./write-request.js";

/** OpenAI's Responses API, as a model calls it. */
export const openAiResponsesCalling: CallingDialect = {
  name: RESPONSES,
  optionNames: [RESPONSES, "openai"],
  framing: "sse",
  writeRequest,
  reader: () => new ResponsesReader(),
  readBody,
  readError,
  compaction: async () => (await import("./compaction.js")).compaction,
};
