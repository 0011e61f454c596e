import type { Any } from "@bufbuild/protobuf/wkt";
import type { Warning } from "../../stream/chat-event.js";
import type { ChatRequest } from "../../stream/chat-request.js";
import type { ChatMessage } from "../../stream/message.js";

/** One input of a call: its messages, and whether personal data is taken out of them before the model sees them. */
export interface ConversationInput {
  /** In their order. */
  messages: ChatMessage[];
  /** Whether personal data is replaced in them (`scrubPII` of Dapr's API). */
  scrub: boolean;
}

/** A call of Dapr's conversation API as it was read: what to ask the model, and what to do around it. */
export interface ConverseCall {
  /** The version of Dapr's API that it came by. */
  api: "alpha1" | "alpha2";
  /** The component that is asked. */
  component: string;
  /** The conversation that is continued; absent where the request names none. */
  contextId?: string;
  /** In order. All of them make one call of the model. */
  inputs: readonly ConversationInput[];
  /** Everything of the request to the model but its messages. */
  settings: Omit<ChatRequest, "messages">;
  /** Whether personal data is taken out of the answer. */
  scrubOutput: boolean;
  /** Given back with each output of Alpha1. */
  parameters: { readonly [name: string]: Any };
  /** What was left out of the request, and why: daprd writes the same to its log. */
  warnings: Warning[];
}

/** The request to the model: the messages of all inputs, one after the other. */
export function chatRequestOf(call: ConverseCall): ChatRequest {
  return { ...call.settings, messages: call.inputs.flatMap(({ messages }) => messages) };
}
