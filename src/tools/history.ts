import { invalid } from "../stream/error.js";
import {
  type AssistantMessage,
  type ChatMessage,
  type InputRequestPart,
  type InputResponse,
  isRequestsOnly,
  type ToolCallPart,
  type ToolMessage,
  type ToolResultPart,
} from "../stream/message.js";
import { denial } from "./input-response.js";

/** A call that has no result yet, and what was answered to the request for its approval. */
export interface OpenCall {
  call: ToolCallPart;
  /** The request that was made about it, where one was. */
  request?: InputRequestPart;
  response?: InputResponse;
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
 * sends them itself: what the provider has cached of a conversation stays valid.
 */
export function readHistory(messages: readonly ChatMessage[]): History {
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
    const { results, responses } = sort(answers);
    if (at === messages.length) {
      const open = calls
        .filter(({ callId }) => results.every((result) => result.callId !== callId))
        .map((call) => openCall(call, requests, responses));
      if (open.length > 0) return { messages: read, open, calls, results };
    }
    if (answers.length === 1 && responses.size === 0) read.push(...answers);
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
  return readHistory(messages).open.flatMap(({ call, response }) => (response === undefined ? [call] : []));
}

/** The requests for input at the end of stored messages that nobody has answered yet. */
export function openRequests(messages: readonly ChatMessage[]): InputRequestPart[] {
  return readHistory(messages).open.flatMap(({ request, response }) =>
    request === undefined || response !== undefined ? [] : [request],
  );
}

/**
 * Refuses responses in the last message to no waiting request: a button may have been pressed twice, and whoever denies what
 * has run already must hear of it.
 *
 * @param open of the history that these messages are.
 * @throws {SluiceError} `invalid-argument`.
 */
export function checkResponses(messages: readonly ChatMessage[], open: readonly OpenCall[]): void {
  const last = messages.at(-1);
  if (last?.role !== "tool") return;
  const waiting = new Set(open.map(({ call, request }) => request?.id ?? call.callId));
  for (const [index, part] of last.content.entries()) {
    if (part.type !== "input-response" || waiting.has(part.id)) continue;
    const field = `messages[${messages.length - 1}].content[${index}].id`;
    throw invalid(field, part.id, `a request that waits for a response (${[...waiting].join(", ") || "none does"})`);
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

/** Tells results from responses. */
function sort(answers: readonly ToolMessage[]) {
  const results: ToolResultPart[] = [];
  const responses = new Map<string, InputResponse>();
  for (const part of answers.flatMap(({ content }) => content)) {
    if (part.type === "tool-result") results.push(part);
    else responses.set(part.id, part.response);
  }
  return { results, responses };
}

function openCall(
  call: ToolCallPart,
  requests: readonly InputRequestPart[],
  responses: ReadonlyMap<string, InputResponse>,
): OpenCall {
  const request = requests.findLast(({ callId }) => callId === call.callId);
  // A dialect may have lost the request: the id of the first one about a call is that of the call.
  const response = responses.get(request?.id ?? call.callId);
  return { call, ...(request !== undefined && { request }), ...(response !== undefined && { response }) };
}

/** No model is sent requests for input. */
function withoutRequests(message: ChatMessage): ChatMessage {
  if (message.role !== "assistant" || typeof message.content === "string") return message;
  const content = message.content.filter((part) => part.type !== "input-request");
  return content.length === message.content.length ? message : { ...message, content };
}

function requestsIn({ content }: AssistantMessage): InputRequestPart[] {
  return typeof content === "string" ? [] : content.filter((part) => part.type === "input-request");
}

/** Results for calls that were answered by a person, and whose turn was stopped before they had one. */
function unfinished(
  calls: readonly ToolCallPart[],
  requests: readonly InputRequestPart[],
  results: readonly ToolResultPart[],
  responses: ReadonlyMap<string, InputResponse>,
): ToolResultPart[] {
  return calls.flatMap((call): ToolResultPart[] => {
    if (results.some((result) => result.callId === call.callId)) return [];
    const { response } = openCall(call, requests, responses);
    if (response === undefined) return [];
    const output = response.type === "deny" ? denial(response.reason) : "The call was allowed, but did not end.";
    return [{ type: "tool-result", callId: call.callId, name: call.name, output, isError: true }];
  });
}
