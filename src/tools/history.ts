import { invalid } from "../stream/error.js";
import type { ChatMessage, ToolCallPart, ToolMessage, ToolResultPart } from "../stream/message.js";
import { type ApprovalDecision, denial, readDecision } from "./approval.js";

/** A call that nobody has answered yet, and what was decided of it. */
export interface OpenCall {
  call: ToolCallPart;
  decision?: ApprovalDecision;
}

/** Messages as a model takes them, and the calls at their end that still have to be answered. */
export interface History {
  /** Up to the last answer; results of its calls are in `results`. Decisions are no longer in them. */
  messages: readonly ChatMessage[];
  /** Calls of the last answer without a result, where nothing but results and decisions came after it. */
  open: readonly OpenCall[];
  /** Where there are such calls: all calls of that answer, and the results that the others have. */
  calls: readonly ToolCallPart[];
  results: readonly ToolResultPart[];
}

/**
 * Reads stored messages: takes out the decisions (`decisionMessage`), and finds the calls that wait for an answer.
 *
 * Results that came in several messages after the same answer become one message, in the order of the calls, as the loop
 * sends them itself: what the provider has cached of a conversation stays valid.
 */
export function readHistory(messages: readonly ChatMessage[]): History {
  const read: ChatMessage[] = [];
  let at = 0;
  while (at < messages.length) {
    const message = messages[at++] as ChatMessage;
    read.push(message);
    if (message.role !== "assistant") continue;
    const answers: ToolMessage[] = [];
    for (let next = messages[at]; next?.role === "tool"; next = messages[++at]) answers.push(next);
    const calls = callsOf(message);
    const { results, decisions } = sort(answers, calls);
    if (at === messages.length) {
      const open = calls
        .filter(({ callId }) => results.every((result) => result.callId !== callId))
        .map((call): OpenCall => ({ call, ...decisionOf(call, decisions) }));
      if (open.length > 0) return { messages: read, open, calls, results };
    }
    if (answers.length === 1 && decisions.size === 0) read.push(...answers);
    else if (answers.length > 0)
      read.push({ role: "tool", content: inCallOrder([...results, ...unrun(results, decisions)], calls) });
  }
  return { messages: read, open: [], calls: [], results: [] };
}

/**
 * The calls at the end of stored messages that wait: for a decision (see `decisionMessage`), or for the result of a tool
 * that the caller runs.
 */
export function openCalls(messages: readonly ChatMessage[]): ToolCallPart[] {
  return readHistory(messages).open.flatMap(({ call, decision }) => (decision === undefined ? [call] : []));
}

/**
 * Refuses decisions in the last message that are of no waiting call: a button may have been pressed twice, and whoever
 * denies what has run already must hear of it.
 *
 * @param open of the history that these messages are.
 * @throws {SluiceError} `invalid-argument`.
 */
export function checkDecisions(messages: readonly ChatMessage[], open: readonly OpenCall[]): void {
  const last = messages.at(-1);
  if (last?.role !== "tool") return;
  for (const [index, part] of last.content.entries()) {
    const waits = open.some(({ call }) => call.callId === part.callId);
    if (waits || readDecision(part) === undefined) continue;
    const field = `messages[${messages.length - 1}].content[${index}].callId`;
    const waiting = open.map(({ call }) => call.callId).join(", ") || "none does";
    throw invalid(field, part.callId, `a call that waits for a decision (${waiting})`);
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

/** Tells results from decisions. */
function sort(answers: readonly ToolMessage[], calls: readonly ToolCallPart[]) {
  const results: ToolResultPart[] = [];
  const decisions = new Map<string, { decision: ApprovalDecision; name: string }>();
  const names = new Map(calls.map(({ callId, name }) => [callId, name]));
  for (const part of answers.flatMap(({ content }) => content)) {
    const decision = readDecision(part);
    if (decision === undefined) results.push(part);
    else decisions.set(part.callId, { decision, name: names.get(part.callId) ?? part.name });
  }
  return { results, decisions };
}

function decisionOf(
  { callId }: ToolCallPart,
  decisions: ReturnType<typeof sort>["decisions"],
): Pick<OpenCall, "decision"> {
  const found = decisions.get(callId);
  return found === undefined ? {} : { decision: found.decision };
}

/** What to say of calls that were decided, and whose turn was stopped before they had a result. */
function unrun(results: readonly ToolResultPart[], decisions: ReturnType<typeof sort>["decisions"]): ToolResultPart[] {
  return Array.from(decisions.entries()).flatMap(([callId, { decision, name }]) => {
    if (results.some((result) => result.callId === callId)) return [];
    const output = decision.type === "deny" ? denial(decision.reason) : "The call was allowed, but did not end.";
    return [{ type: "tool-result" as const, callId, name, output, isError: true as const }];
  });
}
