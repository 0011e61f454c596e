import { markChecked } from "../stream/checked-messages.js";
import { type ChatMessage, resultsOf, type ToolCallPart, type ToolResultPart } from "../stream/message.js";
import { inCallOrder } from "./history.js";

/** What a step adds to the messages that the model is sent next: its answer, and the results of its calls in their order. */
export function stepMessages(
  answer: readonly ChatMessage[],
  calls: readonly ToolCallPart[],
  results: readonly ToolResultPart[],
): readonly ChatMessage[] {
  const last = answer.at(-1);
  // A model that is a loop itself has answered some of its calls.
  const before = last?.role === "tool" ? resultsOf(last) : [];
  const answered = before.length > 0 ? answer.slice(0, -1) : answer;
  const all = inCallOrder([...before, ...results], calls);
  const messages: readonly ChatMessage[] = all.length > 0 ? [...answered, { role: "tool", content: all }] : answer;
  markChecked(messages);
  return messages;
}
