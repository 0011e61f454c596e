import { parseToolInput } from "../../dialects/tool-input.js";
import type { ToolCallEvent } from "../../stream/chat-event.js";
import type { ConversationToolCalls } from "../proto/generated/dapr/proto/runtime/v1/ai_pb.js";
import { argumentsText, carryWords } from "./carried.js";

/**
 * A tool call of an answer; `undefined` for one of a type that this version does not know. Its words are kept where they
 * are not what the event says: they go back to Dapr as they came.
 *
 * @param given the id that pieces of the call had; `undefined` where none came.
 * @param index which of the answer's calls it is.
 */
export function readToolCall(
  { id = "", toolTypes }: ConversationToolCalls,
  given: string | undefined,
  index: number,
): ToolCallEvent | undefined {
  if (toolTypes.case === undefined) return undefined;
  const { name, arguments: written } = toolTypes.value;
  const callId = given ?? (id || `call_${index}`);
  const read = parseToolInput(written);
  const own = id === callId && written === argumentsText(read.input, undefined);
  return {
    type: "tool-call",
    callId,
    name: name || "tool",
    ...read,
    ...(!own && { opaque: carryWords({ id, name, arguments: written }) }),
  };
}
