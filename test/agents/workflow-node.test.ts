import { expect, test } from "vitest";
import { Agent } from "../../src/agents/agent.js";
import { signature } from "../../src/agents/signature/signature.js";
import { scripted } from "../../src/models/scripted.js";
import type { ChatEvent } from "../../src/stream/chat-event.js";
import { tool } from "../../src/tools/tool.js";
import { loadWorkflow } from "../../src/workflows/workflow.js";
import { collect } from "../support/collect.js";

const used = (inputTokens: number): ChatEvent => ({
  type: "finish",
  reason: "stop",
  usage: { inputTokens, outputTokens: 1 },
});

test("an agent is a step of a real workflow: tools, typed outputs, nested events and usage", async () => {
  const call: ChatEvent = { type: "tool-call", callId: "1", name: "look", input: {} };
  const look = tool({ name: "look", input: { type: "object" }, run: () => "11 km" });
  const expert = new Agent({
    name: "expert",
    model: scripted([[call], ['{"answer": "It is 11 km deep.", "confidence": 0.9}', used(10)]]),
    signature: signature("question -> answer, confidence: number"),
    tools: [look],
  });
  const poet = new Agent({
    name: "poet",
    model: scripted([["Deep, ", "deep.", used(5)]]),
    signature: signature("topic -> poem"),
  });
  const workflow = await loadWorkflow(
    {
      name: "test",
      inputs: { question: { type: "string" } },
      steps: [
        { id: "ask", type: "expert", inputs: { question: "{question}" } },
        { id: "write", type: "poet", inputs: { topic: "{ask.answer} ({ask.confidence})" } },
      ],
    },
    { stepTypes: [expert.toWorkflowNode(), poet.toWorkflowNode()] },
  );
  const run = workflow.run({ inputs: { question: "How deep?" } });
  const events = await collect(run.stream);
  const result = await run.result;
  expect(result).toMatchObject({ status: "completed", text: "Deep, deep.", usage: { inputTokens: 15 } });
  expect(result.results.ask).toMatchObject({ answer: "It is 11 km deep.", confidence: 0.9 });
  const nested = events.flatMap((event) => (event.type === "nested" ? [event] : []));
  expect(nested.some(({ event }) => event.type === "tool-result" && event.output === "11 km")).toBe(true);
  expect(events.at(-1)).toMatchObject({ type: "finish", usage: { inputTokens: 15 } });
});

test("an agent that fails is a step that fails, with its code", async () => {
  const expert = new Agent({
    name: "expert",
    model: scripted([["no JSON"]]),
    signature: signature("question -> answer, confidence: number"),
  });
  const steps = [{ id: "ask", type: "expert", inputs: { question: "?" } }];
  const workflow = await loadWorkflow({ name: "test", steps }, { stepTypes: [expert.toWorkflowNode()] });
  await expect(workflow.run({ inputs: {} }).result).rejects.toMatchObject({ message: expect.stringContaining("ask") });
});
