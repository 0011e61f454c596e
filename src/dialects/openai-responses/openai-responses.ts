import type { Dialect } from "../dialect.js";
import { writeError } from "../openai-error.js";
import { losses } from "./losses.js";
import { openAiResponsesCalling } from "./openai-responses-calling.js";
import { readRequest } from "./read-request.js";
import { writeBody } from "./write-body.js";
import { ResponsesWriter } from "./writer.js";

/** OpenAI's Responses API, which xAI, LM Studio and others speak as well. */
export const openAiResponses: Dialect = {
  ...openAiResponsesCalling,
  losses,
  readRequest,
  writer: (context) => new ResponsesWriter(context),
  writeBody,
  writeError,
};
