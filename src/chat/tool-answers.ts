import { isJsonObject } from "../base/json.js";
import { invalid } from "../stream/error.js";
import {
  type AssistantMessage,
  type AssistantPart,
  type ChatMessage,
  type InputResponsePart,
  isRequestsOnly,
  type ToolMessage,
  type ToolResultPart,
} from "../stream/message.js";
import { isSuspendedCall, suspendedCallOf } from "../stream/suspended-call.js";

type Answer = ToolResultPart | InputResponsePart;

/** What a conversation keeps of a message. */
type Keep = (message: ChatMessage) => ChatMessage;

/**
 * What of new messages is to be kept behind a history: results and responses that are in it already are left out, so that what
 * was sent twice is stored once. A message that has nothing left is left out.
 *
 * @param keep what was done to the messages of the history when they were stored.
 * @throws {SluiceError} `invalid-argument` for a result or response to what the last answer did not call or ask, and for one
 *   that differs from what was answered before.
 */
export function withoutRepeated(
  history: readonly ChatMessage[],
  added: readonly ChatMessage[],
  keep: Keep = (message) => message,
): ChatMessage[] {
  if (added.every(({ role }) => role !== "tool")) return [...added];
  const before = [...history];
  return added.flatMap((message, index) => {
    const kept = message.role === "tool" ? newAnswers(before, message, `messages[${index}]`, keep) : message;
    if (kept === undefined) return [];
    before.push(kept);
    return [kept];
  });
}

function newAnswers(
  history: readonly ChatMessage[],
  message: ToolMessage,
  field: string,
  keep: Keep,
): ToolMessage | undefined {
  const { asked, answered } = lastAnswer(history);
  const content = message.content.filter((part, index) => {
    const id = idOf(part);
    const where = `${field}.content[${index}].${part.type === "tool-result" ? "callId" : "id"}`;
    if (!asked(part)) throw invalid(where, id, "a call or request of the last answer");
    const key = `${part.type} ${id}`;
    const before = answered.get(key);
    answered.set(key, part);
    if (before === undefined) return true;
    if (isSame(before, part) || isSame(before, keptPart(part, keep))) return false;
    throw invalid(where, id, "a call or request that was not answered otherwise before");
  });
  if (content.length === message.content.length) return message;
  return content.length === 0 ? undefined : { ...message, content };
}

/** What the last answer of a history called and asked, and what was answered to that since. */
function lastAnswer(history: readonly ChatMessage[]) {
  const parts: AssistantPart[] = [];
  const answered = new Map<string, Answer>();
  for (const message of history.toReversed()) {
    if (message.role === "tool") for (const part of message.content) answered.set(`${part.type} ${idOf(part)}`, part);
    else if (message.role === "assistant") {
      parts.push(...partsOf(message));
      if (!isRequestsOnly(message)) break;
    } else break;
  }
  const calls = new Set(parts.flatMap((part) => (part.type === "tool-call" ? [part.callId] : [])));
  const requests = new Set(parts.flatMap((part) => (part.type === "input-request" ? [part.id] : [])));
  const paths = parts.filter(isSuspendedCall).map((part) => `${suspendedCallOf(part).path}/`);
  for (const part of parts) if (part.type === "tool-result") answered.set(`${part.type} ${part.callId}`, part);
  const asked = (part: Answer): boolean => {
    if (part.type === "tool-result") return calls.has(part.callId);
    // A dialect may have lost the request: its id is then that of the call.
    return requests.has(part.id) || calls.has(part.id) || paths.some((path) => part.id.startsWith(path));
  };
  return { asked, answered };
}

function keptPart(part: Answer, keep: Keep): unknown {
  const { content } = keep({ role: "tool", content: [part] });
  return content[0];
}

/** As JSON, in any order of names: some stores do not keep theirs. */
function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a, inOrder) === JSON.stringify(b, inOrder);
}

function inOrder(_: string, value: unknown): unknown {
  return isJsonObject(value) ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))) : value;
}

function idOf(part: Answer): string {
  return part.type === "tool-result" ? part.callId : part.id;
}

function partsOf({ content }: AssistantMessage): readonly AssistantPart[] {
  return typeof content === "string" ? [] : content;
}
