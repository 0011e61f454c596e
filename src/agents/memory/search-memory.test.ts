import { expect, test } from "vitest";
import { call } from "../../../test/support/tool-events.js";
import type { EmbeddingModel } from "../../models/embeddings/embedding-model.js";
import { scripted } from "../../models/scripted.js";
import { SluiceError } from "../../stream/error.js";
import { textOf } from "../../stream/message.js";
import { Agent } from "../agent.js";
import { roundRobin } from "../teams/round-robin.js";
import type { FactStore } from "./facts/fact-store.js";
import { searchMemory } from "./search-memory.js";
import { sharedPool } from "./shared-pool.js";

const sent = (model: ReturnType<typeof scripted>, index: number) => model.requests[index]?.messages.map(textOf);

test("the model keeps a fact, and another session of the same caller is given it", async () => {
  const memory = searchMemory();
  const model = scripted([[call("1", "remember", { facts: ["Ada is allergic to nuts."] })], ["Noted."], ["No nuts."]]);
  const agent = new Agent({ model, memory });
  await agent.chat("I am allergic to nuts.", { sessionId: "monday", context: { caller: "ada" } });
  await agent.chat("May I eat this nuts cake?", { sessionId: "friday", context: { caller: "ada" } });
  expect(sent(model, 2)?.at(-2)).toContain("- Ada is allergic to nuts. (");
  expect(sent(model, 2)?.at(-1)).toBe("May I eat this nuts cake?");
  const [fact] = await memory.list("ada");
  expect(fact?.text).toBe("Ada is allergic to nuts.");
  // What is put before a question is no part of the session.
  expect((await memory.messages("friday")).map(textOf)).toEqual(["May I eat this nuts cake?", "No nuts."]);
  expect(await memory.delete("ada", fact?.id ?? "")).toBe(true);
  expect(await memory.list("ada")).toEqual([]);
});

test("facts of one caller are not put before another's question", async () => {
  const memory = searchMemory();
  await memory.add("ada", "Ada's door code is 1234.");
  const model = scripted([["I do not know."]]);
  await new Agent({ model, memory }).chat("What is the door code?", { sessionId: "s", context: { caller: "eve" } });
  expect(JSON.stringify(model.requests)).not.toContain("1234");
});

test("with an embedder facts are found by meaning, and its tokens are spent from the shared budget", async () => {
  const spent: string[] = [];
  const embedder: EmbeddingModel = {
    id: "test/embedder",
    maxTexts: 10,
    embedTexts: async (texts) => ({
      vectors: texts.map((text) => (/dog|animal/.test(text) ? [1, 0] : [0, 1])),
      usage: { inputTokens: 7, outputTokens: 0 },
    }),
  };
  const memory = searchMemory({ embedder, top: 1 });
  await memory.add("s", "Rex is a dog.", "Paris is a city.");
  const model = scripted([["Rex."]]);
  const budget = { spend: (_: unknown, id: string) => void spent.push(id), exhausted: undefined };
  await new Agent({ model, memory }).chat("Which animal?", { sessionId: "s", context: { budget } });
  expect(sent(model, 0)?.at(-2)).toContain("Rex is a dog.");
  expect(spent).toContain("test/embedder");
});

test("a store that is gone fails the turn before any model is called, and the next turn works again", async () => {
  let gone = true;
  const store: FactStore = {
    add: async () => {},
    search: async () => {
      if (gone) throw new SluiceError("store-failed", "gone");
      return [];
    },
    list: async () => [],
    delete: async () => false,
    clear: async () => {},
    close: async () => {},
  };
  const model = scripted([["Hello."]]);
  const memory = searchMemory({ facts: store });
  const agent = new Agent({ model, memory });
  await expect(agent.chat("Hi.")).rejects.toMatchObject({ code: "store-failed" });
  expect(model.requests).toEqual([]);
  expect(await memory.messages("default")).toEqual([]);
  gone = false;
  expect(await agent.chat("Hi.")).toBe("Hello.");
});

test("a team shares findings, which say who found them", async () => {
  const pool = sharedPool();
  const reader = scripted([[call("1", "share_findings", { facts: ["The lock dates from 1373."] })], ["Shared."]]);
  const writer = scripted([[call("1", "search_findings", { query: "When was the lock built?" })], ["In 1373."]]);
  const members = [
    new Agent({ name: "reader", model: reader, tools: pool.toolsOf("reader") }),
    new Agent({ name: "writer", model: writer, tools: pool.toolsOf("writer") }),
  ];
  const stream = roundRobin({ members }).stream({ messages: [{ role: "user", content: "When?" }] });
  expect(await stream.fullText).toBe("Shared.In 1373.");
  expect(await pool.list()).toMatchObject([{ text: "The lock dates from 1373.", by: "reader" }]);
  expect(JSON.stringify(writer.requests[1]?.messages)).toContain("1373");
});

test("what cannot be is refused", async () => {
  expect(() => searchMemory({ fact: "x" } as never)).toThrow("did you mean facts?");
  expect(() => sharedPool({ nam: "x" } as never)).toThrow("did you mean name?");
  expect(() => searchMemory({ facts: 7 as never })).toThrow("a store of facts");
  await expect(searchMemory().add("s", " ")).rejects.toMatchObject({ code: "invalid-argument" });
});
