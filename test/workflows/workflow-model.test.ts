import { expect, test } from "vitest";
import { generate } from "../../src/chat/generate.js";
import { defineModel } from "../../src/models/define-model.js";
import { scripted } from "../../src/models/scripted.js";
import type { ChatEvent } from "../../src/stream/chat-event.js";
import type { ChatMessage } from "../../src/stream/message.js";
import { loadWorkflow } from "../../src/workflows/workflow.js";
import { collect } from "../support/collect.js";
import { deferred } from "../support/deferred.js";
import { failure } from "../support/failure.js";

const chat = { id: "chat", type: "llm_chat", config: { stream: true }, inputs: { message: "About {topic}" } };
const answer = { id: "answer", type: "output", inputs: { text: { from_step: "chat", field: "response" } } };

test("what the user says is the input, and the answer streams while the step still speaks", async () => {
  const more = deferred();
  const model = defineModel({
    id: "slow",
    async *stream() {
      yield "One ";
      await more.promise;
      yield "two.";
    },
  });
  const workflow = await loadWorkflow({ name: "w", inputs: ["topic"], steps: [chat, answer] }, { model });
  const stream = workflow.asModel().stream({ messages: [{ role: "user", content: "sluices" }] });
  const events: ChatEvent[] = [];
  for await (const event of stream) {
    events.push(event);
    // The second word comes only after the first was heard as part of the answer.
    if (event.type === "text-delta" && event.text === "One ") more.resolve();
  }
  expect(events[0]).toMatchObject({ type: "start", model: "workflow/w" });
  const nested = events.flatMap((event) =>
    event.type === "nested" && event.from === "chat" ? [event.event.type] : [],
  );
  expect(nested).toEqual(["start", "text-delta", "text-delta", "finish"]);
  expect(await stream.fullText).toBe("One two.");
});

test("the answer is that of the last step where no step is an output", async () => {
  const model = scripted([["a"], ["b", "c"]]);
  const second = { ...chat, id: "second", inputs: { message: { from_step: "chat" } } };
  const workflow = await loadWorkflow({ inputs: ["topic"], steps: [chat, second] }, { model });
  const { text } = await generate(workflow.asModel(), "x");
  expect(text).toBe("bc");
});

test("several inputs are a JSON object", async () => {
  const steps = [{ id: "end", type: "output", inputs: { sum: "{a} and {b}" } }];
  const model = (await loadWorkflow({ inputs: ["a", "b"], steps })).asModel();
  expect((await generate(model, '{"a": 1, "b": "two"}')).text).toBe("1 and two");
  expect(() => model.stream({ messages: [{ role: "user", content: "one" }] })).toThrow(/a JSON object.*a, b/);
});

test("a question ends the stream, and the answer goes on with the run", async () => {
  const steps = [
    { id: "name", type: "input", config: { prompt: "Who are you?" }, outputs: ["name"] },
    { id: "age", type: "input", config: { prompt: "How old?" }, outputs: ["age"] },
    { id: "end", type: "output", inputs: { greeting: "{name}, {age}" } },
  ];
  const model = (await loadWorkflow({ name: "ask", steps })).asModel();
  const first = model.stream({ messages: [{ role: "user", content: "Ada" }] });
  const request = (await collect(first)).find((event) => event.type === "input-request");
  expect(request).toMatchObject({ kind: "question", message: "How old?", schema: { type: "string" } });
  expect(await first.finishReason).toBe("input-required");
  const said = await first.messages;
  const part = { type: "input-response", id: request?.id ?? "", response: { type: "answer", value: "36" } } as const;
  const messages: ChatMessage[] = [{ role: "user", content: "Ada" }, ...said, { role: "tool", content: [part] }];
  expect((await generate(model, { messages })).text).toBe("Ada, 36");
});

test("leaving the stream ends the steps", async () => {
  const ended = deferred();
  const model = defineModel({
    id: "endless",
    async *stream(_, { signal }) {
      signal.addEventListener("abort", () => ended.resolve());
      for (;;) {
        yield "x";
        await new Promise((resolve) => setImmediate(resolve));
      }
    },
  });
  const workflow = await loadWorkflow({ inputs: ["topic"], steps: [chat, answer] }, { model });
  for await (const _ of workflow.run({ inputs: { topic: "x" } }).stream.text) break;
  await ended.promise;
});

test("a step that fails is named, and what the others made is kept", async () => {
  const services = {
    functions: {
      good: () => 1,
      bad: () => {
        throw new Error("broken");
      },
    },
  };
  const steps = [
    { id: "good", type: "function", config: { function: "good" } },
    { id: "bad", type: "function", config: { function: "bad" }, inputs: { good: { from_step: "good" } } },
  ];
  const run = (await loadWorkflow({ steps }, services)).run();
  const error = await failure(run.result);
  expect(error).toMatchObject({ code: "tool-failed", message: "step bad (function): broken", field: "steps[1]" });
  expect(run.steps).toMatchObject([
    { id: "good", state: "completed", results: { result: 1 } },
    { id: "bad", state: "failed" },
  ]);
});
