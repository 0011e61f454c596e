import type { ChatMessage } from "../../stream/message.js";
import type { ConversationInput, ConversationRequest } from "../proto/generated/dapr/proto/runtime/v1/ai_pb.js";
import { componentNotFound, missingInputs } from "./api-error.js";
import type { ConverseCall } from "./converse-call.js";

/**
 * Reads a request of the Alpha1 API: one message an input.
 *
 * @param hasComponent whether there is a component of this name.
 * @throws {SluiceError} `invalid-request` in daprd's words; `toApiError` says what to answer.
 */
export function readAlpha1Request(message: ConversationRequest, hasComponent: (name: string) => boolean): ConverseCall {
  const { name, contextID, temperature = -1 } = message;
  if (!hasComponent(name)) throw componentNotFound(name);
  if (message.inputs.length === 0) throw missingInputs(name);
  return {
    api: "alpha1",
    component: name,
    ...(contextID !== undefined && contextID !== "" && { contextId: contextID }),
    inputs: message.inputs.map((input) => ({ messages: [messageOf(input)], scrub: input.scrubPII ?? false })),
    settings: temperature >= 0 ? { temperature } : {},
    scrubOutput: message.scrubPII ?? false,
    parameters: message.parameters,
    warnings: [],
  };
}

/** Roles that no provider could make sense of without a tool call (tool, function, generic) and unknown ones are users. */
function messageOf({ role = "", content }: ConversationInput): ChatMessage {
  const parts = [{ type: "text" as const, text: content }];
  switch (role) {
    case "system":
      return { role: "system", content: parts };
    case "assistant":
    case "ai":
      return { role: "assistant", content: parts };
    default:
      return { role: "user", content: parts };
  }
}
