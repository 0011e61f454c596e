import { describe, expect, test } from "vitest";
import { failure } from "../../../test/support/failure.js";
import { StreamChatAgent } from "../../agents/chat/stream-chat-agent.js";
import { scripted } from "../../models/scripted.js";
import { LocalRuntime } from "./local-runtime.js";
import { WorkflowBuilder } from "./workflow-builder.js";
import type { WorkflowNode } from "./workflow-node.js";

const shout: WorkflowNode = {
  inputs: { text: { type: "string", required: true }, times: { type: "integer", default: 1 } },
  outputs: { loud: { type: "string" }, length: { type: "integer" } },
  run: ({ text, times }) => {
    const loud = String(text).toUpperCase().repeat(Number(times));
    return { loud, length: loud.length };
  },
};

test("an agent is a node, with the inputs and outputs of its signature, and its answer streams", async () => {
  const agent = new StreamChatAgent({}, { model: scripted([["Hello, ", "Ada."]]) });
  const workflow = new WorkflowBuilder()
    .addNodeInstance(agent, "chat")
    .addNodeInstance(shout, "shout")
    .connect("chat.response", "shout.text")
    .build();
  const run = await new LocalRuntime().start(workflow, { parameters: { chat: { message: "I am Ada" } } });
  const said: string[] = [];
  for await (const event of run.stream) {
    if (event.type === "nested" && event.event.type === "text-delta") said.push(event.event.text);
  }
  expect(said.join("")).toContain("Hello, Ada.");
  expect((await run.result).results).toMatchObject({ chat: { response: "Hello, Ada." }, shout: { length: 11 } });
});

test("a connection may be named by its four parts", async () => {
  const workflow = new WorkflowBuilder()
    .addNodeInstance(shout, "first")
    .addNodeInstance(shout, "second")
    .addConnection("first", "loud", "second", "text")
    .build();
  const { results } = await new LocalRuntime().execute(workflow, { parameters: { first: { text: "ab" } } });
  expect(results).toMatchObject({ second: { loud: "AB" } });
});

test("a chat model is a node, and its answer streams", async () => {
  const agent = scripted([["Hello, ", "Ada."]], { id: "agent" });
  const workflow = new WorkflowBuilder()
    .addNodeInstance(agent)
    .addNodeInstance(shout, "shout")
    .connect("agent", "shout")
    .build();
  const runtime = new LocalRuntime();
  const { results, runId } = await runtime.execute(workflow, { parameters: { message: "I am Ada" } });
  expect(results.agent).toMatchObject({ response: "Hello, Ada." });
  expect(results.shout).toEqual({ loud: "HELLO, ADA.", length: 11 });
  expect(runId).toMatch(/^[0-9a-f-]{36}$/);
});

test("what a node streams reaches the reader of the run", async () => {
  const workflow = new WorkflowBuilder().addNodeInstance(scripted([["a", "b"]]), "chat").build();
  const run = await new LocalRuntime().start(workflow, { parameters: { chat: { message: "Hi" } } });
  const deltas: string[] = [];
  for await (const event of run.stream) {
    if (event.type === "nested" && event.from === "chat" && event.event.type === "text-delta")
      deltas.push(event.event.text);
  }
  expect(deltas).toEqual(["a", "b"]);
});

test("steps of any type are nodes", async () => {
  const workflow = new WorkflowBuilder()
    .addNode("chunk_text", "cut", { target_size: 10, tolerance: 2 })
    .addNode("output", "end")
    .connect("cut.chunks", "end.pieces")
    .build();
  const { results } = await new LocalRuntime().execute(workflow, { parameters: { text: "One two three four." } });
  expect(results.end?.pieces).toEqual(["One two ", "three four."]);
});

test("two uses of one node share nothing", async () => {
  const workflow = new WorkflowBuilder().addNodeInstance(shout, "a").addNodeInstance(shout, "b").build();
  const { results } = await new LocalRuntime().execute(workflow, {
    parameters: { a: { text: "x" }, b: { text: "y", times: 2 } },
  });
  expect([results.a?.loud, results.b?.loud]).toEqual(["X", "YY"]);
});

describe("what is wrong is said when it is built", () => {
  const builder = () => new WorkflowBuilder().addNodeInstance(shout, "first").addNodeInstance(shout, "second");

  test.each<[string, (made: WorkflowBuilder) => unknown, RegExp]>([
    ["a type", (made) => made.addNode("llm_chatt"), /did you mean llm_chat/],
    ["an id", (made) => made.addNodeInstance(shout, "first"), /an id that no other node has/],
    ["a node", (made) => made.connect("frist.loud", "second.text"), /did you mean first\?/],
    ["an output", (made) => made.connect("first.lound", "second.text"), /did you mean loud\?/],
    ["an input", (made) => made.connect("first.loud", "second.txt"), /did you mean text\?/],
    ["types", (made) => made.connect("first.length", "second.text"), /an input of type integer.*is string/],
    ["itself", (made) => made.connect("first.loud", "first.text"), /another node/],
    [
      "twice",
      (made) => made.connect("first.loud", "second.text").connect("first.loud", "second.text"),
      /not connected yet/,
    ],
    [
      "a circle",
      (made) => made.connect("first", "second").connect("second", "first").build(),
      /wait for one another: first → second → first/,
    ],
    ["nothing", () => new WorkflowBuilder().build(), /at least one node/],
  ])("%s", (_, build, message) => {
    expect(() => build(builder())).toThrow(message);
  });

  test("and before anything runs: what is missing, unknown or ambiguous", async () => {
    const runtime = new LocalRuntime();
    const workflow = builder().connect("first", "second").build();
    expect(await failure(runtime.execute(workflow))).toMatchObject({
      message: expect.stringMatching(/missing: first\.text/),
    });
    const unknown = runtime.execute(workflow, { parameters: { txt: "x" } });
    expect(await failure(unknown)).toMatchObject({ message: expect.stringMatching(/did you mean text\?/) });
    const both = runtime.execute(builder().build(), { parameters: { text: "x" } });
    expect(await failure(both)).toMatchObject({ message: expect.stringMatching(/first and second take text/) });
  });
});
