import { expect, test } from "vitest";
import { Agent } from "../../src/agents/agent.js";
import type { AgentHooks, AgentOptions } from "../../src/agents/agent-options.js";
import { searchMemory } from "../../src/agents/memory/search-memory.js";
import { runBatch } from "../../src/agents/strategies/parallel-batch.js";
import { plannedByModel } from "../../src/agents/teams/planned.js";
import { roundRobin } from "../../src/agents/teams/round-robin.js";
import type { JsonValue } from "../../src/base/json.js";
import { scripted } from "../../src/models/scripted.js";
import type { ChatEvent } from "../../src/stream/chat-event.js";
import type { ChatMessage } from "../../src/stream/message.js";
import { approve, responseMessage } from "../../src/tools/input-response.js";
import { tool } from "../../src/tools/tool.js";
import { failure } from "../support/failure.js";

const ASK: ChatMessage[] = [{ role: "user", content: "Go." }];
const call: ChatEvent = { type: "tool-call", callId: "1", name: "look", input: {} };
const look = tool({ name: "look", input: { type: "object" }, run: () => "seen" });
const asked = (options: Partial<AgentOptions>) => new Agent({ model: scripted([["Yes."]]), ...options }).chat("Go.");
const facts = (found: unknown) =>
  searchMemory({ facts: { search: async () => found, add: async () => {}, close: async () => {} } as never });
const none = (value: unknown) => value as never;

/** What a user's own function or object may return that is of no use. */
const USELESS = [null, 5, "x", {}, []];

test.each<[what: string, ask: (found: unknown) => Promise<unknown>, field: string, fits?: unknown[]]>([
  ["a strategy's model", (found) => asked({ strategy: { name: "own", apply: () => none(found) } }), "model"],
  ["a model for one call", (found) => asked({ prepareStep: () => ({ model: none(found) }) }), "prepareStep.model"],
  ["a change of one call", (found) => asked({ prepareStep: () => none(found) }), "prepareStep", [null, {}]],
  [
    "a memory's answer",
    (found) => asked({ memory: { answer: () => none(found), messages: async () => [], clear: async () => {} } }),
    "memory.answer()",
  ],
  ["a store's facts", (found) => asked({ memory: facts(found) }), "facts", [[]]],
  ["one of a store's facts", (found) => asked({ memory: facts([found]) }), "facts[0]"],
  [
    "a member's model",
    (found) => roundRobin({ members: [{ name: "a", asModel: () => none(found) }] }).stream({ messages: ASK }).fullText,
    "model",
  ],
  [
    "items of a batch",
    async (found) => runBatch(new Agent({ model: scripted([]) }), none(found)).next(),
    "items",
    [[]],
  ],
  [
    "the options of a run",
    (found) => new Agent({ model: scripted([["Yes."]]) }).chat("Go.", none(found)),
    "options",
    [{}],
  ],
])("%s that is none is refused with its name", async (_, ask, field, fits = []) => {
  for (const found of USELESS) {
    const fit = fits.some((one) => JSON.stringify(one) === JSON.stringify(found));
    if (fit) await ask(found);
    else
      expect(await failure((async () => ask(found))()), JSON.stringify(found)).toMatchObject({
        code: "invalid-argument",
        message: expect.stringContaining(field),
      });
  }
});

test("what a tool's hook returns is a decision, or nothing", async () => {
  const results = async (hooks: AgentHooks) => {
    const playing = scripted([[call], ["Yes."]]);
    await new Agent({ model: playing, tools: [look], hooks }).chat("Go.");
    return JSON.stringify(playing.requests[1]?.messages);
  };
  for (const found of [5, "x", {}, []]) {
    expect(await results({ beforeTool: () => none(found) })).toContain("beforeTool: found");
    expect(await results({ afterTool: () => none(found) })).toContain("afterTool: found");
  }
  for (const hooks of [{ beforeTool: () => none(null) }, { afterTool: () => none(null) }])
    expect(await results(hooks)).toContain("seen");
});

test.each<[plan: JsonValue, message: string]>([
  [null, "agent/plan: found null"],
  ["a", "agent/plan"],
  [{}, "agent/plan.items: found nothing"],
  [{ items: {} }, "agent/plan.items"],
  [{ items: ["pay"] }, "agent/plan.items[0]"],
  [{ items: [{ text: 1, status: "open", agent: "payer" }] }, "agent/plan.items[0].text"],
  [{ items: [{ text: "x", status: "todo", agent: "payer" }] }, "agent/plan.items[0].status"],
  [{ items: [{ text: "x", status: "open", agent: "gone" }] }, "one of the members: payer"],
])("a plan that is sent back as %j is refused", async (data, message) => {
  const pay = tool({ name: "look", input: { type: "object" }, approval: true, run: () => "paid" });
  const team = plannedByModel({
    members: [new Agent({ name: "payer", model: scripted([["Paid."]]), tools: [pay] })],
    planner: scripted([["All done."]]),
  });
  const opaque = (name: string, value: JsonValue) => ({
    type: "opaque" as const,
    name: `agent/${name}` as const,
    opaque: { dialect: "sluice", data: value },
  });
  const waiting: ChatMessage = {
    role: "assistant",
    content: [
      opaque("speaker", { agent: "payer" }),
      opaque("plan", data),
      { type: "tool-call", callId: "1", name: "look", input: {} },
      { type: "input-request", id: "1", kind: "approval", callId: "1", name: "look", input: {} },
    ],
  };
  const stream = team.stream({ messages: [...ASK, waiting, responseMessage(approve("1"))] });
  expect(await failure(stream.fullText)).toMatchObject({
    code: "invalid-argument",
    message: expect.stringContaining(message),
  });
});
