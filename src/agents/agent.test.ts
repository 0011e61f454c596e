import { expect, expectTypeOf, test } from "vitest";
import { collect } from "../../test/support/collect.js";
import { call } from "../../test/support/tool-events.js";
import { defineModel } from "../models/define-model.js";
import { type ScriptLine, scripted } from "../models/scripted.js";
import type { ChatRequest } from "../stream/chat-request.js";
import type { SluiceError } from "../stream/error.js";
import { textOf } from "../stream/message.js";
import { openRequests } from "../tools/history.js";
import { approve, responseMessage } from "../tools/input-response.js";
import { tool } from "../tools/tool.js";
import { withTools } from "../tools/with-tools.js";
import { Agent } from "./agent.js";
import type { AgentHooks } from "./agent-options.js";
import { bufferMemory } from "./memory/conversation-memory.js";
import { signature } from "./signature/signature.js";

const qa = signature("question, context? -> answer, confidence: number");
const spends = (inputTokens: number, outputTokens = 0): ScriptLine => ({
  type: "finish",
  reason: "stop",
  usage: { inputTokens, outputTokens },
});

test("one text output streams as text", async () => {
  const model = scripted([["Hello, ", "Ada."]]);
  const agent = new Agent({ model, instructions: "Be kind." });
  const run = agent.stream("I am Ada.");
  expect(await collect(run.text)).toEqual(["Hello, ", "Ada."]);
  expect(await run.outputs).toEqual({ response: "Hello, Ada." });
  expect(model.requests[0]?.messages).toEqual([
    { role: "system", content: "Be kind." },
    { role: "user", content: "I am Ada." },
  ]);
});

test("several outputs stream as a partial object, are checked, and have the signature's types", async () => {
  const model = scripted([['{"answer": "11 km", ', '"confidence": 0.9}']]);
  const agent = new Agent({ model, signature: qa });
  const run = agent.stream({ question: "How deep?", context: "The trench is 11 km deep." });
  expect((await collect(run.partials)).length).toBeGreaterThan(0);
  const outputs = await run.outputs;
  expectTypeOf(outputs).toMatchTypeOf<{ answer: string; confidence: number }>();
  expect(outputs).toEqual({ answer: "11 km", confidence: 0.9 });
  expect(model.requests[0]?.messages.at(-1)?.content).toBe(
    "question:\nHow deep?\n\ncontext:\nThe trench is 11 km deep.",
  );
  const wrong = new Agent({ model: scripted([['{"answer": 1}']]), signature: qa });
  await expect(wrong.run({ question: "?" })).rejects.toMatchObject({ code: "invalid-output" });
});

test.each<[string, unknown, string]>([
  ["a missing input", { context: "c" }, "question"],
  ["an unknown input", { question: "q", contxt: "c" }, "did you mean context?"],
  ["a wrong input", { question: 7 }, "question"],
])("%s is refused before the model is called", async (_, inputs, message) => {
  const model = scripted([]);
  const agent = new Agent({ model, signature: qa });
  await expect(agent.run(inputs as never)).rejects.toMatchObject({
    code: "invalid-argument",
    message: expect.stringContaining(message),
  });
  expect(model.requests).toEqual([]);
});

test.each<[string, object, string]>([
  ["a misspelt setting", { model: scripted([]), instruction: "x" }, "did you mean instructions?"],
  ["a misspelt limit", { model: scripted([]), limits: { maxStep: 1 } }, "did you mean maxSteps?"],
  ["a misspelt hook", { model: scripted([]), hooks: { onFinished: () => {} } }, "did you mean onFinish?"],
  ["no model", { model: {} }, "a chat model"],
  ["one tool without a list", { model: scripted([]), tools: tool({ name: "x", input: {} }) }, "an array of tools"],
  ["a text as a signature", { model: scripted([]), signature: "a -> b" }, "signature()"],
])("%s is refused when the agent is made", (_, options, message) => {
  expect(() => new Agent(options as never)).toThrow(message);
});

test("a session is remembered, others are not mixed up with it, and an interrupted turn is kept as that", async () => {
  const model = defineModel({
    id: "m",
    async *stream({ messages }) {
      const users = messages.filter(({ role }) => role === "user").map(({ content }) => content);
      yield `heard: ${users.join(", ")}`;
      if (users.at(-1) === "wait") await new Promise(() => {});
    },
  });
  const memory = bufferMemory();
  const agent = new Agent({ model, memory });
  const said = await Promise.all(["a", "b"].map((sessionId) => agent.chat(`I am ${sessionId}`, { sessionId })));
  expect(said).toEqual(["heard: I am a", "heard: I am b"]);
  expect(await agent.chat("again", { sessionId: "a" })).toBe("heard: I am a, again");
  for await (const _ of agent.stream("wait", { sessionId: "b" }).text) break;
  expect((await memory.messages("b")).map(({ role }) => role)).toEqual(["user", "assistant", "user", "assistant"]);
  expect(await agent.chat("well?", { sessionId: "b" })).toBe("heard: I am b, wait, well?");
  await agent.forget("b");
  expect(await agent.chat("who?", { sessionId: "b" })).toBe("heard: who?");
});

