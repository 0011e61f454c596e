import type { CallingDialect } from "../dialect.js";
import { readError } from "../openai-error.js";
import { RESPONSES } from "./opaque.js";
import { readBody } from "./read-body.js";
import { ResponsesReader } from "./reader.js";

/** All of the Responses API but what writes requests. */
export const answers: Omit<CallingDialect, "writeRequest"> = {
  name: RESPONSES,
  optionNames: [RESPONSES, "openai"],
  framing: "sse",
  reader: () => new ResponsesReader(),
  readBody,
  readError,
  compaction: async () => (await import("./compaction.js")).compaction,
};
