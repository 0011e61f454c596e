import type { ChatEvent, NestedEvent } from "../../src/stream/chat-event.js";
import type { ChatRequest } from "../../src/stream/chat-request.js";
import type { ChatMessage } from "../../src/stream/message.js";
import { tool } from "../../src/tools/tool.js";

export const ASK: ChatRequest = { messages: [{ role: "user", content: "Go." }] };
/** A call of an inner model. */
export const ask = (callId: string, name = "inner", prompt = "Work."): ChatEvent => ({
  type: "tool-call",
  callId,
  name,
  input: { prompt },
});

export const nestedIn = (events: readonly ChatEvent[]): NestedEvent[] =>
  events.filter((event) => event.type === "nested");
export const resultOf = (events: readonly ChatEvent[]) => events.find((event) => event.type === "tool-result");

/** What is left of messages after a store, in another process. */
export const stored = (messages: ChatMessage[]): ChatMessage[] => JSON.parse(JSON.stringify(messages));

export const SIZE = { type: "string", enum: ["S", "L"] };

/** A tool that asks before it does something. */
export function shirts(made: string[]) {
  return tool({
    name: "inner",
    input: { type: "object" },
    run: async (_, context) => {
      const size = await context.ask({ message: "Which size?", schema: SIZE });
      made.push(String(size));
      return `shirt ${size}`;
    },
  });
}
