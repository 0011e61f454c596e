import { expect, test } from "vitest";
import { collect } from "../../../test/support/collect.js";
import { defineModel } from "../../models/define-model.js";
import { scripted } from "../../models/scripted.js";
import { SluiceError } from "../../stream/error.js";
import { openRequests } from "../../tools/history.js";
import { answer, responseMessage } from "../../tools/input-response.js";
import { Agent } from "../agent.js";
import { bufferMemory } from "../memory/conversation-memory.js";
import { fallbackStrategy } from "./fallback-strategy.js";
import { humanInTheLoop } from "./human-in-the-loop.js";
import { multiCycle } from "./multi-cycle.js";
import { runBatch } from "./parallel-batch.js";
import { singleShot } from "./single-shot.js";
import type { AgentStrategy } from "./strategy.js";

test("cycles stream as steps until the answer converges, and the last one is the answer", async () => {
  const model = scripted([["one"], ["two"], ["three"]]);
  const agent = new Agent({
    model,
    strategy: multiCycle({ converged: ({ text }) => text === "two", prompt: "Again." }),
  });
  const run = agent.stream("Go.");
  const steps = (await collect(run.stream)).filter(({ type }) => type === "step-start");
  expect(steps).toMatchObject([{ step: 0 }, { step: 1 }]);
  expect(await run.outputs).toEqual({ response: "two" });
  expect(model.requests[1]?.messages).toEqual([
    { role: "user", content: "Go." },
    { role: "assistant", content: [{ type: "text", text: "one" }] },
    { role: "user", content: "Again." },
  ]);
  const never = new Agent({ model: scripted([["a"], ["b"]]), strategy: multiCycle({ maxCycles: 2 }) });
  expect(await never.chat("Go.")).toBe("b");
});

test("a strategy that fails is followed by the next, and both are named when all fail", async () => {
  const failing = (name: string): AgentStrategy => ({
    name,
    apply: () => scripted([[{ throw: new SluiceError("overloaded", `${name} is tired`) }]]),
  });
  const agent = new Agent({ model: scripted([["Hi."]]), strategy: fallbackStrategy([failing("a"), singleShot()]) });
  const events = await collect(agent.stream("Go.").stream);
  expect(events).toContainEqual(
    expect.objectContaining({
      name: "fallback/model",
      value: expect.objectContaining({ from: "a", to: "single-shot" }),
    }),
  );
  const none = new Agent({ model: scripted([]), strategy: fallbackStrategy([failing("a"), failing("b")]) });
  await expect(none.chat("Go.")).rejects.toThrow(/b is tired.*a is tired/);
  expect(() => fallbackStrategy([])).toThrow("at least one strategy");
  const models: unknown = [scripted([["A"]])];
  expect(() => fallbackStrategy(models as readonly AgentStrategy[])).toThrow(/^strategies\[0\].*a strategy/);
});

test("a person approves, edits or rejects an answer while the run goes on", async () => {
  const live = (decisions: object[], scripts: string[][]) => {
    const model = scripted(scripts);
    const strategy = humanInTheLoop({ onInput: ({ id }) => answer(id, decisions.shift() as never) });
    return { model, agent: new Agent({ model, strategy }) };
  };
  expect(await live([{ decision: "approve" }], [["Draft."]]).agent.chat("Go.")).toBe("Draft.");
  expect(await live([{ decision: "edit", text: "Better." }], [["Draft."]]).agent.chat("Go.")).toBe("Better.");
  const again = live(
    [{ decision: "reject", text: "too short" }, { decision: "approve" }],
    [["No."], ["No, thank you."]],
  );
  expect(await again.agent.chat("Go.")).toBe("No, thank you.");
  expect(again.model.requests[1]?.messages).toEqual([
    { role: "user", content: "Go." },
    { role: "assistant", content: "No." },
    { role: "user", content: "This answer was rejected: too short. Answer again." },
  ]);
});

test("a person answers later, in another process", async () => {
  const memory = bufferMemory();
  const make = (scripts: string[][]) => new Agent({ model: scripted(scripts), strategy: humanInTheLoop(), memory });
  await expect(make([["Draft."]]).chat("Go.")).rejects.toMatchObject({ code: "input-required" });
  const [request] = openRequests(await memory.messages("default"));
  expect(request).toMatchObject({ kind: "question", message: "Is this answer right?\n\nDraft." });
  const decision = responseMessage(answer(request?.id ?? "", { decision: "approve" }));
  expect(await make([]).chat(decision)).toBe("Draft.");
});

test("a batch keeps the order, its bound and its failures, takes items as it runs them, and stops when it is left", async () => {
  let running = 0;
  let most = 0;
  let taken = 0;
  const model = defineModel({
    id: "m",
    async *stream({ messages }) {
      most = Math.max(most, ++running);
      await new Promise(setImmediate);
      running--;
      if (messages[0]?.content === "3") throw new SluiceError("overloaded", "three");
      yield `done ${messages[0]?.content}`;
    },
  });
  const agent = new Agent({ model });
  const items = function* () {
    for (;;) yield String(++taken);
  };
  const seen: string[] = [];
  for await (const item of runBatch(agent, items(), { concurrency: 2 })) {
    seen.push(item.status === "done" ? item.result.text : item.error.code);
    if (item.index === 4) break;
  }
  expect(seen).toEqual(["done 1", "done 2", "overloaded", "done 4", "done 5"]);
  expect(most).toBe(2);
  expect(taken).toBeLessThanOrEqual(7);
  const strict = runBatch(agent, ["3"], { failFast: true });
  await expect(strict.next()).rejects.toMatchObject({ code: "overloaded" });
  expect(await collect(runBatch(agent, []))).toEqual([]);
});
