import { isJsonObject, type JsonValue } from "../base/json.js";
import type { ApprovalRequestEvent, Opaque } from "../stream/chat-event.js";
import { DECISION } from "../stream/decision-state.js";
import { invalid } from "../stream/error.js";
import type { ChatMessage, ToolMessage, ToolResultPart } from "../stream/message.js";

/** What is decided of a call that waits for somebody. Made by `approve`, `deny` and `edit`. */
export type ApprovalDecision =
  | { type: "approve"; callId: string }
  | { type: "deny"; callId: string; reason?: string }
  | { type: "edit"; callId: string; input: JsonValue };

/** A call that waits for somebody, as a handler is told of it. */
export interface ApprovalRequest extends Omit<ApprovalRequestEvent, "type"> {
  /** The request that the model answered with this call. */
  messages: readonly ChatMessage[];
  /** Aborted when nobody waits for the decision any more. */
  signal: AbortSignal;
}

/** Decides of calls. What it throws is told to the model as an error of the call, which is not run. */
export type ApprovalHandler = (request: ApprovalRequest) => ApprovalDecision | Promise<ApprovalDecision>;

/** The call may run as the model made it. */
export function approve(callId: string): ApprovalDecision {
  return { type: "approve", callId };
}

/** The call is not run; the model is told so, and why. */
export function deny(callId: string, reason?: string): ApprovalDecision {
  return { type: "deny", callId, ...(reason !== undefined && { reason }) };
}

/**
 * The call runs with other arguments. Its result is then `{ editedInput, output }`, so that the model knows what ran in
 * place of what it asked for.
 */
export function edit(callId: string, input: JsonValue): ApprovalDecision {
  return { type: "edit", callId, input };
}

/**
 * Decisions as a message: what comes after an answer that ended with `tool-calls` because calls wait for approval. Append
 * it to the messages, or hand it to `Conversation.stream`; the calls run, and the model goes on. Calls that are not decided
 * go on waiting. It is JSON, like all messages.
 *
 * @throws {SluiceError} `invalid-argument` without a decision.
 */
export function decisionMessage(...decisions: ApprovalDecision[]): ToolMessage {
  if (decisions.length === 0) throw invalid("decisions", decisions, "at least one decision");
  return { role: "tool", content: decisions.map(writeDecision) };
}

/** The decision that a part carries, if it carries one. */
export function readDecision(part: ToolResultPart): ApprovalDecision | undefined {
  const { callId, opaque } = part;
  if (opaque?.dialect !== DECISION || !isJsonObject(opaque.data)) return undefined;
  const { type, reason, input } = opaque.data;
  if (type === "approve") return approve(callId);
  if (type === "deny") return deny(callId, typeof reason === "string" ? reason : undefined);
  return type === "edit" && input !== undefined ? edit(callId, input) : undefined;
}

/** What the model is told of a call that was denied. */
export function denial(reason: string | undefined): string {
  return reason === undefined
    ? "The call was denied; it did not run."
    : `The call was denied; it did not run: ${reason}`;
}

function writeDecision({ callId, ...data }: ApprovalDecision): ToolResultPart {
  const opaque: Opaque = { dialect: DECISION, data };
  return { type: "tool-result", callId, name: "approval", output: data.type, opaque };
}
