import { describe, expect, test } from "vitest";
import { deferred } from "../../test/support/deferred.js";
import { ManualClock } from "../../test/support/manual-clock.js";
import { type BudgetOptions, budget } from "../guards/budget/budget.js";
import { guard } from "../guards/guard.js";
import { type ScriptLine, scripted } from "../models/scripted.js";
import type { ChatEvent } from "../stream/chat-event.js";
import { tool } from "./tool.js";
import { withTools } from "./with-tools.js";

const request = { messages: [{ role: "user" as const, content: "Go." }] };
const call: ChatEvent = { type: "tool-call", callId: "1", name: "work", input: {} };
const usage = { type: "usage", usage: { inputTokens: 10, outputTokens: 5 } } as const;

/** A tool that runs until it is stopped, and says so. */
function endlessTool() {
  const stopped = deferred();
  const begun = deferred();
  const work = tool({
    name: "work",
    input: { type: "object" },
    run: (_, { signal }) => {
      begun.resolve();
      signal.addEventListener("abort", () => stopped.resolve());
      return new Promise(() => {});
    },
  });
  return { work, begun: begun.promise, stopped: stopped.promise };
}

async function read(answer: readonly ScriptLine[], wrap: "around" | "inside", options: BudgetOptions) {
  const model = scripted([answer, ["Again."]]);
  const { work, begun, stopped } = endlessTool();
  const limited = budget(options);
  const looped =
    wrap === "around" ? guard(withTools(model, [work]), limited) : withTools(guard(model, limited), [work]);
  const events: ChatEvent[] = [];
  const over = (async () => {
    for await (const event of looped.stream(request)) events.push(event);
  })();
  return { events, over, begun, stopped, model };
}

describe("a budget that is used up while a tool runs", () => {
  test("of time: the tool is stopped, and the end has the reason and the usage", async () => {
    const clock = new ManualClock();
    const { events, over, begun, stopped } = await read([call, usage], "around", { maxMs: 1_000, clock });
    await begun;
    await new Promise(setImmediate);
    clock.advance(1_000);
    await Promise.all([over, stopped]);
    expect(events.slice(-3)).toEqual([
      { type: "data", name: "guard/budget", value: { limit: "maxMs", allowed: 1_000, used: 1_000, estimated: false } },
      { type: "step-finish", step: 0, reason: "budget", usage: usage.usage },
      { type: "finish", reason: "budget", usage: usage.usage },
    ]);
  });

  const dear: BudgetOptions = { maxCost: 4, cost: ({ outputTokens = 0 }) => outputTokens };
  test.each(["around", "inside"] as const)(
    "of money, %s the loop: the same, and the model is not asked again",
    async (wrap) => {
      const { events, over, stopped, model } = await read([call, usage, "More."], wrap, dear);
      await Promise.all([over, stopped]);
      expect(events.filter(({ type }) => type === "data")).toMatchObject([{ value: { limit: "maxCost", used: 5 } }]);
      expect(events.slice(-2)).toEqual([
        { type: "step-finish", step: 0, reason: "budget", usage: usage.usage },
        { type: "finish", reason: "budget", usage: usage.usage },
      ]);
      expect(model.requests).toHaveLength(1);
    },
  );
});
