import fc from "fast-check";
import { expect, test } from "vitest";
import { collect } from "../../test/support/collect.js";
import { scripted } from "../models/scripted.js";
import type { ChatEvent } from "../stream/chat-event.js";
import { tool } from "./tool.js";
import { withTools } from "./with-tools.js";

/** A model call of a random conversation: texts and calls, and how long each call's tool takes, in turns of the loop. */
const step = fc.array(
  fc.oneof(
    fc.record({ text: fc.string({ minLength: 1, maxLength: 5 }) }),
    fc.record({ turns: fc.nat(4), reports: fc.nat(3), fails: fc.boolean() }),
  ),
  { minLength: 1, maxLength: 6 },
);

test("whenever tools are done, every call has one result, and the model is sent the same", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 3 }), fc.boolean(), async (steps, hurried) => {
      const work = tool({
        name: "work",
        input: { type: "object" },
        async *run({ turns, reports, fails }, { callId }) {
          for (let i = 0; i < Number(reports); i++) yield i;
          if (!hurried) for (let i = 0; i < Number(turns); i++) await new Promise(setImmediate);
          if (fails) throw new Error(`${callId} failed`);
          return `${callId} ran`;
        },
      });
      const scripts = steps.map((lines, n) => lines.map((line, i) => asEvent(line, `${n}.${i}`)));
      const model = scripted([...scripts, ["The end."]]);
      const stream = withTools(model, [work], { concurrency: 3 }).stream({
        messages: [{ role: "user", content: "Go." }],
      });
      const events = await collect(stream);

      expectFramed(events);
      const calls = events.flatMap((event, at) => (event.type === "tool-call" ? [{ ...event, at }] : []));
      for (const { callId, at } of calls) {
        const own = events.flatMap((event, i) =>
          event.type === "tool-result" && event.callId === callId ? [{ event, i }] : [],
        );
        expect(own.every(({ i }) => i > at)).toBe(true);
        expect(own.filter(({ event }) => event.preliminary === undefined)).toHaveLength(1);
        expect(own.at(-1)?.event.preliminary).toBeUndefined();
      }
      // What is sent next is what the stream's messages say, and does not depend on who was done first.
      const messages = [{ role: "user", content: "Go." }, ...(await stream.messages)];
      for (const [n, request] of model.requests.entries()) {
        expect(request.messages).toEqual(messages.slice(0, request.messages.length));
        const results = request.messages.at(-1)?.content;
        if (n > 0) expect(results).toEqual(expectedResults(scripts[n - 1] ?? []));
      }
    }),
    { numRuns: 60 },
  );
});

function asEvent(
  line: { text: string } | { turns: number; reports: number; fails: boolean },
  callId: string,
): ChatEvent {
  if ("text" in line) return { type: "text-delta", text: line.text };
  return { type: "tool-call", callId, name: "work", input: line };
}

function expectedResults(script: readonly ChatEvent[]): unknown {
  return script.flatMap((event) => {
    if (event.type !== "tool-call") return [];
    const { callId, name, input } = event;
    const failed = typeof input === "object" && input !== null && "fails" in input && input.fails === true;
    const output = failed ? `${callId} failed` : `${callId} ran`;
    return [{ type: "tool-result", callId, name, output, ...(failed && { isError: true }) }];
  });
}

/** Start, steps that do not overlap, finish. */
function expectFramed(events: readonly ChatEvent[]): void {
  const frame = events.filter(({ type }) => ["start", "step-start", "step-finish", "finish"].includes(type));
  expect(frame[0]?.type).toBe("start");
  expect(frame.at(-1)?.type).toBe("finish");
  const steps = frame
    .slice(1, -1)
    .map((event) => (event.type === "step-start" || event.type === "step-finish" ? event.step : -1));
  expect(steps).toEqual(Array.from(steps, (_, i) => Math.floor(i / 2)));
}
