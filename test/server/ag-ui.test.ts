import { HttpAgent } from "@ag-ui/client";
import { afterAll, beforeAll, expect, test } from "vitest";
import { defineModel } from "../../src/models/define-model.js";
import { deferred } from "../support/deferred.js";
import { type Serving, serve } from "./serve.js";

let gate = deferred();
let left = deferred();
let paused = deferred();

const waiting = defineModel({
  id: "waiting",
  async *stream(_, { signal }) {
    signal.addEventListener("abort", () => left.resolve());
    yield { type: "reasoning-delta", text: "Hm." };
    yield { type: "tool-call", callId: "c", name: "clock", input: { zone: "CET" } };
    yield { type: "tool-result", callId: "c", name: "clock", output: { time: "noon" } };
    yield "one ";
    paused.resolve();
    await gate.promise;
    yield "two";
    yield { type: "usage", usage: { inputTokens: 3, outputTokens: 2 } };
  },
});

let serving: Serving;
beforeAll(async () => {
  serving = await serve({ models: { waiting } });
});
afterAll(() => serving.close());

/** The client with its rules for the order of events; what it received is its messages. */
function agentOf(path: string, threadId: string): HttpAgent {
  const agent = new HttpAgent({ url: serving.url + path, threadId });
  agent.setMessages([{ id: "u", role: "user", content: "Hi" }]);
  return agent;
}

const textIn = (agent: HttpAgent) => agent.messages.findLast(({ role }) => role === "assistant")?.content;

test.each(["/ag-ui", "/ag-ui/waiting"])(
  "AG-UI's client reads a run at %s: reasoning, a tool that ran here, text",
  async (path) => {
    gate.resolve();
    const agent = agentOf(path, `plain${path}`);
    await agent.runAgent();
    expect(agent.messages.map(({ role }) => role)).toEqual(["user", "reasoning", "assistant", "tool", "assistant"]);
    expect(textIn(agent)).toBe("one two");
    expect(agent.messages.find(({ role }) => role === "tool")).toMatchObject({
      toolCallId: "c",
      content: '{"time":"noon"}',
    });
  },
);

test("a run outlives its client, which joins it again and has all of it", async () => {
  [gate, paused] = [deferred(), deferred()];
  const dropped = agentOf("/ag-ui", "dropped");
  const running = dropped.runAgent();
  await paused.promise;
  dropped.abortRun();
  await running.catch(() => {});
  const again = agentOf("/ag-ui/connect", "dropped");
  const joining = again.runAgent();
  gate.resolve();
  await joining;
  expect(textIn(again)).toBe("one two");
});

test("a run is stopped by its thread; its readers are told that it was cancelled", async () => {
  [gate, left, paused] = [deferred(), deferred(), deferred()];
  const agent = agentOf("/ag-ui", "stopped");
  const outcomes: unknown[] = [];
  const running = agent.runAgent({}, { onRunFinishedEvent: ({ event }) => void outcomes.push(event.outcome) });
  await paused.promise;
  const stop = await fetch(`${serving.url}/ag-ui/stop`, {
    method: "POST",
    body: JSON.stringify({ threadId: "stopped" }),
  });
  expect(await stop.json()).toEqual({ stopped: true });
  await left.promise;
  await running;
  expect(outcomes).toEqual([{ type: "cancelled" }]);
});

test("a thread without a message is an empty stream, an unknown model an error", async () => {
  const post = (path: string, body: object) =>
    fetch(serving.url + path, { method: "POST", body: JSON.stringify(body) });
  expect(await (await post("/ag-ui/connect", { threadId: "none" })).text()).toBe("");
  const unknown = await post("/ag-ui/waitng", { threadId: "t", runId: "r", messages: [], tools: [], context: [] });
  expect([unknown.status, await unknown.text()]).toEqual([404, expect.stringContaining("did you mean waiting?")]);
});