test("only one turn of a session runs at a time", async () => {
  const agent = new Agent({ model: scripted([["one"], ["two"]]), memory: bufferMemory() });
  const results = await Promise.allSettled([agent.chat("a"), agent.chat("b")]);
  expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected"]);
});

test("sessions that run at once stay apart", async () => {
  const model = defineModel({
    id: "m",
    async *stream({ messages }) {
      await new Promise(setImmediate);
      yield JSON.stringify(messages.map((message) => textOf(message)));
    },
  });
  const agent = new Agent({ model, memory: bufferMemory() });
  const ids = Array.from({ length: 100 }, (_, n) => `s${n}`);
  await Promise.all(ids.map((sessionId) => agent.chat(`${sessionId} first`, { sessionId })));
  const second = await Promise.all(ids.map((sessionId) => agent.chat(`${sessionId} second`, { sessionId })));
  second.forEach((text, n) => {
    expect(JSON.parse(text)).toEqual([`s${n} first`, `["s${n} first"]`, `s${n} second`]);
  });
});

test("hooks see every stage, change requests, and decide of tools", async () => {
  const stages: string[] = [];
  const ran: unknown[] = [];
  const work = tool({ name: "work", input: { type: "object" }, run: (input) => ran.push(input) });
  const model = scripted([[call("a", "work", { n: 1 }), call("b", "work", { n: 2 })], ["Done."]]);
  const hooks: AgentHooks = {
    onStart: ({ inputs }) => void stages.push(`start ${JSON.stringify(inputs)}`),
    beforeModel: ({ step, request }) => {
      stages.push(`model ${step}`);
      return { ...request, temperature: 0.5 };
    },
    beforeTool: ({ callId }) => (callId === "a" ? { deny: "not today" } : { input: { n: 9 } }),
    afterTool: ({ output }) => ({ output: `got ${output}` }),
    onEvent: ({ type }) => void (type === "tool-result" && stages.push(type)),
    onFinish: ({ reason, text }) => void stages.push(`finish ${reason} ${text}`),
  };
  await new Agent({ model, tools: [work], hooks }).chat("Go.");
  expect(stages).toEqual([
    'start {"message":"Go."}',
    "model 0",
    "tool-result",
    "tool-result",
    "model 1",
    "finish stop Done.",
  ]);
  expect(ran).toEqual([{ n: 9 }]);
  expect(model.requests[1]).toMatchObject({ temperature: 0.5 });
  expect(model.requests[1]?.messages.at(-1)?.content).toMatchObject([
    { isError: true, output: expect.stringContaining("not today") },
    { output: "got 1" },
  ]);
});

test("a hook sees and changes the results of tools that stream", async () => {
  const inner = new Agent({ name: "inner", model: scripted([["Inner."], ["Inner."], ["Inner."]]) });
  const make = (name: string, run: () => unknown) => tool({ name, input: { type: "object" }, run });
  const ask = { messages: [{ role: "user" as const, content: "Go." }] };
  const tools = [
    make("stream", () => inner.asModel().stream(ask)),
    make("run", () => inner.stream("Go.")),
    make("yields", async function* () {
      yield "halfway";
      return inner.asModel().stream(ask);
    }),
  ];
  const calls = tools.map(({ definition: { name } }) => ({
    type: "tool-call" as const,
    callId: name,
    name,
    input: {},
  }));
  const model = scripted([calls, ["Done."]]);
  const hooks = {
    afterTool: ({ name, output }: { name: string; output: unknown }) => ({ output: `${name}: ${output}` }),
  };
  const events = await collect(new Agent({ model, tools, hooks }).stream("Go.").stream);
  expect(
    events
      .flatMap((event) => (event.type === "tool-result" && event.output !== "halfway" ? [event.output] : []))
      .sort(),
  ).toEqual(["run: Inner.", "stream: Inner.", "yields: Inner."]);
  expect(events.filter(({ type }) => type === "nested").length).toBeGreaterThan(3);
});

test("a hook that fails ends the run, and leaving is reported as an error", async () => {
  const failing = new Agent({
    model: scripted([["x"]]),
    hooks: { beforeModel: () => Promise.reject(new Error("no")) },
  });
  await expect(failing.chat("Go.")).rejects.toThrow("no");
  const errors: SluiceError[] = [];
  const agent = new Agent({ model: scripted([["x", "y"]]), hooks: [{ onError: (error) => void errors.push(error) }] });
  for await (const _ of agent.stream("Go.").text) break;
  expect(errors.map(({ code }) => code)).toEqual(["cancelled"]);
});

test("prepareStep changes who answers, and stopWhen ends the run after a tool", async () => {
  const work = tool({ name: "work", input: { type: "object" }, run: () => "worked" });
  const first = scripted([[call("a", "work")]]);
  const second = scripted([["From the second."]]);
  const agent = new Agent({
    model: first,
    tools: [work],
    prepareStep: ({ step }) => (step === 1 ? { model: second } : undefined),
  });
  expect(await agent.chat("Go.")).toBe("From the second.");
  const stopped = new Agent({
    model: scripted([[call("a", "work")]]),
    tools: [work],
    stopWhen: ({ steps }) => steps === 1,
  });
  expect(await stopped.stream("Go.").stream.finishReason).toBe("stop");
});

