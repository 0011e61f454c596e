import { invalid } from "../stream/error.js";
import {
  type AssistantMessage,
  type AssistantPart,
  type ChatMessage,
  type InputRequestPart,
  type InputResponse,
  isRequest,
  isRequestsOnly,
  type ToolCallPart,
  type ToolMessage,
  type ToolResultPart,
} from "../stream/message.js";
import { isSuspendedCall, outerRequestId, type SuspendedCall, suspendedCallOf } from "../stream/suspended-call.js";
import { checkResponse } from "./check-response.js";
import { denial } from "./input-response.js";

/** A call that has no result yet, and what was asked and answered about it. */
export interface OpenCall {
  call: ToolCallPart;
  /** What was asked about the call itself, in order: its approval, questions of its tool. */
  requests: readonly InputRequestPart[];
  /** What was answered, by the ids of requests: those about the call itself, and those inside it. */
  responses: ReadonlyMap<string, InputResponse>;
  /** Set where an inner stream of the call waits. */
  suspended?: SuspendedCall;
}

/** Messages as a model takes them, and the calls at their end that have no result yet. */
export interface History {
  /** Up to the last answer; results of its calls are in `results`. Requests and responses are no longer in them. */
  messages: readonly ChatMessage[];
  /** Calls of the last answer without a result, where nothing but results and responses came after it. */
  open: readonly OpenCall[];
  /** Where there are such calls: all calls of that answer, and the results that the others have. */
  calls: readonly ToolCallPart[];
  results: readonly ToolResultPart[];
}

/**
 * Reads stored messages: takes out the responses (`responseMessage`), and finds the calls that wait for a result.
 *
 * Results that came in several messages after the same answer become one message, in the order of the calls, as the loop
 * sends them itself: what the provider has cached of a conversation stays valid. Of two results of one call the first counts.
 *
 * @throws {SluiceError} `invalid-argument` for the state of a call that was damaged.
 */
export function readHistory(messages: readonly ChatMessage[]): History {
  if (!Array.isArray(messages)) throw invalid("messages", messages, "an array of messages");
  const read: ChatMessage[] = [];
  let at = 0;
  while (at < messages.length) {
    const message = messages[at++] as ChatMessage;
    read.push(withoutRequests(message));
    if (message.role !== "assistant") continue;
    const answers: ToolMessage[] = [];
    const requests = requestsIn(message);
    for (let next = messages[at]; next !== undefined; next = messages[++at]) {
      if (next.role === "tool") answers.push(next);
      else if (next.role === "assistant" && isRequestsOnly(next)) requests.push(...requestsIn(next));
      else break;
    }
    const calls = callsOf(message);
    const { results, responses, repeated } = sort(answers);
    if (at === messages.length) {
      const open = calls
        .filter(({ callId }) => results.every((result) => result.callId !== callId))
        .map((call) => openCall(call, requests, responses));
      if (open.length > 0) return { messages: read, open, calls, results };
    }
    if (answers.length === 1 && responses.size === 0 && !repeated) read.push(...answers);
    else if (answers.length > 0) {
      const ended = [...results, ...unfinished(calls, requests, results, responses)];
      if (ended.length > 0) read.push({ role: "tool", content: inCallOrder(ended, calls) });
    }
  }
  return { messages: read, open: [], calls: [], results: [] };
}

/**
 * The calls at the end of stored messages that wait: for a response (see `responseMessage`), or for the result of a tool
 * that the caller runs.
 */
export function openCalls(messages: readonly ChatMessage[]): ToolCallPart[] {
  return readHistory(messages).open.flatMap((open) => (waits(open) ? [open.call] : []));
}

/** Whether somebody has to answer a call, or a request about it, before it can have a result. */
function waits(open: OpenCall): boolean {
  if (open.requests.length === 0 && open.suspended === undefined) return !open.responses.has(open.call.callId);
  return waitingRequests(open).length > 0;
}

/**
 * The requests for input at the end of stored messages that nobody has answered yet, those inside nested streams included:
 * their ids say which call they belong to, at any depth.
 *
 * @example
 * ```ts
 * import { approve, openRequests, responseMessage } from "sluice/tools";
 * import type { ChatMessage } from "sluice";
 *
 * declare const messages: ChatMessage[];
 * const decisions = openRequests(messages).filter(({ kind }) => kind === "approval").map(({ id }) => approve(id));
 * if (decisions.length > 0) messages.push(responseMessage(...decisions));
 * ```
 */
export function openRequests(messages: readonly ChatMessage[]): InputRequestPart[] {
  return readHistory(messages).open.flatMap(waitingRequests);
}

/** The requests of a call and of what is inside it that nobody has answered yet, each with the id that is known outside. */
export function waitingRequests({ requests, responses, suspended }: OpenCall): InputRequestPart[] {
  const waiting = new Map(requests.map((request) => [request.id, request]));
  for (const request of suspended === undefined ? [] : openRequests(suspended.messages)) {
    const id = outerRequestId(suspended?.path ?? "", request.id);
    waiting.set(id, { ...request, id });
  }
  return [...waiting.values()].filter(({ id }) => !responses.has(id));
}

