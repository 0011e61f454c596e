import { expect, test } from "vitest";
import { collect } from "../../../test/support/collect.js";
import { scripted } from "../../models/scripted.js";
import type { ChatEvent } from "../../stream/chat-event.js";
import { tool } from "../../tools/tool.js";
import { Agent } from "../agent.js";

const plan = (callId: string, items: unknown): ChatEvent => ({
  type: "tool-call",
  callId,
  name: "plan",
  input: { items } as never,
});

test("each plan that the model writes down is a data event behind the result of its call", async () => {
  const first = [{ text: "read", status: "running" }];
  const model = scripted([[plan("1", first)], [plan("2", [{ text: "", status: "later" }])], ["done"]]);
  const events = await collect(new Agent({ model, plan: true }).stream("Go.").stream);
  expect(events.filter(({ type }) => type === "data")).toEqual([
    { type: "data", name: "agent/plan", value: { items: first } },
  ]);
  const at = events.findIndex(({ type }) => type === "data");
  expect(events[at - 1]).toMatchObject({ type: "tool-result", callId: "1", output: "0 of 1 done" });
  expect(model.requests[0]?.tools?.map(({ name }) => name)).toEqual(["plan"]);
});

test("a tool of one's own that is called plan is refused beside it", () => {
  const own = tool({ name: "plan", input: { type: "object" } });
  expect(() => new Agent({ model: scripted([]), plan: true, tools: [own] })).toThrow("a name that no other tool has");
});
