import { uuid } from "../../base/uuid.js";
import type { ChatEvent, ToolCallEvent } from "../../stream/chat-event.js";
import type { Usage } from "../../stream/usage.js";
import type {
  ConversationResponse,
  ConversationResponseAlpha2,
} from "../proto/generated/dapr/proto/runtime/v1/ai_pb.js";
import type { ExpectedAlpha2 } from "./alpha2-chunk-reader.js";
import { readFinishReason } from "./read-finish-reason.js";
import { readToolCall } from "./read-tool-call.js";
import { readUsage } from "./read-usage.js";
import { readWarnings } from "./read-warnings.js";

/**
 * A whole answer of Alpha2 as the events of a stream with `simulated`. Some of daprd's components give the
 * parts of one answer (its text, each tool call) as outputs of their own: all outputs are one answer here.
 */
export function readAlpha2Response(response: ConversationResponseAlpha2, expected: ExpectedAlpha2): ChatEvent[] {
  const { outputs, contextId = "" } = response;
  const warnings = [...(expected.warnings ?? []), ...readWarnings(response.warnings)];
  const events: ChatEvent[] = [startOf({ ...expected, warnings }, outputs[0]?.model)];
  const texts: string[] = [];
  const calls: ToolCallEvent[] = [];
  let word = "";
  let usage: Usage = {};
  for (const output of outputs) {
    // Each output repeats the counts of the whole answer.
    if (output.usage !== undefined) usage = readUsage(output.usage);
    for (const { finishReason, message } of output.choices) {
      word = finishReason;
      if (message === undefined) continue;
      if (message.content !== "") texts.push(message.content);
      for (const call of message.toolCalls) {
        const event = readToolCall(call, undefined, calls.length);
        if (event !== undefined) calls.push(event);
      }
    }
  }
  events.push(
    ...texts.map((text, block): ChatEvent => ({ type: "text-delta", text, ...(texts.length > 1 && { block }) })),
  );
  events.push(...calls);
  return close(events, contextId, word, usage);
}

/** A whole answer of Alpha1: its outputs are the answers to its inputs, a line each. It has neither usage nor a reason. */
export function readAlpha1Response(response: ConversationResponse, expected: ExpectedAlpha2): ChatEvent[] {
  const { outputs, contextID = "" } = response;
  const events: ChatEvent[] = [startOf(expected, undefined)];
  const text = outputs.map(({ result }) => result).join("\n");
  if (text !== "") events.push({ type: "text-delta", text });
  return close(events, contextID, "", {});
}

function startOf({ component, warnings = [] }: ExpectedAlpha2, model: string | undefined): ChatEvent {
  return {
    type: "start",
    // Dapr's answers have no id.
    id: uuid(),
    model: model || component,
    simulated: true,
    ...(warnings.length > 0 && { warnings: [...warnings] }),
  };
}

function close(events: ChatEvent[], contextId: string, word: string, usage: Usage): ChatEvent[] {
  if (contextId !== "") events.push({ type: "context", contextId });
  const hasCalls = events.some(({ type }) => type === "tool-call");
  events.push({ type: "finish", ...readFinishReason(word, hasCalls), usage });
  return events;
}
