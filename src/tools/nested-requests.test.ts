import { expect, test } from "vitest";
import { collect } from "../../test/support/collect.js";
import { ASK, ask, nestedIn, resultOf, stored } from "../../test/support/nested-asks.js";
import { defineModel } from "../models/define-model.js";
import { scripted } from "../models/scripted.js";
import type { ChatEvent } from "../stream/chat-event.js";
import type { ChatModel } from "../stream/chat-model.js";
import type { ChatRequest } from "../stream/chat-request.js";
import type { InputResponsePart } from "../stream/message.js";
import { asTool } from "./as-tool.js";
import { openRequests } from "./history.js";
import { answer, approve, deny, type InputRequest, responseMessage } from "./input-response.js";
import { tool } from "./tool.js";
import { type WithToolsOptions, withTools } from "./with-tools.js";

/** Who is allowed to remove what, three agents deep; the models answer by what they are sent, in any process. */
function office(removed: string[], options: WithToolsOptions = {}): ChatModel {
  const remove = tool({
    name: "remove",
    input: { type: "object", properties: { path: { type: "string" } }, required: ["path"] },
    approval: true,
    run: ({ path }) => {
      removed.push(String(path));
      return `removed ${path}`;
    },
  });
  const last = ({ messages }: ChatRequest) => messages.at(-1);
  const cleaner = defineModel({
    id: "cleaner",
    *stream(request) {
      if (last(request)?.role === "tool") yield `Clean: ${JSON.stringify(last(request)?.content)}`;
      else
        for (const path of ["a", "b"])
          yield { type: "tool-call", callId: `rm-${path}`, name: "remove", input: { path } } as const;
    },
  });
  const delegate = (name: string) =>
    defineModel({
      id: `asks ${name}`,
      *stream(request) {
        if (last(request)?.role === "tool") yield "All done.";
        else yield ask(`to-${name}`, name);
      },
    });
  const agent = withTools(cleaner, [remove]);
  const manager = withTools(delegate("cleaner"), [asTool(agent, { name: "cleaner" })]);
  return withTools(delegate("manager"), [asTool(manager, { name: "manager" })], options);
}

test("approvals at depth 3 are answered at the outer door, each in a process of its own, once", async () => {
  const removed: string[] = [];
  const first = office(removed).stream(ASK);
  const events = await collect(first);
  expect(events.at(-1)).toMatchObject({ type: "finish", reason: "input-required" });
  expect(removed).toEqual([]);
  let messages = stored([...ASK.messages, ...(await first.messages)]);
  const ids = ["to-manager/to-cleaner/rm-a", "to-manager/to-cleaner/rm-b"];
  expect(openRequests(messages)).toMatchObject([
    { id: ids[0], kind: "approval", name: "remove", input: { path: "a" } },
    { id: ids[1], kind: "approval", name: "remove", input: { path: "b" } },
  ]);
  // The same ids stand in the events, however deep.
  expect(JSON.stringify(nestedIn(events))).toContain(`"id":"${ids[0]}"`);

  // Half an answer: the other half goes on waiting.
  messages.push(responseMessage(approve("to-manager/to-cleaner/rm-a")));
  const second = office(removed).stream({ messages });
  expect(await second.finishReason).toBe("input-required");
  expect(removed).toEqual(["a"]);
  messages = stored([...messages, ...(await second.messages)]);
  expect(openRequests(messages).map(({ id }) => id)).toEqual([ids[1]]);
  // A second answer to the first is refused at the call, and so is one that makes no sense.
  const again = (part: InputResponsePart) => () =>
    office(removed).stream({ messages: [...messages, responseMessage(part)] });
  expect(again(deny("to-manager/to-cleaner/rm-a"))).toThrow("a request that waits for a response");
  expect(again(answer("to-manager/to-cleaner/rm-b", 1))).toThrow("approve, deny or edit");

  messages.push(responseMessage(deny("to-manager/to-cleaner/rm-b", "keep it")));
  const third = office(removed).stream({ messages });
  const last = await collect(third);
  expect(await third.finishReason).toBe("stop");
  expect(await third.fullText).toBe("All done.");
  expect(removed).toEqual(["a"]);
  expect(JSON.stringify(nestedIn(last))).toContain("it did not run: keep it");
  messages = [...messages, ...(await third.messages)];
  expect(openRequests(messages)).toEqual([]);
  // No model is sent anything of what waited.
  const next = scripted([["Yes?"]]);
  await withTools(next, []).stream({ messages: [...messages, { role: "user", content: "Thanks." }] }).fullText;
  expect(JSON.stringify(next.requests)).not.toMatch(/suspended|input-re/);
});

