import { isJsonObject } from "../../base/json.js";
import type { AssistantMessage, AssistantPart, ToolCallPart } from "../../stream/message.js";

/** State of Sluice's own, which no provider is sent. */
const OWN_STATE = "sluice";

/** State of a tool call that waits: it is for whoever resumes it here. */
export function isOwnState(part: AssistantPart): boolean {
  return part.type === "opaque" && part.opaque.dialect === OWN_STATE;
}

/** A call of a tool that takes plain text (OpenAI's custom tools): its state has the word. */
export function isPlainText({ opaque }: ToolCallPart): boolean {
  const { type } = isJsonObject(opaque?.data) ? opaque.data : {};
  return typeof type === "string" && !/^(?:function(?:_call)?|tool_use)$/.test(type);
}

/** Whether the content of an answer is these parts. */
export function isSame(content: AssistantMessage["content"], parts: readonly AssistantPart[]): boolean {
  if (typeof content === "string") return parts.length === 1 && parts[0]?.type === "text" && parts[0].text === content;
  return content.length === parts.length && parts.every((part, index) => part === content[index]);
}

/** Parts as the content of an answer: a text that was a string stays one. */
export function plain(whole: AssistantMessage | undefined, parts: AssistantPart[]): AssistantMessage["content"] {
  const [only] = parts;
  return typeof whole?.content === "string" && only?.type === "text" ? only.text : parts;
}
