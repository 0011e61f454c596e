import {
  type AssistantMessage,
  type AssistantPart,
  type ChatMessage,
  isRequestsOnly,
  resultsOf,
  type SystemMessage,
  type ToolCallPart,
  type ToolMessage,
  type ToolResultPart,
  type UserMessage,
} from "../../stream/message.js";

/** The output of one model call, and the results of the calls that it made. */
export interface AnswerGroup {
  parts: AssistantPart[];
  /** In the order of the calls; `undefined` where a call has none. */
  results: { call: ToolCallPart; result: ToolResultPart | undefined }[];
}

/** An answer with all that belongs to it. */
export interface GroupedAnswer {
  groups: AnswerGroup[];
  /** Results of no call, or of one that had its result already. */
  strays: ToolResultPart[];
  /** What else stands before the next answer: the results among it are taken out. */
  others: { message: SystemMessage | UserMessage; index: number }[];
  /** The index of the first message after it. */
  end: number;
}

/**
 * An answer, cut where results of tools stand in it, with the results that came before the next answer, in whatever order
 * and between whatever other messages.
 *
 * @param index of the answer in `messages`.
 */
export function gatherAnswer(
  messages: readonly ChatMessage[],
  index: number,
  message: AssistantMessage,
): GroupedAnswer {
  const { groups, inline } = cut(message);
  const results = [...inline];
  const others: GroupedAnswer["others"] = [];
  let end = index + 1;
  for (; end < messages.length; end++) {
    const next = messages[end];
    if (next === undefined) break;
    if (next.role === "tool") results.push(...resultsOf(next), ...approvals(next, groups));
    else if (next.role !== "assistant") others.push({ message: next, index: end });
    else if (!isRequestsOnly(next)) break;
  }
  return { groups, strays: pair(groups, results), others, end };
}

/** Responses to requests for approval that the provider made: it takes them as results of its calls. */
function approvals(message: ToolMessage, groups: readonly AnswerGroup[]): ToolResultPart[] {
  return message.content.flatMap((part): ToolResultPart[] => {
    if (part.type !== "input-response") return [];
    const parts = groups.flatMap((group) => group.parts);
    const request = parts.find((other) => other.type === "input-request" && other.id === part.id);
    if (request?.type !== "input-request" || request.kind !== "approval") return [];
    const { callId, name } = request;
    const asked = parts.find((other) => other.type === "tool-call" && other.callId === callId);
    if (asked?.type !== "tool-call" || asked.providerExecuted === undefined) return [];
    const { type } = part.response;
    const reason = type === "deny" ? part.response.reason : undefined;
    const output = { approve: type === "approve", ...(reason !== undefined && { reason }) };
    return [{ type: "tool-result", callId, name, output }];
  });
}

/** Cuts an answer behind each run of results of tools that ran here. */
function cut({ content }: AssistantMessage): { groups: AnswerGroup[]; inline: ToolResultPart[] } {
  const groups: AnswerGroup[] = [];
  const inline: ToolResultPart[] = [];
  let parts: AssistantPart[] = [];
  const close = () => {
    if (parts.length > 0) groups.push({ parts, results: [] });
    parts = [];
  };
  for (const part of typeof content === "string" ? [{ type: "text" as const, text: content }] : content) {
    if (part.type !== "tool-result" || part.providerExecuted) parts.push(part);
    else {
      close();
      inline.push(part);
    }
  }
  close();
  return { groups, inline };
}

/** Gives each call its result; returns the results that are left. */
function pair(groups: readonly AnswerGroup[], results: readonly ToolResultPart[]): ToolResultPart[] {
  const waiting = new Map<string, ToolResultPart[]>();
  for (const result of results) {
    const same = waiting.get(result.callId);
    if (same === undefined) waiting.set(result.callId, [result]);
    else same.push(result);
  }
  for (const group of groups) {
    for (const part of group.parts) {
      if (part.type !== "tool-call") continue;
      const result = waiting.get(part.callId)?.shift();
      // The provider waits for nothing, unless it asked for approval.
      if (part.providerExecuted === undefined || result !== undefined) group.results.push({ call: part, result });
    }
  }
  return [...waiting.values()].flat();
}
