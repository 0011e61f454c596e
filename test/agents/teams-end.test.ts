import fc from "fast-check";
import { expect, test } from "vitest";
import { Agent } from "../../src/agents/agent.js";
import { multiCycle } from "../../src/agents/strategies/multi-cycle.js";
import { chosenByModel } from "../../src/agents/teams/chosen.js";
import { handOff } from "../../src/agents/teams/hand-off.js";
import { plannedByModel } from "../../src/agents/teams/planned.js";
import { debate, roundRobin } from "../../src/agents/teams/round-robin.js";
import { defineModel } from "../../src/models/define-model.js";
import type { ChatEvent } from "../../src/stream/chat-event.js";
import type { ChatModel } from "../../src/stream/chat-model.js";
import { SluiceError } from "../../src/stream/error.js";
import { tool } from "../../src/tools/tool.js";
import { collect } from "../support/collect.js";

const NAMES = ["a", "b", "c"];
type Move = { kind: "say" | "hand" | "tool" | "fail"; to: string };
const move = fc.record({
  kind: fc.constantFrom<Move["kind"]>("say", "say", "hand", "hand", "tool", "fail"),
  to: fc.constantFrom(...NAMES, "nobody"),
});

/** Never comes to an end by itself: its moves come round again. */
function restless(moves: readonly Move[]): ChatModel {
  let at = 0;
  return defineModel({
    id: "restless",
    *stream(): Generator<string | ChatEvent> {
      const { kind, to } = moves[at++ % moves.length] ?? { kind: "say", to: "" };
      const callId = `call-${at}`;
      if (kind === "fail") throw new SluiceError("overloaded", "busy");
      if (kind === "hand") yield { type: "tool-call", callId, name: `hand_over_to_${to}`, input: {} };
      else if (kind === "tool") yield { type: "tool-call", callId, name: "look", input: {} };
      else yield `${to}. `;
    },
  });
}
/** Plans a task for each move, and then answers. */
function planning(moves: readonly Move[]): ChatModel {
  const tasks = moves.filter(({ to }) => NAMES.includes(to)).map(({ to }) => ({ agent: to, task: "x" }));
  let planned = false;
  return defineModel({
    id: "planning",
    *stream() {
      yield planned ? "Done." : JSON.stringify({ tasks });
      planned = true;
    },
  });
}
const look = tool({ name: "look", input: { type: "object" }, run: () => "seen" });
const teamOf = fc.record({
  moves: fc.array(fc.array(move, { minLength: 1, maxLength: 4 }), { minLength: 3, maxLength: 3 }),
  kind: fc.constantFrom("hand-off", "round robin", "debate", "chosen", "planned", "cycles", "team in a team"),
  most: fc.integer({ min: 1, max: 4 }),
});

test("whatever its members do, a team ends, within its turns and their steps", async () => {
  const ended = new Map<string, number>();
  await fc.assert(
    fc.asyncProperty(teamOf, async ({ moves, kind, most }) => {
      const limits = { maxSteps: 3 };
      const members = NAMES.map(
        (name, index) => new Agent({ name, model: restless(moves[index] ?? []), tools: [look], limits }),
      );
      const [first, second, third] = members as [Agent, Agent, Agent];
      const never = () => false;
      const inner = roundRobin({ members: [first, second], rounds: most, done: never, name: "inner" });
      const [team, turns] = (
        {
          "hand-off": () => [handOff({ members, maxHandOffs: most }), most + 1],
          "round robin": () => [roundRobin({ members, rounds: most, done: never }), 3 * most],
          debate: () => [debate({ members: [first, second], judge: third, rounds: most }), 2 * most + 1],
          chosen: () => [chosenByModel({ members, chooser: restless(moves[0] ?? []), maxTurns: most }), most],
          planned: () => [
            plannedByModel({ members, planner: planning(moves.flat().slice(0, most)), maxTasks: most }),
            most + 1,
          ],
          cycles: () => [
            new Agent({
              model: restless(moves[0] ?? []),
              tools: [look],
              limits,
              strategy: multiCycle({ maxCycles: most, converged: never }),
            }).asModel(),
            most,
          ],
          "team in a team": () => [roundRobin({ members: [inner, third], rounds: most }), most * (2 * most + 1)],
        } as Record<string, () => [ChatModel, number]>
      )[kind]?.() ?? [first.asModel(), 1];
      try {
        const events = await collect(team.stream({ messages: [{ role: "user", content: "Go." }] }));
        expect(events.at(-1)?.type).toBe("finish");
        expect(events.filter(({ type }) => type === "finish")).toHaveLength(1);
        expect(events.filter(({ type }) => type === "step-start").length).toBeLessThanOrEqual(turns * limits.maxSteps);
        ended.set(kind, (ended.get(kind) ?? 0) + 1);
      } catch (thrown) {
        if (!(thrown instanceof SluiceError)) throw thrown;
        expect(["overloaded", "invalid-output"]).toContain(thrown.code);
      }
    }),
    { numRuns: 200 },
  );
  expect(ended.size).toBe(7);
});
