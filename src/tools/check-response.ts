import { invalid } from "../stream/error.js";
import type { InputRequestPart, InputResponse } from "../stream/message.js";
import { checkJsonSchema } from "../structured/check-json-schema.js";
import { describeIssues } from "../structured/schema.js";

/** What each kind of request can be answered with. */
const ANSWERS: Readonly<Record<InputRequestPart["kind"], readonly InputResponse["type"][]>> = {
  approval: ["approve", "deny", "edit"],
  question: ["answer", "decline"],
};

/** What a request of this kind can be answered with, for messages. */
export function allowedAnswers({ kind, id }: Pick<InputRequestPart, "kind" | "id">): string {
  return `${ANSWERS[kind].join(", ").replace(/, (\w+)$/, " or $1")} of ${JSON.stringify(id)}`;
}

/**
 * Checks that a response is one to a request of this kind, and that an answer fits the question's schema.
 *
 * @param field of the response, for the message.
 * @throws {SluiceError} `invalid-argument`.
 */
export function checkResponse(request: InputRequestPart, response: InputResponse, field: string): void {
  if (!ANSWERS[request.kind].includes(response.type)) {
    throw invalid(`${field}.type`, response.type, allowedAnswers(request));
  }
  if (request.kind !== "question" || response.type !== "answer") return;
  const issues = checkJsonSchema(request.schema, response.value);
  if (issues.length > 0) {
    throw invalid(`${field}.value`, response.value, `what the question's schema allows: ${describeIssues(issues)}`);
  }
}
