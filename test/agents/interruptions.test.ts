import fc from "fast-check";
import { expect, test } from "vitest";
import { Agent } from "../../src/agents/agent.js";
import { conversationMemory } from "../../src/agents/memory/conversation-memory.js";
import { signature } from "../../src/agents/signature/signature.js";
import { compact } from "../../src/chat/compaction-window.js";
import { lastMessages } from "../../src/chat/last-messages-window.js";
import { MemoryStore } from "../../src/chat/stores/memory-store.js";
import { allMessages } from "../../src/chat/window.js";
import { scripted } from "../../src/models/scripted.js";
import type { ChatEvent } from "../../src/stream/chat-event.js";
import { SluiceError } from "../../src/stream/error.js";
import type { ChatMessage } from "../../src/stream/message.js";
import { openRequests } from "../../src/tools/history.js";
import { answer as answers, approve, deny, responseMessage } from "../../src/tools/input-response.js";
import { tool } from "../../src/tools/tool.js";
import { refusedBy } from "../laws/asked-services.js";
import { type Answer, PlayedModel } from "./played-model.js";

const NAMES = ["look", "fails", "pay", "asks", "expert"];
const text: fc.Arbitrary<ChatEvent> = fc
  .constantFrom("One. ", " ", "Two\n", "水")
  .map((said) => ({ type: "text-delta", text: said }));
const thought: fc.Arbitrary<ChatEvent> = fc.constant({ type: "reasoning-delta", text: "Hm." });
const call = (callId: string, name: string): ChatEvent => ({ type: "tool-call", callId, name, input: { task: "x" } });
/** Ids come again in later answers, as some services have them. */
const calls: fc.Arbitrary<ChatEvent[]> = fc
  .uniqueArray(fc.record({ id: fc.constantFrom("a", "b", "c"), name: fc.constantFrom(...NAMES, "nobody") }), {
    selector: ({ id }) => id,
    maxLength: 3,
  })
  .map((made) => made.map(({ id, name }) => call(id, name)));
const oneAnswer: fc.Arbitrary<Answer> = fc
  .tuple(fc.array(fc.oneof(text, thought), { maxLength: 3 }), calls, fc.array(text, { maxLength: 1 }), fc.nat(9))
  .map(([said, made, after, fails]) => {
    const all: (ChatEvent | "fail")[] = [...said, ...made, ...after];
    if (fails < 2) all.splice(Math.floor((all.length * fails) / 2), 0, "fail");
    return all;
  });
const interruption = fc.record({
  kind: fc.constantFrom("none", "leave", "kill", "steer"),
  at: fc.nat(14),
  /** How the next turn begins where somebody was asked. */
  reply: fc.constantFrom("ignore", "approve", "deny"),
});
const scenario = fc.record({
  outer: fc.array(oneAnswer, { maxLength: 8 }),
  middle: fc.array(oneAnswer, { maxLength: 4 }),
  inner: fc.array(oneAnswer, { maxLength: 4 }),
  turns: fc.array(interruption, { minLength: 1, maxLength: 5 }),
  window: fc.constantFrom("all", "last", "compact"),
});

const task = signature("task -> result");
const tools = [
  tool({ name: "look", input: { type: "object" }, run: () => "seen" }),
  tool({
    name: "fails",
    input: { type: "object" },
    run: () => {
      throw new Error("broken");
    },
  }),
  tool({ name: "pay", input: { type: "object" }, approval: true, run: () => "paid" }),
  tool({
    name: "asks",
    input: { type: "object" },
    run: (_, { ask }) => ask({ message: "Which?", schema: { type: "string" } }),
  }),
];

function windowOf(name: string) {
  if (name === "last") return lastMessages(3);
  if (name === "all") return allMessages();
  const counter = { estimated: false, count: (messages: readonly ChatMessage[]) => messages.length };
  const model = scripted(Array.from({ length: 100 }, () => ["Summary."]));
  return compact({ model, maxTokens: 4, counter });
}

test("whatever interrupts an agent, wherever it does, every service takes what it is sent next", async () => {
  // So that this cannot pass by testing nothing.
  const met = { open: 0, nested: 0, left: 0, killed: 0, steered: 0, failed: 0, answered: 0 };
  await fc.assert(
    fc.asyncProperty(scenario, async ({ outer, middle, inner, turns, window }) => {
      const models = [
        new PlayedModel("outer", outer),
        new PlayedModel("middle", middle),
        new PlayedModel("inner", inner),
      ];
      const [model, second, third] = models as [PlayedModel, PlayedModel, PlayedModel];
      const store = new MemoryStore();
      // Another process: nothing is known but what was stored.
      const make = () => {
        const below = new Agent({ name: "expert", model: third, signature: task, tools });
        const beside = new Agent({ name: "expert", model: second, signature: task, tools: [...tools, below.asTool()] });
        const memory = conversationMemory({ store, window: windowOf(window) });
        return { memory, agent: new Agent({ model, memory, tools: [...tools, beside.asTool()] }) };
      };
      let { agent, memory } = make();
      for (const { kind, at, reply } of [...turns, { kind: "none", at: 0, reply: "ignore" }]) {
        const open = openRequests(await memory.messages("default"));
        met.open += open.length;
        met.nested += open.filter(({ id }) => id.includes("/")).length;
        const responses = open.map(({ id, kind: asked }) => {
          if (asked === "question") return answers(id, "this");
          return reply === "approve" ? approve(id) : deny(id);
        });
        const input = reply === "ignore" || open.length === 0 ? "Go on." : responseMessage(...responses);
        if (input !== "Go on.") met.answered++;
        const { stream } = agent.stream(input as string);
        let seen = 0;
        try {
          const reader = stream[Symbol.asyncIterator]();
          for (let next = await reader.next(); !next.done; next = await reader.next()) {
            if (kind === "steer" && seen === at) {
              met.steered++;
              agent.steer("Quick!");
            }
            if (seen++ < at || kind === "none" || kind === "steer") continue;
            if (kind === "leave") await reader.return?.();
            if (kind === "leave") met.left++;
            else met.killed++;
            break;
          }
        } catch (thrown) {
          if (!(thrown instanceof SluiceError)) throw thrown;
          expect(["overloaded", "cancelled"]).toContain(thrown.code);
          met.failed++;
        }
        if (kind === "kill") ({ agent, memory } = make());
        else await memory.messages("default");
      }
      for (const one of models) for (const messages of one.asked) expect(refusedBy(messages)).toEqual([]);
      const stored = await memory.messages("default");
      expect(model.asked.length).toBeGreaterThan(0);
      expect(refusedBy([...stored, { role: "user", content: "Go on." }])).toEqual([]);
    }),
    { numRuns: 120 },
  );
  expect(Object.entries(met).filter(([, count]) => count === 0)).toEqual([]);
});
