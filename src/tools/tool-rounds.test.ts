import { expect, test } from "vitest";
import { collect } from "../../test/support/collect.js";
import { deferred } from "../../test/support/deferred.js";
import { call, result } from "../../test/support/tool-events.js";
import { workshop } from "../../test/support/workshop.js";
import { defineModel } from "../models/define-model.js";
import { scripted } from "../models/scripted.js";
import type { ChatEvent } from "../stream/chat-event.js";
import type { ChatRequest } from "../stream/chat-request.js";
import { tool } from "./tool.js";
import { ToolOutput } from "./tool-output.js";
import { withTools } from "./with-tools.js";

const ASK: ChatRequest = { messages: [{ role: "user", content: "How is the weather?" }] };
const ANY = { type: "object" } as const;

test("calls that the provider runs are left to it", async () => {
  const providers = { name: "search", providerExecuted: true } as const;
  const model = scripted([
    [
      { type: "tool-call", callId: "a", input: {}, ...providers },
      { type: "tool-result", callId: "a", output: "found", ...providers },
      "Found it.",
    ],
  ]);
  const search = tool({ name: "search", input: { ...ANY }, run: () => expect.unreachable() });
  const stream = withTools(model, [search]).stream(ASK);
  expect(await stream.fullText).toBe("Found it.");
  expect(await stream.finishReason).toBe("stop");
});

test.each(["required", { name: "work" }] as const)("a forced call (%j) is forced once", async (toolChoice) => {
  const model = scripted([[call("a")], [call("b")], ["Done."]]);
  const work = tool({ name: "work", input: { ...ANY }, run: () => 1 });
  await withTools(model, [work]).stream({ ...ASK, toolChoice }).fullText;
  expect(model.requests.map((request) => request.toolChoice)).toEqual([toolChoice, "auto", "auto"]);
});

test("state of the provider goes back with the next request", async () => {
  const opaque = (data: string) => ({ dialect: "anthropic", data });
  const model = scripted([
    [
      { type: "reasoning-delta", text: "Hm.", opaque: opaque("signature") },
      { type: "tool-call", callId: "a", name: "work", input: {}, opaque: opaque("thought") },
      { type: "data", name: "provider/compaction", value: null, opaque: opaque("block") },
    ],
    ["Done."],
  ]);
  const work = tool({
    name: "work",
    input: { ...ANY },
    run: () => new ToolOutput("ran", { opaque: { dialect: "mine", data: 1 } }),
  });
  await withTools(model, [work]).stream(ASK).fullText;
  expect(model.requests[1]?.messages.slice(1)).toMatchObject([
    {
      content: [
        { type: "reasoning", text: "Hm.", opaque: opaque("signature") },
        { type: "tool-call", opaque: opaque("thought") },
        { type: "opaque", name: "provider/compaction", opaque: opaque("block") },
      ],
    },
    { content: [{ output: "ran", opaque: { dialect: "mine", data: 1 } }] },
  ]);
});

test("an answer that the model refuses to finish runs no tools on", async () => {
  const { work, job } = workshop();
  const end = deferred();
  const model = defineModel({
    id: "careful",
    async *stream() {
      yield call("a");
      await end.promise;
      yield { type: "finish", reason: "refusal", rawReason: "policy", usage: {} };
    },
  });
  const events = collect(withTools(model, [work]).stream(ASK));
  const { context } = await job("a");
  end.resolve();
  expect((await events).slice(-2)).toEqual([
    { type: "step-finish", step: 0, reason: "refusal", usage: {} },
    { type: "finish", reason: "refusal", rawReason: "policy", usage: {} },
  ]);
  expect(context.signal.aborted).toBe(true);
});

test("a loop over a loop: each runs its own tools, and steps are counted through", async () => {
  const model = scripted([[call("a", "inner"), call("b", "outer")], ["Done."]]);
  const inner = tool({ name: "inner", input: { ...ANY }, run: () => "in" });
  const outer = tool({ name: "outer", input: { ...ANY }, run: () => "out" });
  const stream = withTools(withTools(model, [inner]), [outer]).stream(ASK);
  const events = await collect(stream);
  expect(await stream.finishReason).toBe("stop");
  expect(events.flatMap((event) => (event.type === "step-start" ? [event.step] : []))).toEqual([0, 1]);
  expect(events.flatMap((event) => (event.type === "tool-result" ? [event.output] : [])).sort()).toEqual(["in", "out"]);
  expect(model.requests[1]?.messages.slice(1)).toEqual([
    { role: "assistant", content: [call("a", "inner"), call("b", "outer")] },
    { role: "tool", content: [result("a", "in", { name: "inner" }), result("b", "out", { name: "outer" })] },
  ]);
});

test("a source of tools is asked before each model call; its tools may change", async () => {
  const model = scripted([[call("a")], [call("b", "later")], ["Done."]]);
  const work = tool({ name: "work", input: { ...ANY }, run: () => 1 });
  const later = tool({ name: "later", input: { ...ANY }, run: () => 2 });
  const lists = [[work], [work, later], [later]];
  const source = { tools: async () => lists.shift() ?? [] };
  expect(await withTools(model, [source]).stream({ ...ASK, toolChoice: { name: "work" } }).fullText).toBe("Done.");
  expect(model.requests.map(({ tools }) => tools?.map(({ name }) => name))).toEqual([
    ["work"],
    ["work", "later"],
    ["later"],
  ]);
});

test("a second warning of the model is passed on when the stream has begun", async () => {
  const start = (...fields: string[]): ChatEvent => ({
    type: "start",
    id: "x",
    model: "scripted",
    warnings: fields.map((field) => ({ field, message: "not sent" })),
  });
  const model = scripted([
    [start("topK"), call("a")],
    [start("topK", "seed"), "Done."],
  ]);
  const work = tool({ name: "work", input: { ...ANY }, run: () => 1 });
  const events = await collect(withTools(model, [work]).stream(ASK));
  expect(events[0]).toMatchObject({ warnings: [{ field: "topK" }] });
  expect(events.filter(({ type }) => type === "data")).toEqual([
    { type: "data", name: "tool/warnings", value: [{ field: "seed", message: "not sent" }] },
  ]);
});
