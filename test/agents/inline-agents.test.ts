import { expect, expectTypeOf, test } from "vitest";
import {
  Agent,
  chosenByModel,
  debate,
  handOff,
  plannedByModel,
  roundRobin,
  runBatch,
  StreamChatAgent,
  StreamingStrategy,
  signature,
} from "../../src/agents/index.js";
import { scripted } from "../../src/models/scripted.js";
import { LocalRuntime, WorkflowBuilder } from "../../src/workflows/index.js";

const says = (text: string) => scripted([[text]]);
const scored = () => new Agent({ name: "scored", model: says("7"), signature: signature("question -> score: number") });

test("agents of any signature are members of every team, written where they are given", async () => {
  const desk = handOff({ members: [new Agent({ name: "desk", model: says("Hello.") }), scored()] });
  const teams = [
    desk,
    handOff({
      members: [
        new StreamChatAgent({ llmProvider: "ollama", model: "llama3.2" }),
        new Agent({ name: "desk", model: says("Hi.") }),
      ],
    }),
    roundRobin({ members: [new Agent({ name: "desk", model: says("Hello.") }), scored(), desk] }),
    chosenByModel({ members: [new Agent({ name: "desk", model: says("Hello.") }), scored()], chooser: says("desk") }),
    plannedByModel({ members: [new Agent({ name: "desk", model: says("Hello.") }), scored()], planner: says("{}") }),
    debate({
      members: [new Agent({ name: "a", model: says("Yes.") }), scored()],
      judge: new Agent({ name: "judge", model: says("So be it.") }),
    }),
  ];
  expect(teams).toHaveLength(6);
  expect(await desk.stream({ messages: [{ role: "user", content: "Hi" }] }).fullText).toBe("Hello.");
});

test("a member of a hand-off is an agent: a team is refused by name", () => {
  const inner = roundRobin({ members: [scored()] });
  // @ts-expect-error A team has no tools of its own.
  expect(() => handOff({ members: [scored(), inner] })).toThrow(/members\[1\].*an agent, which a team is not/);
});

test("what an agent that is written in place gives back has the types of its signature", async () => {
  for await (const item of runBatch(scored(), [{ question: "How many?" }])) {
    if (item.status === "done") expectTypeOf(item.result.outputs).toEqualTypeOf<{ score: number }>();
  }
  for await (const item of runBatch(new Agent({ model: says("Hi.") }), ["Hello"])) {
    if (item.status === "done") expectTypeOf(item.result.outputs.response).toEqualTypeOf<string>();
    expect(item.status).toBe("done");
  }
  const answered = await new StreamingStrategy(1).execute(new Agent({ model: says("Hi.") }), "Hello");
  expect(answered.response).toBe("Hi.");
});

test("an agent and its node are the same node of a builder", async () => {
  const agent = () => new Agent({ name: "expert", model: says("11 km"), signature: signature("question -> answer") });
  for (const instance of [agent(), agent().toWorkflowNode()]) {
    const workflow = new WorkflowBuilder().addNodeInstance(instance).build();
    const { results } = await new LocalRuntime().execute(workflow, { parameters: { question: "How deep?" } });
    expect(results.expert).toMatchObject({ answer: "11 km" });
    await expect(new LocalRuntime().execute(workflow)).rejects.toThrow("expert.question");
  }
});