test("a request inside that nobody answers goes on waiting, and nothing runs for it", async () => {
  const removed: string[] = [];
  const free = tool({ name: "free", input: { type: "object" }, approval: true, run: () => "free" });
  let asked = 0;
  const inner = defineModel({
    id: "inner",
    *stream() {
      asked++;
      yield { type: "tool-call", callId: "f", name: "free", input: {} } as const;
    },
  });
  const tools = [asTool(withTools(inner, [free]), { name: "inner" }), free];
  const outer = scripted([[ask("a"), { type: "tool-call", callId: "b", name: "free", input: {} }]]);
  const first = withTools(outer, tools).stream(ASK);
  const messages = [...ASK.messages, ...(await first.messages), responseMessage(approve("b"))];
  const second = withTools(scripted([]), tools).stream({ messages });
  const events = await collect(second);
  expect(await second.finishReason).toBe("input-required");
  expect(asked).toBe(1);
  expect(removed).toEqual([]);
  expect(nestedIn(events).map(({ event }) => event.type)).toEqual(["start", "input-request", "finish"]);
  expect(openRequests([...messages, ...(await second.messages)]).map(({ id }) => id)).toEqual(["a/f"]);
});

test("a handler at the outer door answers requests at any depth while the stream runs", async () => {
  const removed: string[] = [];
  const asked: InputRequest[] = [];
  const model = office(removed, {
    onInput: (request) => {
      asked.push(request);
      return request.id.endsWith("a") ? approve(request.id) : deny(request.id);
    },
  });
  const stream = model.stream(ASK);
  expect(await stream.fullText).toBe("All done.");
  expect(removed).toEqual(["a"]);
  expect(asked.map(({ id, from }) => [id, from])).toEqual([
    ["to-manager/to-cleaner/rm-a", ["manager", "cleaner"]],
    ["to-manager/to-cleaner/rm-b", ["manager", "cleaner"]],
  ]);
});

test("a tool that returns a stream and forgets what was answered fails, and does not ask for ever", async () => {
  const free = tool({ name: "free", input: { type: "object" }, approval: true, run: () => "free" });
  const call: ChatEvent = { type: "tool-call", callId: "f", name: "free", input: {} };
  const forgetful = tool({
    name: "inner",
    input: { type: "object" },
    run: (_, { context }) => withTools(scripted([[call]]), [free]).stream(ASK, { context }),
  });
  const first = withTools(scripted([[ask("a")]]), [forgetful]).stream(ASK);
  const messages = [...ASK.messages, ...(await first.messages), responseMessage(approve("a/f"))];
  const second = withTools(scripted([["Hm."]]), [forgetful]).stream({ messages });
  expect(resultOf(await collect(second))).toMatchObject({
    isError: true,
    output: expect.stringContaining("put context.answered behind the messages"),
  });
});

test("requests are told apart where an inner model is not given its path, and where call ids come again", async () => {
  const free = tool({ name: "free", input: { type: "object" }, approval: true, run: () => "free" });
  const call: ChatEvent = { type: "tool-call", callId: "0", name: "free", input: {} };
  const inner = defineModel({
    id: "inner",
    *stream({ messages }) {
      if (messages.at(-1)?.role === "tool") yield "ok";
      else yield call;
    },
  });
  const own = tool({
    name: "inner",
    input: { type: "object" },
    // Hands nothing on but what was answered.
    run: (_, { answered }) => withTools(inner, [free]).stream({ messages: [...ASK.messages, ...answered] }),
  });
  const outer = () => withTools(scripted([[ask("0")], [ask("0")]]), [own]);
  const first = outer().stream(ASK);
  const messages = [...ASK.messages, ...(await first.messages)];
  expect(openRequests(messages).map(({ id }) => id)).toEqual(["0/0"]);
  const second = outer().stream({ messages: [...messages, responseMessage(approve("0/0"))] });
  expect(await second.finishReason).toBe("input-required");
  const later = [...messages, responseMessage(approve("0/0")), ...(await second.messages)];
  expect(openRequests(later).map(({ id }) => id)).toEqual(["0#2/0"]);
});
