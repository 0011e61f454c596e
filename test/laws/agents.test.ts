import { describe, expect, test } from "vitest";
import { Agent } from "../../src/agents/agent.js";
import { bufferMemory } from "../../src/agents/memory/conversation-memory.js";
import { observability } from "../../src/agents/observability/observability.js";
import { signature } from "../../src/agents/signature/signature.js";
import { fallbackStrategy } from "../../src/agents/strategies/fallback-strategy.js";
import { multiCycle } from "../../src/agents/strategies/multi-cycle.js";
import { singleShot } from "../../src/agents/strategies/single-shot.js";
import { chosenByModel } from "../../src/agents/teams/chosen.js";
import { handOff } from "../../src/agents/teams/hand-off.js";
import { plannedByModel } from "../../src/agents/teams/planned.js";
import { debate, roundRobin } from "../../src/agents/teams/round-robin.js";
import { pii } from "../../src/guards/pii/pii.js";
import { defineModel } from "../../src/models/define-model.js";
import type { ChatEvent } from "../../src/stream/chat-event.js";
import type { ChatModel } from "../../src/stream/chat-model.js";
import { textOf } from "../../src/stream/message.js";
import { tool } from "../../src/tools/tool.js";
import { PlayedModel } from "../agents/played-model.js";
import { collect } from "../support/collect.js";
import { modelLaws } from "./model-laws.js";

const THREE = ["one ", "two ", "three"];
const says = (id: string, words: readonly string[] = THREE): ChatModel =>
  defineModel({
    id,
    *stream() {
      yield* words;
    },
  });
/** Calls a tool in its first answer of a turn, and speaks in the second. */
const calling = (id: string, name: string): ChatModel =>
  defineModel({
    id,
    *stream({ messages }) {
      if (messages.at(-1)?.role === "tool") yield* THREE;
      else yield { type: "tool-call", callId: `to-${name}`, name, input: { task: "x" } };
    },
  });
const task = signature("task -> result");
const look = tool({ name: "look", input: { type: "object" }, run: () => "seen" });
const quiet = { telemetry: {}, writeLog: () => {}, writeAudit: () => {} };

modelLaws("an agent", () => ({ model: new Agent({ model: says("m"), instructions: "Speak." }).asModel() }));
modelLaws("an agent with all that stands before its model", () => {
  const agent = new Agent({
    model: calling("m", "look"),
    tools: [look],
    plan: true,
    toolSearch: true,
    guards: [pii()],
    hooks: { beforeModel: ({ request }) => request, onEvent: () => {} },
    observe: observability({
      enableTracing: true,
      enableMetrics: true,
      enableLogging: true,
      enableAudit: true,
      ...quiet,
    }),
  });
  return { model: agent.asModel() };
});
modelLaws("an agent of several cycles", () => {
  const strategy = multiCycle({ maxCycles: 2, converged: () => false });
  return { model: new Agent({ model: says("m"), strategy }).asModel() };
});
modelLaws("an agent with a fallback", () => {
  const strategy = fallbackStrategy([multiCycle({ maxCycles: 1 }), singleShot()]);
  return { model: new Agent({ model: says("m"), strategy }).asModel() };
});
modelLaws("an agent in an agent in an agent", () => ({ model: nest(says("innermost")).asModel() }));
const named = (name: string) => new Agent({ name, description: name, model: says(name) });
modelLaws("a team that speaks in turn", () => ({ model: roundRobin({ members: [named("a"), named("b")] }) }));
modelLaws("a team that plans", () => ({
  model: plannedByModel({
    members: [named("a"), named("b")],
    planner: says("planner", ['{"tasks":[{"agent":"a","task":"Begin."}]}', "done"]),
  }),
}));
modelLaws("a debate", () => ({ model: debate({ members: [named("a"), named("b")], judge: named("c") }) }));
modelLaws("a team whose speaker a model chooses", () => ({
  model: chosenByModel({ members: [named("a"), named("b")], chooser: says("chooser", ["a"]) }),
}));
modelLaws("agents that hand over", () => {
  const first = new Agent({ name: "a", model: calling("m", "hand_over_to_b") });
  return { model: handOff({ members: [first, named("b")] }) };
});

function nest(model: ChatModel): Agent {
  const third = new Agent({ name: "third", model, signature: task, tools: [look] });
  const second = new Agent({ name: "second", model: calling("m2", "third"), signature: task, tools: [third.asTool()] });
  const first = new Agent({ name: "first", model: calling("m1", "second"), signature: task, tools: [second.asTool()] });
  return new Agent({ model: calling("m0", "first"), tools: [first.asTool()] });
}

