import type { ServingDialect } from "../dialect.js";
import { writeError } from "../openai-error.js";
import { readRequest } from "./read-request.js";
import { writeBody } from "./write-body.js";
import { CompletionWriter } from "./writer.js";

/**
 * OpenAI's text completions, as its older clients ask for them: served, and never called. The prompt is what a user says, and the
 * answer's text goes on from it.
 */
export const openAiCompletions: ServingDialect = {
  name: "openai-completions",
  framing: "sse",
  readRequest,
  writer: (context) => new CompletionWriter(context),
  writeBody,
  writeError,
};
