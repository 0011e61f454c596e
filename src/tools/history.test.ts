import { expect, test } from "vitest";
import type { AssistantPart, ChatMessage, ToolResultPart } from "../stream/message.js";
import { checkResponses, openCalls, readHistory } from "./history.js";
import { approve, deny, responseMessage } from "./input-response.js";

const user: ChatMessage = { role: "user", content: "Go." };
const call = (callId: string, more: object = {}): AssistantPart => ({
  type: "tool-call",
  callId,
  name: "work",
  input: {},
  ...more,
});
const result = (callId: string): ToolResultPart => ({ type: "tool-result", callId, name: "work", output: callId });
const said = (...content: AssistantPart[]): ChatMessage => ({ role: "assistant", content });
const tools = (...content: ToolResultPart[]): ChatMessage => ({ role: "tool", content });

test("messages without decisions and open calls stay as they are", () => {
  const messages = [user, said(call("b"), call("a")), tools(result("a"), result("b")), said(), user];
  expect(readHistory(messages)).toEqual({ messages, open: [], calls: [], results: [] });
});

test("results of one answer in several messages become one, in the order of the calls", () => {
  const messages = [said(call("a"), call("b"), call("c")), tools(result("b")), tools(result("c"), result("a")), user];
  expect(readHistory(messages).messages).toEqual([messages[0], tools(result("a"), result("b"), result("c")), user]);
});

test("only calls at the end are open", () => {
  const messages = [user, said(call("a"), call("b")), tools(result("b"))];
  expect(openCalls(messages)).toEqual([call("a")]);
  expect(openCalls([...messages, user])).toEqual([]);
  expect(openCalls([...messages, responseMessage(approve("a"))])).toEqual([]);
  expect(openCalls([{ role: "assistant", content: "text" }])).toEqual([]);
});

test("calls that the provider runs, or whose result the same message holds, are not open", () => {
  const searched = call("a", { providerExecuted: true });
  expect(openCalls([user, said(searched, call("b"), result("b"))])).toEqual([]);
});

test("call ids may come again in later answers", () => {
  const turn = [said(call("0")), responseMessage(approve("0")), tools(result("0"))];
  const { messages, open } = readHistory([user, ...turn, said(call("0")), responseMessage(deny("0"))]);
  expect(messages).toEqual([user, turn[0], turn[2], said(call("0"))]);
  expect(open).toEqual([{ call: call("0"), requests: [], responses: new Map([["0", { type: "deny" }]]) }]);
});

test("a decision of a call that does not wait is refused", () => {
  const asked = [user, said(call("a"), call("b")), tools(result("b"))];
  const check = (messages: ChatMessage[]) => () => checkResponses(messages);
  expect(check([...asked, responseMessage(approve("a"))])).not.toThrow();
  expect(check([...asked, responseMessage(approve("a"), deny("b"))])).toThrow(
    'messages[3].content[1].id: found "b"; allowed: a request that waits for a response (a)',
  );
  const done = [...asked, responseMessage(approve("a")), tools(result("a")), said({ type: "text", text: "Done." })];
  expect(check(done)).not.toThrow();
  expect(check([...done, responseMessage(approve("a"))])).toThrow("a request that waits for a response (none does;");
});

test("the first decision counts, and a result counts more", () => {
  const messages = [
    said(call("a"), call("b")),
    responseMessage(deny("a"), approve("b")),
    responseMessage(approve("a")),
  ];
  const { open } = readHistory(messages);
  expect(open.map(({ call }) => call)).toEqual([call("a"), call("b")]);
  expect(open[0]?.responses).toEqual(
    new Map([
      ["a", { type: "deny" }],
      ["b", { type: "approve" }],
    ]),
  );
  expect(readHistory([...messages, tools(result("a"))])).toMatchObject({
    open: [{ call: call("b") }],
    results: [result("a")],
  });
  expect(() => checkResponses(messages)).toThrow('messages[2].content[0].id: found "a"');
});

test("a decision or result that was sent twice counts once", () => {
  const asked = [user, said(call("a"), call("b"))];
  expect(() => checkResponses([...asked, responseMessage(approve("a"), approve("a"))])).not.toThrow();
  expect(() => checkResponses([...asked, responseMessage(approve("a"), deny("a"))])).toThrow("content[1].id");
  const twice = [...asked, tools(result("a"), result("b")), tools(result("a"), result("b")), user];
  expect(readHistory(twice).messages).toEqual([...asked, tools(result("a"), result("b")), user]);
  const within = [...asked, tools(result("a"), result("b"), result("a")), user];
  expect(readHistory(within).messages).toEqual([...asked, tools(result("a"), result("b")), user]);
});
