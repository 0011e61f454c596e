import { expect, test } from "vitest";
import { collect } from "../../test/support/collect.js";
import { deferred } from "../../test/support/deferred.js";
import type { JsonObject } from "../base/json.js";
import { scripted } from "../models/scripted.js";
import type { ChatEvent } from "../stream/chat-event.js";
import type { ChatRequest } from "../stream/chat-request.js";
import type { ChatMessage, InputResponsePart } from "../stream/message.js";
import { asTool } from "./as-tool.js";
import { openCalls } from "./history.js";
import { approve, deny, edit, type InputRequest, responseMessage } from "./input-response.js";
import { mcpTools } from "./mcp/mcp-tools.js";
import { type ToolCallContext, tool } from "./tool.js";
import { type WithToolsOptions, withTools } from "./with-tools.js";

const ASK: ChatRequest = { messages: [{ role: "user", content: "Clean up." }] };
const call = (callId: string, name = "remove", input: JsonObject = { path: "/tmp/a" }): ChatEvent => ({
  type: "tool-call",
  callId,
  name,
  input,
});
const PATH = { type: "object", properties: { path: { type: "string" } }, required: ["path"] };

/** A model that calls tools once and is done then; what it removed, in order. */
function setting(calls: ChatEvent[], options: WithToolsOptions = {}) {
  const removed: string[] = [];
  const remove = tool({
    name: "remove",
    input: { ...PATH },
    approval: ({ path }) => path !== "/tmp/free",
    run: ({ path }) => {
      removed.push(String(path));
      return `removed ${path}`;
    },
  });
  const look = tool({ name: "look", input: { type: "object" }, run: () => "three files" });
  const model = scripted([["I will. ", ...calls], ["Done."], ["Done again."]]);
  return { removed, model, looped: withTools(model, [remove, look], options) };
}

const lastResults = ({ requests }: { requests: readonly ChatRequest[] }) => requests.at(-1)?.messages.at(-1)?.content;

test("a handler is asked while the stream waits", async () => {
  const decision = deferred<InputResponsePart>();
  const asked = deferred<InputRequest>();
  const { looped, model, removed } = setting([call("a")], {
    onInput: (request) => {
      asked.resolve(request);
      return decision.promise;
    },
  });
  const events = collect(looped.stream(ASK));
  expect(await asked.promise).toMatchObject({ callId: "a", name: "remove", input: { path: "/tmp/a" }, ...ASK });
  expect(removed).toEqual([]);
  decision.resolve(approve("a"));
  const types = (await events).map(({ type }) => type);
  expect(types.slice(2)).toEqual([
    "text-delta",
    "tool-call",
    "input-request",
    "tool-result",
    "step-finish",
    "step-start",
    "text-delta",
    "step-finish",
    "finish",
  ]);
  expect(removed).toEqual(["/tmp/a"]);
  expect(lastResults(model)).toMatchObject([{ output: "removed /tmp/a" }]);
});

test("approval may depend on the arguments", async () => {
  const { looped, removed } = setting([call("a", "remove", { path: "/tmp/free" })]);
  expect(await looped.stream(ASK).fullText).toBe("I will. Done.");
  expect(removed).toEqual(["/tmp/free"]);
});

test("who calls decides whether somebody is asked, and who is asked knows who called", async () => {
  const callers: (string | undefined)[] = [];
  const decided: ToolCallContext[] = [];
  const remove = tool({
    name: "remove",
    input: { ...PATH },
    approval: (_, asked) => {
      decided.push(asked);
      return asked.context.caller !== "admin";
    },
    run: () => "removed",
  });
  const options: WithToolsOptions = {
    onInput: ({ id, context: { caller } }) => {
      callers.push(caller);
      return deny(id);
    },
  };
  const results = async (caller: string) => {
    const model = scripted([[call("a")], ["Done."]]);
    await withTools(model, [remove], options).stream(ASK, { context: { caller, sessionId: "s" } }).fullText;
    return lastResults(model);
  };
  expect(await results("admin")).toMatchObject([{ output: "removed" }]);
  expect(await results("guest")).toMatchObject([{ isError: true }]);
  expect(callers).toEqual(["guest"]);
  expect(decided).toMatchObject([
    { callId: "a", ...ASK, context: { caller: "admin", sessionId: "s", callPath: "a" }, signal: { aborted: false } },
    { context: { caller: "guest" } },
  ]);
});

