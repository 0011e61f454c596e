import { expect, test } from "vitest";
import { Agent } from "../../src/agents/agent.js";
import { bufferMemory } from "../../src/agents/memory/conversation-memory.js";
import { signature } from "../../src/agents/signature/signature.js";
import { scripted } from "../../src/models/scripted.js";
import type { ChatMessage } from "../../src/stream/message.js";
import { openRequests } from "../../src/tools/history.js";
import { answer, approve, responseMessage } from "../../src/tools/input-response.js";
import { tool } from "../../src/tools/tool.js";
import { deferred } from "../support/deferred.js";
import { failure } from "../support/failure.js";
import { call } from "../support/tool-events.js";

/** What users of other agents reported, tried here. */

const SESSION = { sessionId: "s" };
const input = { type: "object" };

/** Has everything approved or answered, one request after the other, each in a turn of its own; returns the last answer. */
async function answered(agent: Agent, messages: () => Promise<readonly ChatMessage[]>): Promise<string> {
  for (;;) {
    const [request] = openRequests(await messages());
    if (request === undefined) throw new Error("nothing waits");
    const response = request.kind === "approval" ? approve(request.id) : answer(request.id, { v: request.id });
    const said = await agent.chat(responseMessage(response), SESSION).catch(() => undefined);
    if (said !== undefined) return said;
  }
}

// pydantic/pydantic-ai#7977, nanocoai/nanoclaw#1219: a run that was left while its tool ran is followed by another question.
test("a turn that is cancelled while a tool runs is no hindrance to the next", async () => {
  const started = deferred<void>();
  const endless = tool({
    name: "endless",
    input,
    run: (_, { signal }) => {
      started.resolve();
      return new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
    },
  });
  const memory = bufferMemory();
  const model = scripted([[call("a", "endless")], ["Here I am."]]);
  const agent = new Agent({ model, tools: [endless], memory });
  const stop = new AbortController();
  const left = failure(agent.chat("Go.", { ...SESSION, signal: stop.signal }));
  await started.promise;
  stop.abort();
  expect(await left).toMatchObject({ code: "cancelled" });
  expect(await agent.chat("Are you there?", SESSION)).toBe("Here I am.");
});

// pydantic/pydantic-ai#7818, langchain-ai/langgraph#6663: an answer of another kind, to nobody's question, or for a second time.
test("an approval is answered by an approval, by its id and once", async () => {
  let runs = 0;
  const remove = tool({ name: "remove", input, approval: true, run: () => ++runs });
  const memory = bufferMemory();
  const agent = new Agent({ model: scripted([[call("a", "remove")], ["Done."]]), tools: [remove], memory });
  expect(await failure(agent.chat("Go.", SESSION))).toMatchObject({ code: "input-required" });
  const id = openRequests(await memory.messages("s"))[0]?.id ?? "";
  for (const wrong of [answer(id, 1), approve("another")])
    expect(await failure(agent.chat(responseMessage(wrong), SESSION))).toMatchObject({ code: "invalid-argument" });
  expect(await agent.chat(responseMessage(approve(id)), SESSION)).toBe("Done.");
  expect(await failure(agent.chat(responseMessage(approve(id)), SESSION))).toMatchObject({ code: "invalid-argument" });
  expect(runs).toBe(1);
});

// langchain-ai/langgraph#6533, #6534, #5952: questions side by side, two of them of one tool, each get their own answer, once.
test("questions of calls side by side have ids of their own, and what was answered is not asked again", async () => {
  const heard: unknown[] = [];
  const asking = tool({
    name: "asking",
    input,
    async run(_, context) {
      const said = await context.ask({ message: context.callId, schema: { type: "object" } });
      heard.push([context.callId, said]);
      return said;
    },
  });
  const memory = bufferMemory();
  const model = scripted([[call("a", "asking"), call("b", "asking"), call("c", "asking")], ["Done."]]);
  const agent = new Agent({ model, tools: [asking], memory });
  await failure(agent.chat("Go.", SESSION));
  expect(await answered(agent, () => memory.messages("s"))).toBe("Done.");
  expect(heard).toEqual(["a", "b", "c"].map((id) => [id, { v: id }]));
});

// anthropics/claude-code#76204, #27203; anthropics/claude-agent-sdk-typescript#384: approvals of agents inside, and of the outer one after them.
test("approvals reach the outer door from agents side by side, and from the outer agent once these are done", async () => {
  const ran: unknown[] = [];
  const pay = tool({ name: "pay", input, approval: true, run: (given) => ran.push(given) });
  const inner = (name: string) =>
    new Agent({
      name,
      model: scripted([[call("p", "pay", { by: name })], [`${name} is done.`]]),
      tools: [pay],
      signature: signature("task -> report"),
    }).asTool();
  const model = scripted([
    [call("1", "ann", { task: "t" }), call("2", "bob", { task: "t" })],
    [call("3", "pay", { by: "desk" })],
    ["All done."],
  ]);
  const memory = bufferMemory();
  const agent = new Agent({ model, tools: [inner("ann"), inner("bob"), pay], memory });
  await failure(agent.chat("Go.", SESSION));
  expect(await answered(agent, () => memory.messages("s"))).toBe("All done.");
  expect(ran).toEqual([{ by: "ann" }, { by: "bob" }, { by: "desk" }]);
});