const NONE = "none does; responses stand right behind the answer that asked, words to the model in the turn after them";

/**
 * Refuses responses in the last message to no waiting request: a button may have been pressed twice, and whoever denies what
 * has run already must hear of it. The same response twice in one message is one response.
 *
 * @throws {SluiceError} `invalid-argument`, also for a response of the wrong kind and an answer that does not fit its schema.
 */
export function checkResponses(messages: readonly ChatMessage[]): void {
  const last = messages.at(-1);
  if (last?.role !== "tool" || last.content.every(({ type }) => type !== "input-response")) return;
  const before = readHistory(messages.slice(0, -1)).open;
  const waiting = new Map(before.flatMap(waitingRequests).map((request) => [request.id, request]));
  // A dialect may have lost the request: its id is then that of the call.
  const lost = new Set(before.flatMap((open) => (open.requests.length === 0 && waits(open) ? [open.call.callId] : [])));
  const given = new Map<string, string>();
  for (const [index, part] of last.content.entries()) {
    if (part.type !== "input-response") continue;
    const field = `messages[${messages.length - 1}].content[${index}]`;
    const request = waiting.get(part.id);
    const text = JSON.stringify(part.response);
    const repeated = given.get(part.id);
    if ((request === undefined && !lost.has(part.id)) || (repeated !== undefined && repeated !== text)) {
      const ids = [...waiting.keys(), ...lost];
      throw invalid(`${field}.id`, part.id, `a request that waits for a response (${ids.join(", ") || NONE})`);
    }
    given.set(part.id, text);
    if (request !== undefined) checkResponse(request, part.response, `${field}.response`);
  }
}

/** Results in the order of the calls that they answer. */
export function inCallOrder(results: readonly ToolResultPart[], calls: readonly ToolCallPart[]): ToolResultPart[] {
  const order = new Map(calls.map(({ callId }, index) => [callId, index]));
  return [...results].sort((a, b) => (order.get(a.callId) ?? 0) - (order.get(b.callId) ?? 0));
}

/** The calls of a message that are not the provider's own and that it does not hold the results of. */
function callsOf(message: ChatMessage): ToolCallPart[] {
  if (message.role !== "assistant" || typeof message.content === "string") return [];
  const answered = new Set(message.content.flatMap((part) => (part.type === "tool-result" ? [part.callId] : [])));
  return message.content.filter(
    (part): part is ToolCallPart => part.type === "tool-call" && !part.providerExecuted && !answered.has(part.callId),
  );
}

/** Tells results from responses; of each call and request the first counts. */
function sort(answers: readonly ToolMessage[]) {
  const results = new Map<string, ToolResultPart>();
  const responses = new Map<string, InputResponse>();
  let repeated = false;
  for (const part of answers.flatMap(({ content }) => content)) {
    if (part.type === "tool-result") {
      if (results.has(part.callId)) repeated = true;
      else results.set(part.callId, part);
    } else if (!responses.has(part.id)) responses.set(part.id, part.response);
  }
  return { results: [...results.values()], responses, repeated };
}

function openCall(
  call: ToolCallPart,
  parts: readonly AssistantPart[],
  responses: ReadonlyMap<string, InputResponse>,
): OpenCall {
  const requests = parts.filter(
    (part): part is InputRequestPart => part.type === "input-request" && part.callId === call.callId,
  );
  const suspended = parts
    .filter(isSuspendedCall)
    .map(suspendedCallOf)
    .findLast(({ callId }) => callId === call.callId);
  return { call, requests, responses, ...(suspended && { suspended }) };
}

/** No model is sent requests for input. */
function withoutRequests(message: ChatMessage): ChatMessage {
  if (message.role !== "assistant" || typeof message.content === "string") return message;
  const content = message.content.filter((part) => !isRequest(part));
  return content.length === message.content.length ? message : { ...message, content };
}

/** Requests for input and suspended calls. */
function requestsIn({ content }: AssistantMessage): AssistantPart[] {
  return typeof content === "string" ? [] : content.filter(isRequest);
}

/** Results for calls that were answered by a person, and whose turn was stopped before they had one. */
function unfinished(
  calls: readonly ToolCallPart[],
  requests: readonly AssistantPart[],
  results: readonly ToolResultPart[],
  responses: ReadonlyMap<string, InputResponse>,
): ToolResultPart[] {
  return calls.flatMap((call): ToolResultPart[] => {
    if (results.some((result) => result.callId === call.callId)) return [];
    const response = approvalOf(openCall(call, requests, responses));
    if (response === undefined) return [];
    const output = response.type === "deny" ? denial(response.reason) : "The call was allowed, but did not end.";
    return [{ type: "tool-result", callId: call.callId, name: call.name, output, isError: true }];
  });
}

/** What was answered to the request for the approval of a call. */
export function approvalOf({ call, requests, responses }: OpenCall): InputResponse | undefined {
  const request = requests.findLast(({ kind }) => kind === "approval");
  if (request !== undefined) return responses.get(request.id);
  // A dialect may have lost the request: the id of the first one about a call is that of the call.
  const response = requests.length === 0 ? responses.get(call.callId) : undefined;
  return response?.type === "answer" || response?.type === "decline" ? undefined : response;
}