test("a message put into a running turn reaches the next model call", async () => {
  const model = scripted([[call("a", "work")], ["Aye."]]);
  const work = tool({
    name: "work",
    input: { type: "object" },
    run: () => {
      agent.steer("Hurry up.");
      return "worked";
    },
  });
  const agent: Agent = new Agent({ model, tools: [work] });
  expect(await agent.chat("Go.")).toBe("Aye.");
  expect(model.requests[1]?.messages.at(-1)).toEqual({ role: "user", content: "Hurry up." });
});

test("limits hold for the whole run, agents inside it included", async () => {
  const inner = new Agent({
    name: "inner",
    model: scripted([["deep", spends(50)]]),
    signature: signature("task -> result"),
  });
  const outer = new Agent({
    model: scripted([[call("a", "inner", { task: "dig" }), spends(10)], ["never"]]),
    tools: [inner.asTool()],
    limits: { maxTotalTokens: 60 },
  });
  const run = outer.stream("Go.");
  expect(await run.stream.finishReason).toBe("budget");
  expect(await run.stream.usage).toMatchObject({ inputTokens: 60 });
  await expect(run.outputs).rejects.toMatchObject({ code: "incomplete-output" });
});

test("an agent is a tool, with its signature; its value is the result", async () => {
  const expert = new Agent({
    name: "expert",
    description: "knows everything",
    model: scripted([['{"answer":"42","confidence":1}']]),
    signature: qa,
  });
  expect(expert.asTool().definition).toMatchObject({ name: "expert", inputSchema: { required: ["question"] } });
  const outer = new Agent({
    model: scripted([[call("a", "expert", { question: "?" })], ["It is 42."]]),
    tools: [expert.asTool()],
  });
  const events = await collect(outer.stream("Ask.").stream);
  expect(events.find(({ type }) => type === "tool-result")).toMatchObject({ output: { answer: "42", confidence: 1 } });
  expect(events.some((event) => event.type === "nested" && event.from === "expert")).toBe(true);
});

test("an agent is a model", async () => {
  const agent = new Agent({ name: "bot", model: scripted([["Hi."]]), instructions: "Be brief." });
  const model = agent.asModel();
  expect(model.id).toBe("bot");
  expect(await model.stream({ messages: [{ role: "user", content: "Hello." }] }).fullText).toBe("Hi.");
  expect(
    await withTools(new Agent({ model: scripted([["x"]]) }).asModel(), []).stream({
      messages: [{ role: "user", content: "?" }],
    }).fullText,
  ).toBe("x");
});

test("an approval inside an agent inside an agent waits in the session, and is resumed there", async () => {
  const removed: string[] = [];
  const make = () => {
    const remove = tool({
      name: "remove",
      input: { type: "object" },
      approval: true,
      run: (_, { callId }) => {
        removed.push(callId);
        return "removed";
      },
    });
    const answering = (name: string) =>
      defineModel({
        id: name,
        *stream({ messages }: ChatRequest) {
          if (messages.at(-1)?.role === "tool") yield "Done.";
          else yield call(`to-${name}`, name, { task: "clean" });
        },
      });
    const task = signature("task -> result");
    const cleaner = new Agent({ name: "cleaner", model: answering("remove"), signature: task, tools: [remove] });
    const chief = new Agent({ name: "chief", model: answering("cleaner"), signature: task, tools: [cleaner.asTool()] });
    return new Agent({ model: answering("chief"), tools: [chief.asTool()], memory });
  };
  const memory = bufferMemory();
  await expect(make().chat("Clean.")).rejects.toMatchObject({ code: "input-required" });
  const [request] = openRequests(await memory.messages("default"));
  expect(request?.id).toBe("to-chief/to-cleaner/to-remove");
  expect(await make().chat(responseMessage(approve(request?.id ?? "")))).toBe("Done.");
  expect(removed).toEqual(["to-remove"]);
  await expect(make().chat(responseMessage(approve(request?.id ?? "")))).rejects.toMatchObject({
    code: "invalid-argument",
  });
  expect(removed).toEqual(["to-remove"]);
});

test("an agent is a step of a workflow", async () => {
  const agent = new Agent({ name: "writer", model: scripted([["A poem."]]), signature: signature("topic -> poem") });
  const node = agent.toWorkflowNode();
  expect(node).toMatchObject({ type: "writer", main: "poem", results: { poem: "The agent's poem." } });
  const read = (stream: AsyncIterable<unknown>) => collect(stream);
  const result = await node.run({
    inputs: { topic: "tides" },
    signal: new AbortController().signal,
    callContext: undefined,
    read,
  });
  expect(result).toEqual({ poem: "A poem." });
});

test("options of a run that are misspelt are refused before anything happens", () => {
  const agent = new Agent({ model: scripted([]) });
  expect(() => agent.stream("Hi", { sginal: AbortSignal.abort() } as never)).toThrow("did you mean signal?");
  expect(() => agent.stream("Hi", { session: "a" } as never)).toThrow("session: found");
});
