import type { JsonValue } from "../base/json.js";
import type { CallContext } from "../stream/call-context.js";
import type { ApprovalRequestEvent, QuestionRequestEvent } from "../stream/chat-event.js";
import { invalid } from "../stream/error.js";
import type { ChatMessage, InputResponse, InputResponsePart, ToolMessage } from "../stream/message.js";

/** Somebody has to answer: a tool call waits for a yes or no, or a tool asks a question. As a handler gets it. */
export type InputRequest = (Omit<ApprovalRequestEvent, "type"> | Omit<QuestionRequestEvent, "type">) & {
  /** Who asks: the names of the tools or agents that lead to it, outermost first; empty where the answer itself asks. */
  from: readonly string[];
  /** The request that the model answered with this call; of a nested request, that of the outermost call. */
  messages: readonly ChatMessage[];
  /** Aborted when nobody waits for the answer any more. */
  signal: AbortSignal;
  /** The run, session and caller that the call belongs to; of a nested request, those of the outermost call. */
  context: CallContext;
};

/**
 * Answers a request while the stream waits: an approval with `approve`, `deny` or `edit` of the request's id, a question with
 * `answer` or `decline`. What it throws is given to the model as an error of the call.
 */
export type InputHandler = (request: InputRequest) => InputResponsePart | Promise<InputResponsePart>;

/**
 * The call may run as the model made it.
 * @example
 * ```ts
 * import { approve, responseMessage } from "sluice/tools";
 *
 * // For the `id` of an `input-request` event.
 * const next = (request: { id: string }) => responseMessage(approve(request.id));
 * ```
 */
export function approve(id: string): InputResponsePart {
  return respond(id, { type: "approve" });
}

/**
 * The call does not run; the model is given the reason.
 * @example
 * ```ts
 * import { deny, responseMessage } from "sluice/tools";
 *
 * // For the `id` of an `input-request` event.
 * const next = (request: { id: string }) => responseMessage(deny(request.id, "not on a Sunday"));
 * ```
 */
export function deny(id: string, reason?: string): InputResponsePart {
  return respond(id, { type: "deny", ...(reason !== undefined && { reason }) });
}

/**
 * The call runs with other arguments. Its result is then `{ editedInput, output }`, so that the model knows what ran in
 * place of what it asked for.
 * @example
 * ```ts
 * import { edit, responseMessage } from "sluice/tools";
 *
 * // For the `id` of an `input-request` event.
 * const next = (request: { id: string }) => responseMessage(edit(request.id, { amount: 5 }));
 * ```
 */
export function edit(id: string, input: JsonValue): InputResponsePart {
  return respond(id, { type: "edit", input });
}

/**
 * Answers a question; the value has to fit the question's schema.
 * @example
 * ```ts
 * import { answer, responseMessage } from "sluice/tools";
 *
 * // For the `id` of an `input-request` event.
 * const next = (request: { id: string }) => responseMessage(answer(request.id, { city: "Oslo" }));
 * ```
 */
export function answer(id: string, value: JsonValue): InputResponsePart {
  return respond(id, { type: "answer", value });
}

/**
 * Nobody answers the question; whoever asked gets the reason.
 * @example
 * ```ts
 * import { decline, responseMessage } from "sluice/tools";
 *
 * // For the `id` of an `input-request` event.
 * const next = (request: { id: string }) => responseMessage(decline(request.id, "nobody is here"));
 * ```
 */
export function decline(id: string, reason?: string): InputResponsePart {
  return respond(id, { type: "decline", ...(reason !== undefined && { reason }) });
}

/**
 * Responses as a message: what comes after an answer that ended with `input-required`. Append it to the messages, or hand it
 * to `Conversation.stream`; the calls run, and the model goes on. Requests that are not answered go on waiting. It is JSON,
 * like all messages.
 *
 * @throws {SluiceError} `invalid-argument` without a response.
 * @example
 * ```ts
 * import { approve, responseMessage } from "sluice/tools";
 * import type { ChatMessage, ChatModel, ChatStream } from "sluice";
 *
 * function goOn(agent: ChatModel, history: ChatMessage[], requestId: string): ChatStream {
 *   return agent.stream({ messages: [...history, responseMessage(approve(requestId))] });
 * }
 * ```
 */
export function responseMessage(...responses: InputResponsePart[]): ToolMessage {
  if (responses.length === 0) throw invalid("responses", responses, "at least one response");
  return { role: "tool", content: responses };
}

/** What the model is given as the result of a call that was denied. */
export function denial(reason: string | undefined): string {
  return reason === undefined
    ? "The call was denied; it did not run."
    : `The call was denied; it did not run: ${reason}`;
}

function respond(id: string, response: InputResponse): InputResponsePart {
  if (typeof id !== "string" || id === "") throw invalid("id", id, "the id of an input-request");
  return { type: "input-response", id, response };
}
