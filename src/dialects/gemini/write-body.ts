import { isJsonObject, type JsonObject, type JsonValue } from "../../base/json.js";
import { answerEvents } from "../answer-events.js";
import type { Answer, WriterContext } from "../dialect.js";
import { AnswerWriter } from "./answer-writer.js";
import { objectOf } from "./opaque.js";

/** A whole answer: the parts of all chunks of its stream in the last one. */
export function writeBody(answer: Answer, context: WriterContext): JsonObject {
  const responses: JsonObject[] = [];
  const writer = new AnswerWriter(context);
  for (const event of answerEvents(answer)) writer.push(event, (response) => responses.push(response));
  const earlier = responses.slice(0, -1).flatMap((response) => candidateOf(response).flatMap(partsOf));
  const parts = earlier.length > 0 ? earlier : [{ text: "" }];
  const last = responses.at(-1) ?? {};
  const [candidate] = candidateOf(last);
  return candidate === undefined
    ? last
    : { ...last, candidates: [{ ...candidate, content: { parts, role: "model" } }] };
}

function candidateOf({ candidates }: JsonObject): JsonObject[] {
  return Array.isArray(candidates) ? candidates.filter(isJsonObject) : [];
}

function partsOf({ content }: JsonObject): JsonValue[] {
  const { parts } = objectOf(content);
  return Array.isArray(parts) ? parts : [];
}
