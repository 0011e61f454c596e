import type { Dialect } from "../dialect.js";
import { type AnswerForm, chatForm, generateForm } from "./answer-form.js";
import { readError, writeError } from "./errors.js";
import { losses } from "./losses.js";
import { readBody } from "./read-body.js";
import { readPrompt } from "./read-prompt.js";
import { readRequest } from "./read-request.js";
import { OllamaReader } from "./reader.js";
import { writeBody } from "./write-body.js";
import { writePrompt } from "./write-prompt.js";
import { writeRequest } from "./write-request.js";
import { OllamaWriter } from "./writer.js";

/** Ollama's `/api/chat`. */
export const ollama: Dialect = { ...dialectOf(chatForm), losses, writeRequest, readRequest };

/** Ollama's `/api/generate`: one prompt, no conversation and no tools. */
export const ollamaGenerate: Dialect = {
  ...dialectOf(generateForm),
  losses: [...losses, { what: "conversations and tools", why: "a request is one prompt" }],
  writeRequest: writePrompt,
  readRequest: readPrompt,
};

/** What both share: all but the request. */
function dialectOf(form: AnswerForm): Omit<Dialect, "losses" | "writeRequest" | "readRequest"> {
  return {
    name: form.name,
    framing: "ndjson",
    reader: () => new OllamaReader(form),
    readBody: (body) => readBody(body, form),
    readError,
    writer: (context) => new OllamaWriter(form, context),
    writeBody: (answer, context) => writeBody(answer, context, form),
    writeError,
  };
}
