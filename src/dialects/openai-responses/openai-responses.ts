import type { Dialect } from "../dialect.js";
import { readError, writeError } from "../openai-error.js";
import { losses } from "./losses.js";
import { RESPONSES } from "./opaque.js";
import { readBody } from "./read-body.js";
import { readRequest } from "./read-request.js";
import { ResponsesReader } from "./reader.js";
import { writeBody } from "./write-body.js";
import { writeRequest } from "./write-request.js";
import { ResponsesWriter } from "./writer.js";

/** OpenAI's Responses API, which xAI, LM Studio and others speak as well. */
export const openAiResponses: Dialect = {
  name: RESPONSES,
  optionNames: [RESPONSES, "openai"],
  framing: "sse",
  losses,
  writeRequest,
  reader: () => new ResponsesReader(),
  readBody,
  readError,
  readRequest,
  writer: (context) => new ResponsesWriter(context),
  writeBody,
  writeError,
};
