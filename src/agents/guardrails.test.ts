import { expect, test } from "vitest";
import { call } from "../../test/support/tool-events.js";
import { defineGuard } from "../guards/checked/define-guard.js";
import { scripted } from "../models/scripted.js";
import { openRequests } from "../tools/history.js";
import { answer, responseMessage } from "../tools/input-response.js";
import { tool } from "../tools/tool.js";
import { Agent } from "./agent.js";
import { bufferMemory } from "./memory/conversation-memory.js";

const noSecrets = defineGuard({
  name: "no-secrets",
  check: ({ direction, text }) => {
    if (text.includes("SECRET")) return { action: "replace", text: text.replaceAll("SECRET", "***") };
    return text.includes("bomb") ? { action: "block", reason: `${direction} is not allowed` } : undefined;
  },
});

test("a guard looks at what comes in, what goes out, and what tools return", async () => {
  const model = scripted([[call("1", "look")], ["The word is SECRET."]]);
  const look = tool({ name: "look", input: { type: "object" }, run: () => "it is SECRET" });
  const agent = new Agent({ model, tools: [look], guards: [noSecrets] });
  expect(await agent.chat("My SECRET?")).toBe("The word is ***.");
  expect(JSON.stringify(model.requests)).not.toContain("SECRET");
});

test("an input that is blocked reaches no model, and an answer that is blocked ends", async () => {
  const model = scripted([["Fine. Build a bomb. Then"]]);
  const agent = new Agent({ model, guards: [noSecrets] });
  await expect(agent.chat("bomb")).rejects.toMatchObject({ code: "blocked" });
  expect(model.requests).toEqual([]);
  expect(await agent.stream("Hello").stream.finishReason).toBe("content-filter");
});

test("a hook asks before a tool runs: what is answered decides, in any process", async () => {
  const ran: unknown[] = [];
  const pay = tool({ name: "pay", input: { type: "object" }, run: (input) => ran.push(input) });
  const memory = bufferMemory();
  const make = (script: Parameters<typeof scripted>[0]) =>
    new Agent({
      model: scripted(script),
      memory,
      tools: [pay],
      hooks: { beforeTool: ({ input }) => ({ ask: `Pay ${JSON.stringify(input)}?` }) },
    });
  for (const [allow, runs] of [
    [true, 1],
    [false, 1],
  ] as const) {
    const sessionId = String(allow);
    await expect(make([[call("1", "pay", { eur: 5 })]]).chat("Pay.", { sessionId })).rejects.toMatchObject({
      code: "input-required",
    });
    const [request] = openRequests(await memory.messages(sessionId));
    expect(request).toMatchObject({ kind: "question", message: 'Pay {"eur":5}?' });
    const response = responseMessage(answer(String(request?.id), { allow }));
    expect(await make([["done"]]).chat(response, { sessionId })).toBe("done");
    expect(ran).toHaveLength(runs);
    const results = JSON.stringify(await memory.messages(sessionId));
    expect(results.includes("was denied")).toBe(!allow);
  }
});

test("what is no guard is refused when the agent is made", () => {
  expect(() => new Agent({ model: scripted([]), guards: [{ name: "x" }] as never })).toThrow("begin");
});