test("what decides of inner calls is told who called, at any depth, and who is asked the outer call", async () => {
  const seen: unknown[] = [];
  const remove = tool({
    name: "remove",
    input: { ...PATH },
    approval: (_, { context: { caller, callPath } }) => seen.push(caller, callPath) > 0,
    run: () => "removed",
  });
  const inner = withTools(scripted([[call("b")], ["Inner."]]), [remove]);
  const asks: ChatEvent = { type: "tool-call", callId: "a", name: "helper", input: { prompt: "x" } };
  const outer = withTools(scripted([[asks], ["Outer."]]), [asTool(inner, { name: "helper" })], {
    onInput: ({ id, context: { caller, callPath } }) => {
      seen.push(caller, callPath);
      return approve(id);
    },
  });
  expect(await outer.stream(ASK, { context: { caller: "ann" } }).fullText).toBe("Outer.");
  expect(seen).toEqual(["ann", "a/b", "ann", "a"]);
});

test("an approval that is neither a truth value nor a function is refused, for a server's tools as well", () => {
  const approval = "always" as never;
  expect(() => tool({ name: "x", input: {}, approval })).toThrow("true, false, or a function");
  expect(() => mcpTools({ command: "x", approval })).toThrow("true, false, or a function");
});

test.each([undefined, null, "yes", 0])("an approval that is decided as %j runs nothing", async (decided) => {
  const model = scripted([[call("a")], ["Done."]]);
  const run = () => expect.unreachable();
  const remove = tool({ name: "remove", input: { ...PATH }, approval: async () => decided as never, run });
  expect(await withTools(model, [remove]).stream(ASK).fullText).toBe("Done.");
  expect(lastResults(model)).toMatchObject([
    { isError: true, output: expect.stringMatching(/^approval of remove: found .*allowed: true or false$/) },
  ]);
});

test("arguments that do not fit are errors for the model, and nobody is asked", async () => {
  const { looped, model } = setting([call("a", "remove", {})], { onInput: () => expect.unreachable() });
  await looped.stream(ASK).fullText;
  expect(lastResults(model)).toMatchObject([
    { isError: true, output: "The arguments of remove are not valid: path: is missing" },
  ]);
});

test.each<[string, InputResponsePart, unknown, string[]]>([
  ["denied", deny("a", "keep it"), { isError: true, output: "The call was denied; it did not run: keep it" }, []],
  ["denied without a reason", deny("a"), { isError: true, output: "The call was denied; it did not run." }, []],
  [
    "edited",
    edit("a", { path: "/tmp/b" }),
    { output: { editedInput: { path: "/tmp/b" }, output: "removed /tmp/b" } },
    ["/tmp/b"],
  ],
  [
    "edited into what does not fit",
    edit("a", {}),
    { isError: true, output: "The edited arguments of remove are not valid: path: is missing" },
    [],
  ],
  [
    "taken for another",
    approve("b"),
    { isError: true, output: 'onInput: found a response to "b"; allowed: approve, deny or edit of "a"' },
    [],
  ],
])("the model is told when a call is %s", async (_, decision, result, ran) => {
  const { looped, model, removed } = setting([call("a")], { onInput: async () => decision });
  expect(await looped.stream(ASK).fullText).toBe("I will. Done.");
  expect(lastResults(model)).toMatchObject([result as object]);
  expect(removed).toEqual(ran);
});

test("a handler that fails allows nothing", async () => {
  const failing = { onInput: () => Promise.reject(new Error("nobody there")) };
  const { looped, model, removed } = setting([call("a")], failing);
  await looped.stream(ASK).fullText;
  expect(lastResults(model)).toMatchObject([{ isError: true, output: "nobody there" }]);
  expect(removed).toEqual([]);
  const strict = setting([call("a")], { ...failing, throwOnError: true });
  await expect(strict.looped.stream(ASK).fullText).rejects.toMatchObject({ code: "tool-failed" });
});

test("whoever decides is told when nobody waits any more", async () => {
  const asked = deferred<InputRequest>();
  const { looped, removed } = setting([call("a")], {
    onInput: (request) => {
      asked.resolve(request);
      return new Promise(() => {});
    },
  });
  const stream = looped.stream(ASK);
  const ended = collect(stream).catch((error: unknown) => error);
  const { signal } = await asked.promise;
  stream.cancel();
  expect(signal.aborted).toBe(true);
  expect(await ended).toMatchObject({ code: "cancelled" });
  expect(removed).toEqual([]);
});

/** What is left of messages after a store, in another process. */
const stored = (messages: ChatMessage[]): ChatMessage[] => JSON.parse(JSON.stringify(messages));

