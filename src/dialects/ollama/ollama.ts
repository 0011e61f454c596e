import type { Dialect } from "../dialect.js";
import { type AnswerForm, chatForm, generateForm } from "./answer-form.js";
import { ollamaCallingOf } from "./calling-of.js";
import { writeError } from "./errors.js";
import { losses } from "./losses.js";
import { readPrompt } from "./read-prompt.js";
import { readRequest } from "./read-request.js";
import { writeBody } from "./write-body.js";
import { writePrompt } from "./write-prompt.js";
import { writeRequest } from "./write-request.js";
import { OllamaWriter } from "./writer.js";

/** Ollama's `/api/chat`. */
export const ollama: Dialect = /* @__PURE__ */ dialectOf(chatForm, { losses: [], writeRequest, readRequest });

/** Ollama's `/api/generate`: one prompt, no conversation and no tools. */
export const ollamaGenerate: Dialect = /* @__PURE__ */ dialectOf(generateForm, {
  losses: [{ what: "conversations and tools", why: "a request is one prompt" }],
  writeRequest: writePrompt,
  readRequest: readPrompt,
});

/** They share all but their requests; `losses` are those beyond the common ones. */
function dialectOf(form: AnswerForm, requests: Pick<Dialect, "losses" | "writeRequest" | "readRequest">): Dialect {
  return {
    ...ollamaCallingOf(form, requests.writeRequest),
    readRequest: requests.readRequest,
    losses: [...losses, ...requests.losses],
    writer: (context) => new OllamaWriter(form, context),
    writeBody: (answer, context) => writeBody(answer, context, form),
    writeError,
  };
}
