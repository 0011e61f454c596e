import { describe, expect, test } from "vitest";
import { Agent } from "../../src/agents/agent.js";
import { conversationMemory, summaryMemory } from "../../src/agents/memory/conversation-memory.js";
import { signature } from "../../src/agents/signature/signature.js";
import { chosenByModel } from "../../src/agents/teams/chosen.js";
import { handOff } from "../../src/agents/teams/hand-off.js";
import { plannedByModel } from "../../src/agents/teams/planned.js";
import { MemoryStore } from "../../src/chat/stores/memory-store.js";
import { scripted } from "../../src/models/scripted.js";
import type { ChatEvent } from "../../src/stream/chat-event.js";
import { SluiceError } from "../../src/stream/error.js";
import { tool } from "../../src/tools/tool.js";
import { collect } from "../support/collect.js";

const model = scripted([]);
const look = tool({ name: "look", input: { type: "object" }, run: () => "seen" });
const agent = (name: string) => new Agent({ name, model });

describe("refused when it is made", () => {
  test.each<[string, () => unknown, string]>([
    ["a tool that is none", () => new Agent({ model, tools: [{ name: "look" } as never] }), "tools[0]"],
    ["two tools of one name", () => new Agent({ model, tools: [look, look] }), "a name that no other tool has"],
    [
      "a tool that is always seen and is not there",
      () => new Agent({ model, tools: [look], toolSearch: { always: ["lok"] } }),
      "toolSearch.always[0]",
    ],
    [
      "a choice of a tool that is not there",
      () => new Agent({ model, tools: [look], request: { toolChoice: { name: "lok" } } }),
      "toolChoice",
    ],
    ["a skill that is none", () => new Agent({ model, skills: ["pdf"] as never }), "readSkills()"],
    ["a memory that is none", () => new Agent({ model, memory: {} as never }), "memory"],
    ["a strategy that is none", () => new Agent({ model, strategy: {} as never }), "strategy"],
    ["a route to nobody", () => handOff({ members: [agent("a"), agent("b")], routes: { a: ["c"] } }), "routes.a"],
    ["a route of nobody", () => handOff({ members: [agent("a")], routes: { c: ["a"] } }), "routes.c"],
    ["a signature without an output", () => signature("question ->"), "signature"],
    [
      "a model that calls no tools, with tools",
      () => new Agent({ model: { ...scripted([]), capabilities: { tools: false } }, tools: [look] }),
      "does not call tools",
    ],
  ])("%s", (_, make, message) => {
    let thrown: unknown;
    try {
      make();
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(SluiceError);
    expect(String((thrown as Error).message)).toContain(message);
  });
});

test("a tool that there is not is an error for the model, with those that there are, and the run goes on", async () => {
  const call: ChatEvent = { type: "tool-call", callId: "1", name: "lok", input: {} };
  const playing = scripted([[call], ["I see."]]);
  expect(await new Agent({ model: playing, tools: [look] }).chat("Look.")).toBe("I see.");
  expect(JSON.stringify(playing.requests[1]?.messages)).toContain("There is no tool lok; there are: look");
});

test("a cycle of hand-offs ends, with an answer of whoever has the conversation", async () => {
  const to = (name: string): ChatEvent => ({
    type: "tool-call",
    callId: `to-${name}`,
    name: `hand_over_to_${name}`,
    input: {},
  });
  const passing = (name: string, other: string) =>
    new Agent({ name, model: scripted([[to(other)], [to(other)], [`${name} answers.`]]) });
  const events = await collect(
    handOff({ members: [passing("a", "b"), passing("b", "a")], maxHandOffs: 3 }).stream({
      messages: [{ role: "user", content: "?" }],
    }),
  );
  const speakers = events.flatMap((event) => (event.type === "step-start" ? [event.agent] : []));
  expect(speakers.slice(0, 4)).toEqual(["a", "b", "a", "b"]);
  expect(events.at(-1)?.type).toBe("finish");
});

describe("a store that is gone", () => {
  class Broken extends MemoryStore {
    loads = true;
    appends = true;
    override async load(id: string) {
      if (!this.loads) throw new SluiceError("store-failed", "gone");
      return super.load(id);
    }
    override async append(...args: Parameters<MemoryStore["append"]>) {
      if (!this.appends) throw new SluiceError("store-failed", "gone");
      return super.append(...args);
    }
  }

  test("before a turn: no model is called", async () => {
    const store = new Broken();
    store.loads = false;
    const playing = scripted([["Hello."]]);
    const memory = conversationMemory({ store });
    const running = new Agent({ model: playing, memory });
    await expect(running.chat("Hi.")).rejects.toMatchObject({ code: "store-failed" });
    expect(playing.requests).toEqual([]);
    store.loads = true;
    expect(await running.chat("Hi.")).toBe("Hello.");
  });

  test("at the end of a turn: the turn fails, nothing of it is half kept, and the next one keeps it whole", async () => {
    const store = new Broken();
    store.appends = false;
    const memory = conversationMemory({ store });
    const running = new Agent({ model: scripted([["One."], ["Two."]]), memory });
    await expect(running.chat("First.")).rejects.toMatchObject({ code: "store-failed" });
    expect((await store.load("default"))?.messages ?? []).toEqual([]);
    store.appends = true;
    expect(await running.chat("Second.")).toBe("Two.");
    const roles = (await memory.messages("default")).map(({ role }) => role);
    expect(roles).toEqual(["user", "assistant", "user", "assistant"]);
  });
});

test("a source of tools that is gone fails the run before its model is called", async () => {
  const playing = scripted([["x"]]);
  const source = {
    tools: async (): Promise<never> => {
      throw new SluiceError("connect-failed", "gone");
    },
  };
  await expect(new Agent({ model: playing, tools: [source] }).chat("?")).rejects.toMatchObject({
    code: "connect-failed",
  });
  expect(playing.requests).toEqual([]);
});

test("models are given by their names wherever one is, and what is none is refused at once", () => {
  const members = [new Agent({ name: "a", model: "echo" })];
  expect(chosenByModel({ members, chooser: "echo" }).id).toBe("team");
  expect(plannedByModel({ members, planner: "echo" }).id).toBe("team");
  expect(summaryMemory({ model: "echo" })).toBeDefined();
  // @ts-expect-error An agent is no model.
  expect(() => chosenByModel({ members, chooser: members[0] })).toThrow(/chooser: .*what its asModel\(\) returns/);
  // @ts-expect-error Nothing is no model.
  expect(() => plannedByModel({ members })).toThrow("planner");
  expect(() => summaryMemory({ model: "echo", keep: 0 })).toThrow("keep");
  // @ts-expect-error An agent is no tool.
  expect(() => new Agent({ model: "echo", tools: members })).toThrow("what its asTool() returns");
});
