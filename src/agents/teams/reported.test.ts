import { expect, test } from "vitest";
import { scripted } from "../../models/scripted.js";
import type { ChatEvent } from "../../stream/chat-event.js";
import { tool } from "../../tools/tool.js";
import { Agent } from "../agent.js";
import { handOff } from "./hand-off.js";

const ASK = { messages: [{ role: "user" as const, content: "Go." }] };
const call = (callId: string, name: string): ChatEvent => ({ type: "tool-call", callId, name, input: {} });

// microsoft/autogen#5103: a model that calls parallel tools hands over to two agents at once.
test("of two hand-offs in one answer the first counts, and the conversation stays whole", async () => {
  const first = new Agent({ name: "a", model: scripted([[call("1", "hand_over_to_b"), call("2", "hand_over_to_c")]]) });
  const b = scripted([["From b."]]);
  const c = scripted([["From c."]]);
  const [second, third] = [new Agent({ name: "b", model: b }), new Agent({ name: "c", model: c })];
  const team = handOff({ members: [first, second, third] });
  const stream = team.stream(ASK);
  expect(await stream.fullText).toBe("From b.");
  expect(c.requests).toHaveLength(0);
  const results = (await stream.messages).flatMap(({ role, content }) => (role === "tool" ? content : []));
  expect(results).toHaveLength(2);
});

// crewAIInc/crewAI#6414: the same tool with the same arguments was called without end.
test("a model that never stops calling a tool ends with its limit", async () => {
  let ran = 0;
  const again = tool({ name: "again", input: { type: "object" }, run: () => ++ran });
  const model = scripted(Array.from({ length: 30 }, (_, index) => [call(String(index), "again")]));
  const stream = new Agent({ model, tools: [again], limits: { maxSteps: 4 } }).stream("Go.").stream;
  expect(await stream.finishReason).toBe("budget");
  expect(model.requests).toHaveLength(4);
});
