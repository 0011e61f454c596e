import {
  type CheckedText,
  defineGuard,
  type GuardDefinition,
  type Verdict,
} from "../../src/guards/checked/define-guard.js";
import { guard } from "../../src/guards/guard.js";
import { type ScriptLine, scripted } from "../../src/models/scripted.js";
import type { ChatEvent } from "../../src/stream/chat-event.js";
import type { ChatRequest } from "../../src/stream/chat-request.js";
import { collect } from "./collect.js";

export const request: ChatRequest = { messages: [{ role: "user", content: "Tell me." }] };
export const usage: ChatEvent = { type: "usage", usage: { inputTokens: 3, outputTokens: 4 } };

/** Blocks, retracts or replaces text with these words in it. */
export function verdictOn({ text }: CheckedText): Verdict {
  if (text.includes("BAD")) return { action: "block", reason: "a bad word" };
  if (text.includes("WRONG")) return { action: "retract", reason: "it is wrong" };
  if (text.includes("SAY")) return { action: "replace", text: text.replace("SAY", "[…]"), reason: "not to be said" };
  return undefined;
}

/** The same, later. */
export const later = async (text: CheckedText) => verdictOn(text);

/** The events of an answer behind a guard with `verdictOn`, without its start. */
export async function checkedAnswer(script: readonly ScriptLine[], definition: Partial<GuardDefinition> = {}) {
  const model = scripted([script]);
  const own = defineGuard({ name: "words", check: verdictOn, directions: ["output"], ...definition });
  const events = await collect(guard(model, own).stream(request));
  return events.filter((event) => event.type !== "start");
}

export const textDelta = (text: string): ChatEvent => ({ type: "text-delta", text });

/** The event that tells a verdict. */
export const verdictEvent = (action: string, reason: string): ChatEvent => ({
  type: "data",
  name: "guard/verdict",
  value: { guard: "words", action, reason },
});
