import type { JsonObject } from "../../base/json.js";
import { answerEvents } from "../answer-events.js";
import type { Answer, WriterContext } from "../dialect.js";
import type { AnswerForm, LineContent } from "./answer-form.js";
import { LineWriter } from "./writer.js";

/** A whole answer: its last line, with the content of all lines. */
export function writeBody(answer: Answer, context: WriterContext, form: AnswerForm): JsonObject {
  const content: LineContent = {};
  let last: JsonObject = {};
  const lines = new LineWriter(form, context);
  for (const event of answerEvents(answer)) {
    lines.push(event, (line) => {
      add(content, form.read(line) ?? {});
      last = line;
    });
  }
  form.write(last, content);
  return last;
}

function add(content: LineContent, { text, thinking, toolCalls, images }: LineContent): void {
  if (text) content.text = (content.text ?? "") + text;
  if (thinking) content.thinking = (content.thinking ?? "") + thinking;
  if (toolCalls) content.toolCalls = [...(content.toolCalls ?? []), ...toolCalls];
  if (images) content.images = [...(content.images ?? []), ...images];
}