test("without a handler the stream ends, and goes on in another process with the stored messages", async () => {
  const { looped, removed } = setting([call("a"), call("b", "look"), call("c")]);
  const stream = looped.stream(ASK);
  const events = await collect(stream);
  expect(events.slice(-2)).toMatchObject([
    { type: "step-finish", reason: "tool-calls" },
    { type: "finish", reason: "input-required" },
  ]);
  expect(events.filter(({ type }) => type === "input-request")).toHaveLength(2);
  const messages = stored([...ASK.messages, ...(await stream.messages)]);
  expect(openCalls(messages).map(({ callId }) => callId)).toEqual(["a", "c"]);

  const later = setting([]);
  const model = scripted([["Done."]]);
  const resumed = withTools(model, [
    tool({ name: "remove", input: { ...PATH }, approval: true, run: ({ path }) => later.removed.push(String(path)) }),
  ]);
  const decisions = stored([responseMessage(approve("a"), deny("c", "not that one"))]);
  const second = resumed.stream({ messages: [...messages, ...decisions] });
  const types = (await collect(second)).map((event) => (event.type === "tool-result" ? event.callId : event.type));
  expect(types.sort()).toEqual(["a", "c", "finish", "start", "step-finish", "step-start", "text-delta"]);
  expect(removed).toEqual([]);
  expect(later.removed).toEqual(["/tmp/a"]);
  expect(model.requests[0]?.messages).toMatchObject([
    ...ASK.messages,
    { role: "assistant", content: [{ text: "I will. " }, { callId: "a" }, { callId: "b" }, { callId: "c" }] },
    {
      role: "tool",
      content: [
        { callId: "a", name: "remove", output: 1 },
        { callId: "b", name: "look", output: "three files" },
        { callId: "c", name: "remove", isError: true, output: "The call was denied; it did not run: not that one" },
      ],
    },
  ]);
  expect(model.requests[0]?.messages).toHaveLength(3);

  // The next turn, from the store again: decisions and results of the last one are read as they were sent.
  const all = stored([...messages, ...decisions, ...(await second.messages), { role: "user", content: "Thanks." }]);
  const third = scripted([["You are welcome."]]);
  await withTools(third, []).stream({ messages: all }).fullText;
  expect(third.requests[0]?.messages.slice(0, 3)).toEqual(model.requests[0]?.messages);
  expect(third.requests[0]?.messages).toHaveLength(5);
});

test("calls that are not decided are asked about again", async () => {
  const { looped, removed } = setting([call("a"), call("b")]);
  const first = looped.stream(ASK);
  const messages = [...ASK.messages, ...(await first.messages)];
  const second = looped.stream({ messages: [...messages, responseMessage(edit("b", { path: "/tmp/z" }))] });
  const events = await collect(second);
  expect(events[0]).toMatchObject({ type: "start", model: "scripted" });
  expect(events.slice(1)).toMatchObject([
    { type: "input-request", callId: "a" },
    { type: "tool-result", callId: "b", output: { editedInput: { path: "/tmp/z" }, output: "removed /tmp/z" } },
    { type: "finish", reason: "input-required", usage: {} },
  ]);
  expect(removed).toEqual(["/tmp/z"]);
  const all = [...messages, responseMessage(edit("b", { path: "/tmp/z" })), ...(await second.messages)];
  expect(openCalls(all).map(({ callId }) => callId)).toEqual(["a"]);
  expect(await looped.stream({ messages: [...all, responseMessage(approve("a"))] }).fullText).toBe("Done.");
});

test("with a handler nobody else decides", async () => {
  const { looped } = setting([call("a")]);
  const messages = [...ASK.messages, ...(await looped.stream(ASK).messages)];
  const { looped: strict, removed } = setting([], { onInput: ({ id }) => deny(id) });
  await collect(strict.stream({ messages: [...messages, responseMessage(approve("a"))] }));
  expect(removed).toEqual([]);
});

test("a decision about a call that there is not is refused", async () => {
  const { looped } = setting([call("a")]);
  const messages = [...ASK.messages, ...(await looped.stream(ASK).messages)];
  expect(() => looped.stream({ messages: [...messages, responseMessage(approve("x"))] })).toThrow(
    "messages[2].content[0].id",
  );
  expect(() => responseMessage()).toThrow("at least one response");
});

test("a decision whose turn was stopped is reported to the model as such", async () => {
  const { looped } = setting([call("a"), call("b")]);
  const messages = [...ASK.messages, ...(await looped.stream(ASK).messages)];
  const model = scripted([["Hm."]]);
  const decided = responseMessage(approve("a"), deny("b"));
  await withTools(model, []).stream({ messages: [...messages, decided, { role: "user", content: "Well?" }] }).fullText;
  expect(model.requests[0]?.messages[2]).toMatchObject({
    role: "tool",
    content: [
      { callId: "a", name: "remove", isError: true, output: "The call was allowed, but did not end." },
      { callId: "b", name: "remove", isError: true, output: "The call was denied; it did not run." },
    ],
  });
});
