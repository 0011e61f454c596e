import type { Dialect } from "../../src/dialects/dialect.js";
import type { AssistantPart, ChatMessage } from "../../src/stream/message.js";

/** What is sent of an answer and a user's next words. */
export function sentBack(dialect: Dialect, parts: readonly AssistantPart[], model = "m") {
  const last: ChatMessage[] = [];
  for (const part of parts) {
    if (part.type !== "tool-call") continue;
    last.push({
      role: "tool",
      content: [{ type: "tool-result", callId: part.callId, name: part.name, output: "seen" }],
    });
  }
  if (last.length === 0) last.push({ role: "user", content: "go" });
  const messages: ChatMessage[] = [
    { role: "user", content: "Hi" },
    { role: "assistant", content: [...parts] },
    ...last,
  ];
  return dialect.writeRequest({ messages }, { model, stream: true }).body;
}
