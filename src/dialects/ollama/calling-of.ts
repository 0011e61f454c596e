import type { CallingDialect } from "../dialect.js";
import { type AnswerForm, chatForm } from "./answer-form.js";
import { readError } from "./errors.js";
import { readBody } from "./read-body.js";
import { OllamaReader } from "./reader.js";

/** What its protocols share, as a model calls them. */
export function ollamaCallingOf(form: AnswerForm, write: CallingDialect["writeRequest"]): CallingDialect {
  return {
    name: form.name,
    optionNames: [chatForm.name, form.name],
    framing: "ndjson",
    writeRequest: write,
    reader: () => new OllamaReader(form),
    readBody: (body) => readBody(body, form),
    readError,
  };
}
