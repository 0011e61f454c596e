import fc from "fast-check";
import { expect, test } from "vitest";
import { collect } from "../../test/support/collect.js";
import type { ChatEvent } from "../stream/chat-event.js";
import { addUsage, type Usage } from "../stream/usage.js";
import { defineModel } from "./define-model.js";
import { scripted } from "./scripted.js";

const request = { messages: [{ role: "user" as const, content: "Hi" }] };
const usage = (outputTokens: number): Usage => ({ outputTokens });

/** A model that answers with everything that several others answer. */
function inRow(...scripts: (string | ChatEvent)[][]) {
  return defineModel({
    id: "row",
    async *stream(asked) {
      for (const script of scripts) yield* scripted([script], { id: "inner" }).stream(asked);
    },
  });
}

test("two whole answers become two steps; nothing of the second is lost", async () => {
  const stream = inRow(
    ["a", { type: "usage", usage: usage(2) }],
    ["b", { type: "finish", reason: "length", usage: usage(3) }],
  ).stream(request);
  const messages = stream.messages;
  const events = await collect(stream);
  expect(events.map(({ type }) => type)).toEqual([
    "start",
    "text-delta",
    "usage",
    "step-start",
    "step-finish",
    "step-start",
    "text-delta",
    "step-finish",
    "finish",
  ]);
  expect(events.at(-1)).toEqual({ type: "finish", reason: "length", usage: usage(5) });
  expect(events.filter((event) => event.type === "step-finish").map((event) => event.usage)).toEqual([
    usage(2),
    usage(3),
  ]);
  expect((await messages).map(({ content }) => content)).toEqual([
    [{ type: "text", text: "a" }],
    [{ type: "text", text: "b" }],
  ]);
});

test("steps of a later answer are counted on, and warnings of its start are kept", async () => {
  const step = (at: number, text: string): ChatEvent[] => [
    { type: "step-start", step: at, model: "m" },
    { type: "text-delta", text },
    { type: "step-finish", step: at, reason: "stop", usage: usage(1) },
  ];
  const warnings = [{ field: "topK", message: "not sent" }];
  const events = await collect(
    inRow(
      [...step(0, "a"), ...step(1, "b")],
      [{ type: "start", id: "2", model: "m", warnings }, ...step(0, "c")],
      ["d"],
    ).stream(request),
  );
  const starts = events.flatMap((event) => (event.type === "step-start" ? [event.step] : []));
  expect(starts).toEqual([0, 1, 2, 3]);
  expect(events.find((event) => event.type === "data")).toMatchObject({ name: "tool/warnings", value: warnings });
  expect(events.at(-1)).toMatchObject({ usage: usage(3) });
});

test("what follows a finish without a start of its own is not lost either", async () => {
  const model = defineModel({
    id: "m",
    *stream() {
      yield "a";
      yield { type: "finish", reason: "stop", usage: usage(1) };
      yield "b";
    },
  });
  expect(await model.stream(request).fullText).toBe("ab");
});

test("any answers in a row keep their texts and their usage", async () => {
  const answer = fc.record({
    texts: fc.array(fc.string({ minLength: 1, maxLength: 3 }), { maxLength: 3 }),
    tokens: fc.integer({ min: 0, max: 9 }),
    stepped: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(answer, { minLength: 1, maxLength: 5 }), async (answers) => {
      const scripts = answers.map(({ texts, tokens, stepped }): (string | ChatEvent)[] => {
        const told: ChatEvent = { type: "usage", usage: usage(tokens) };
        if (!stepped) return [...texts, told];
        const frame: ChatEvent = { type: "step-start", step: 4, model: "m" };
        return [frame, ...texts, told, { type: "step-finish", step: 4, reason: "stop", usage: usage(tokens) }];
      });
      const stream = inRow(...scripts).stream(request);
      const all = stream.usage;
      const events = await collect(stream);
      const text = events.map((event) => (event.type === "text-delta" ? event.text : "")).join("");
      expect(text).toBe(answers.flatMap(({ texts }) => texts).join(""));
      expect((await all).outputTokens).toBe(answers.reduce((sum, { tokens }) => sum + tokens, 0));
      if (answers.length === 1) return;
      const steps = events.flatMap((event) => (event.type === "step-finish" ? [event.usage] : []));
      expect(steps.reduce(addUsage, {}).outputTokens).toBe((await all).outputTokens);
    }),
    { numRuns: 60, seed: 10 },
  );
});

test("what a model of one's own yields is held to the form of an event", async () => {
  const model = defineModel({
    id: "m",
    *stream() {
      yield "a";
      yield JSON.parse('{"type":"usage"}');
    },
  });
  const stream = model.stream(request);
  await expect(stream.usage).rejects.toMatchObject({ code: "protocol" });
});

test("a call that a model of one's own says twice is one, unless it was taken back", async () => {
  const call = { type: "tool-call", callId: "1", name: "look", input: { a: 1 } } as const;
  const model = defineModel({
    id: "m",
    *stream() {
      yield call;
      yield { ...call, input: { a: 1 } };
      yield { type: "retract", reason: "again" };
      yield call;
      yield { ...call, input: { a: 2 } };
    },
  });
  const events = await collect(model.stream(request));
  expect(events.map((event) => (event.type === "tool-call" ? event.input : event.type))).toEqual([
    "start",
    { a: 1 },
    "retract",
    { a: 1 },
    { a: 2 },
    "finish",
  ]);
});
