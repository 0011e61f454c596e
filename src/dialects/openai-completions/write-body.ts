import type { JsonObject } from "../../base/json.js";
import { textOf } from "../../stream/message.js";
import type { Answer, WriterContext } from "../dialect.js";
import { writeUsage } from "../openai-chat/usage.js";
import { completionChoice, completionReason } from "./writer.js";

/** A whole text completion. */
export function writeBody({ id, model, message, reason, usage }: Answer, context: WriterContext): JsonObject {
  return {
    id,
    object: "text_completion",
    created: context.created ?? Math.floor(Date.now() / 1_000),
    model: model || context.model,
    choices: [completionChoice(textOf(message), completionReason(reason))],
    usage: writeUsage(usage),
  };
}
