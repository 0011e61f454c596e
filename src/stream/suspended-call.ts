import { isJsonObject, type JsonObject, type JsonValue } from "../base/json.js";
import type { DataEvent } from "./chat-event.js";
import { invalid } from "./error.js";
import type { AssistantPart, ChatMessage, OpaquePart } from "./message.js";
import { withBytes, withoutBytes } from "./message-json.js";

/** A tool call that waits for input in the middle of its work. */
export interface SuspendedCall {
  /** That of the call, in the answer that it belongs to. */
  callId: string;
  /** The call ids that lead to it, joined by `/`: the ids of all requests inside it begin with it. */
  path: string;
  /** What the inner stream has answered until then, its requests included. Empty where the tool itself asks. */
  messages: ChatMessage[];
}

/** The state is ours, and no provider's. */
const DIALECT = "sluice";

/** The event that puts a suspended call into the answer's message. */
export function suspendedEvent(call: SuspendedCall): DataEvent {
  const { name, opaque } = suspendedPart(call);
  return { type: "data", name, value: { callId: call.callId }, opaque };
}

/** A suspended call as a part of the answer's message. */
export function suspendedPart({ callId, path, messages }: SuspendedCall): OpaquePart {
  const data: JsonObject = { callId, path, messages: messages.map(withoutBytes) as JsonValue };
  return { type: "opaque", name: "tool/suspended", opaque: { dialect: DIALECT, data } };
}

/** Whether a part is a suspended call: of use to whoever resumes it, and sent to no provider. */
export function isSuspendedCall(part: AssistantPart): part is OpaquePart {
  return part.type === "opaque" && part.name === "tool/suspended" && part.opaque.dialect === DIALECT;
}

/**
 * Reads such a part.
 *
 * @throws {SluiceError} `invalid-argument` for one that was damaged.
 */
export function suspendedCallOf({ opaque }: OpaquePart): SuspendedCall {
  const data = opaque.data;
  if (isJsonObject(data) && Array.isArray(data.messages)) {
    const { callId, path, messages } = data;
    if (typeof callId === "string" && typeof path === "string") {
      const read = messages.map((message, index) => withBytes(message as never, `messages[${index}]`));
      return { callId, path, messages: read };
    }
  }
  throw invalid("opaque.data", data, "the callId, path and messages of a suspended call");
}

/** The id of an inner request as it is known outside. Who was not given the path of its call begins its own. */
export function outerRequestId(path: string, id: string): string {
  return id.startsWith(`${path}/`) ? id : `${path}/${id}`;
}