/** The events three agents down. */
const deep = (events: readonly ChatEvent[]) =>
  events.flatMap((event) => {
    let inner = event;
    let depth = 0;
    for (; inner.type === "nested"; depth++) inner = inner.event;
    return depth === 3 ? [inner] : [];
  });
const call: ChatEvent = { type: "tool-call", callId: "l", name: "look", input: {} };
const speech = (text: string): ChatEvent => ({ type: "text-delta", text });

describe("three agents down", () => {
  test("each stream is lawful by itself, and its output is no part of the answer", async () => {
    const stream = nest(new PlayedModel("p", [[speech("Look. "), call], [speech("Deep.")]])).stream("Go.").stream;
    const inner = deep(await collect(stream));
    expect(inner[0]?.type).toBe("start");
    expect(inner.filter(({ type }) => type === "finish")).toHaveLength(1);
    expect(inner.at(-1)?.type).toBe("finish");
    expect(inner.flatMap((event) => (event.type === "text-delta" ? [event.text] : [])).join("")).toBe("Look. Deep.");
    expect(await stream.fullText).toBe("one two three");
    // The model below is asked twice, with 1 + 1 tokens each time; the others do not count.
    expect(await stream.usage).toMatchObject({ inputTokens: 2, outputTokens: 2 });
  });

  test("what is retracted there is void there alone", async () => {
    const retract: ChatEvent = { type: "retract", reason: "again" };
    const stream = nest(new PlayedModel("p", [[speech("Wrong."), retract, speech("Right.")]])).stream("Go.").stream;
    const events = await collect(stream);
    expect(deep(events).some(({ type }) => type === "retract")).toBe(true);
    expect(events.some(({ type }) => type === "retract")).toBe(false);
    const [third] = events
      .flatMap((event) => (event.type === "nested" && event.event.type === "nested" ? [event.event] : []))
      .flatMap(({ event }) => (event.type === "tool-result" && event.name === "third" ? [event.output] : []));
    expect(third).toBe("Right.");
  });

  test.each([0, 1, 2, 3, 5, 8])("leaving after %i events there closes its model", async (count) => {
    const model = new PlayedModel("p", [
      [speech("a"), speech("b"), call],
      [speech("c"), speech("d")],
    ]);
    const stream = nest(model).stream("Go.").stream;
    const seen: ChatEvent[] = [];
    for await (const event of stream) {
      seen.push(event);
      if (deep(seen).length > count) break;
    }
    await expect.poll(() => model.open).toBe(0);
    expect(await stream.usage).toBeTypeOf("object");
  });
});

test("a thousand sessions that are interleaved event by event stay what they are", async () => {
  const model = defineModel({
    id: "m",
    *stream({ messages }) {
      const said = messages.filter(({ role }) => role === "user").map(textOf);
      if (messages.at(-1)?.role !== "tool")
        yield { type: "tool-call", callId: "c", name: "echo", input: { said: said.at(-1) ?? "" } };
      else yield* said.map((one) => `${one};`);
    },
  });
  const echo = tool({ name: "echo", input: { type: "object" }, run: ({ said }) => said });
  const memory = bufferMemory({ maxOpen: 2_000 });
  const agent = new Agent({ model, memory, tools: [echo] });
  const ids = Array.from({ length: 1_000 }, (_, index) => `s${index}`);
  for (const turn of ["first", "second"]) {
    const running = ids.map((sessionId) => {
      const { stream } = agent.stream(`${turn} of ${sessionId}`, { sessionId });
      return { sessionId, reader: stream[Symbol.asyncIterator](), text: "", results: [] as unknown[] };
    });
    // One event of each, and again: whatever they share would show.
    for (let left = running; left.length > 0; ) {
      const nexts = await Promise.all(left.map(async (one) => ({ one, next: await one.reader.next() })));
      left = nexts.flatMap(({ one, next }) => {
        if (next.done) return [];
        if (next.value.type === "text-delta") one.text += next.value.text;
        if (next.value.type === "tool-result") one.results.push(next.value.output);
        return [one];
      });
    }
    for (const { sessionId, text, results } of running) {
      const all = turn === "first" ? ["first"] : ["first", "second"];
      expect(text).toBe(all.map((one) => `${one} of ${sessionId};`).join(""));
      expect(results).toEqual([`${turn} of ${sessionId}`]);
    }
  }
});
