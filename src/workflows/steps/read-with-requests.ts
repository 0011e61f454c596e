import { isJsonObject, type JsonObject, type JsonValue, parseJson } from "../../base/json.js";
import type { CallOptions, ChatModel } from "../../stream/chat-model.js";
import type { ChatRequest } from "../../stream/chat-request.js";
import type { AssistantPart, ChatMessage, InputRequestPart, InputResponsePart } from "../../stream/message.js";
import { withBytes, withoutBytes } from "../../stream/message-json.js";
import { answer, approve, deny, edit, responseMessage } from "../../tools/input-response.js";
import { asText } from "../format/template.js";
import type { StepAnswer, StepContext } from "./step-context.js";

/** Under this name a step keeps its messages when it has to ask. */
const ASKED = "asked";

/** The last answer, and the parts of all answers on the way to it. */
export interface AnswerAfterRequests {
  answer: StepAnswer;
  parts: AssistantPart[];
  /** How often a model was called. */
  steps: number;
}

/**
 * Reads a model's answer to its end. Where a tool or an agent has to ask somebody first, the run asks them, in this process or
 * in a later one, and the answer goes on with their response: calls that had run do not run again.
 */
export async function readWithRequests(
  context: StepContext,
  model: ChatModel,
  request: ChatRequest,
  options: CallOptions,
): Promise<AnswerAfterRequests> {
  const began = request.messages.length;
  const before = asked(context);
  let messages: readonly ChatMessage[] = before ?? request.messages;
  let steps = 0;
  for (;;) {
    const waiting = requestsOf(messages.at(-1));
    if (waiting.length > 0) {
      const responses: InputResponsePart[] = [];
      for (const one of waiting) responses.push(await askFor(context, one));
      messages = [...messages, responseMessage(...responses)];
    }
    const answering = model.stream({ ...request, messages: [...messages] }, options);
    const read = await context.read(answering, { goesOn: before !== undefined });
    steps += read.steps;
    messages = [...messages, read.message];
    if (read.finishReason !== "input-required" || requestsOf(read.message).length === 0) {
      return { answer: read, parts: partsOf(messages.slice(began)), steps };
    }
    await context.note(ASKED, JSON.stringify(messages.map((message) => withoutBytes(message))));
  }
}

function asked(context: StepContext): ChatMessage[] | undefined {
  const noted = context.noted(ASKED);
  if (typeof noted !== "string") return undefined;
  const messages: ChatMessage[] = JSON.parse(noted);
  return messages.map((message) => withBytes(message, "message"));
}

function requestsOf(message: ChatMessage | undefined): InputRequestPart[] {
  if (message?.role !== "assistant" || typeof message.content === "string") return [];
  return message.content.filter((part) => part.type === "input-request");
}

function partsOf(messages: readonly ChatMessage[]): AssistantPart[] {
  return messages.flatMap((message) => {
    if (message.role === "tool") return message.content.filter((part) => part.type === "tool-result");
    return message.role === "assistant" && typeof message.content !== "string" ? message.content : [];
  });
}

async function askFor(context: StepContext, request: InputRequestPart): Promise<InputResponsePart> {
  const { id } = request;
  if (request.kind === "question") {
    const { message, schema } = request;
    return answer(id, await context.ask({ name: id, message, schema: schemaObject(schema) }));
  }
  const { name, input } = request;
  const decided = await context.ask({
    name: id,
    message: `May ${name} run?`,
    schema: APPROVAL,
    shown: { tool: name, input: parseJson(JSON.stringify(input ?? null)) },
  });
  const { decision, feedback, input: other }: JsonObject = isJsonObject(decided) ? decided : { decision: decided };
  if (decision !== "approve") return deny(id, feedback === undefined ? undefined : asText(feedback));
  return other === undefined ? approve(id) : edit(id, other);
}

/** What an approval looks like: `input` are arguments in place of those that the model gave. */
const APPROVAL: JsonObject = {
  type: "object",
  properties: {
    decision: { type: "string", enum: ["approve", "reject"] },
    feedback: { type: "string" },
    input: { type: "object" },
  },
  required: ["decision"],
};

function schemaObject(schema: unknown): JsonObject {
  const json: JsonValue = parseJson(JSON.stringify(schema ?? {}));
  return isJsonObject(json) ? json : {};
}
