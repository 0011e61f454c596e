import { expect, test } from "vitest";
import type { Warning } from "../../stream/chat-event.js";
import type { AssistantPart, ChatMessage, ToolResultPart } from "../../stream/message.js";
import {
  ANTHROPIC_HISTORY,
  GEMINI_HISTORY,
  type HistoryRules,
  MISTRAL_HISTORY,
  OPENAI_CHAT_HISTORY,
} from "./history-rules.js";
import { NO_RESULT, prepareHistory } from "./prepare-history.js";

const user: ChatMessage = { role: "user", content: "Hi" };
const text = (words: string): AssistantPart => ({ type: "text", text: words });
const thought: AssistantPart = { type: "reasoning", text: "Hm." };
const call = (callId: string, more: object = {}): AssistantPart => ({
  type: "tool-call",
  callId,
  name: "look",
  input: {},
  ...more,
});
const result = (callId: string, output = "seen"): ToolResultPart => ({
  type: "tool-result",
  callId,
  name: "look",
  output,
});
const says = (...content: AssistantPart[]): ChatMessage => ({ role: "assistant", content });
const returns = (...content: ToolResultPart[]): ChatMessage => ({ role: "tool", content });

function prepare(messages: ChatMessage[], rules: HistoryRules = OPENAI_CHAT_HISTORY) {
  const warnings: Warning[] = [];
  const { messages: prepared, paths } = prepareHistory(messages, rules, warnings);
  return { prepared, paths, warned: warnings.map(({ field, message }) => `${field}: ${message}`) };
}

test("a history without fault comes back as it is", () => {
  const messages = [user, says(thought, text("So."), call("a")), returns(result("a")), says(text("Done.")), user];
  const { prepared, warned } = prepare(messages);
  expect(warned).toEqual([]);
  expect(prepared).toEqual(messages);
  expect(prepared[1]).toBe(messages[1]);
});

test.each<[string, ChatMessage[], ChatMessage[]]>([
  ["an answer of thoughts alone is left out", [user, says(thought), user], [user, user]],
  ["an answer without content is left out", [user, { role: "assistant", content: "" }, says(), user], [user, user]],
  ["a blank text is no content", [user, says(thought, text("\n")), user], [user, user]],
  [
    "a call without a result gets an error for one",
    [user, says(thought, call("a")), user],
    [user, says(thought, call("a")), returns({ ...result("a", NO_RESULT), isError: true }), user],
  ],
  [
    "results that came after the user are moved before",
    [user, says(call("a"), call("b")), returns(result("b")), user, returns(result("a"))],
    [user, says(call("a"), call("b")), returns(result("a"), result("b")), user],
  ],
  [
    "a second result and one of no call are left out",
    [returns(result("x")), user, says(call("a")), returns(result("a", "first"), result("a", "again"), result("y"))],
    [user, says(call("a")), returns(result("a", "first"))],
  ],
  [
    "calls of one id get one each, and have their results one after the other",
    [user, says(call("a"), call("a")), returns(result("a", "1"), result("a", "2"))],
    [user, says(call("a"), call("a_2")), returns(result("a", "1"), result("a_2", "2"))],
  ],
  [
    "the one message of a tool loop becomes several",
    [user, says(text("Let me see."), call("a"), result("a"), text("Done."))],
    [user, says(text("Let me see."), call("a")), returns(result("a")), says(text("Done."))],
  ],
  [
    "arguments that are no object are put into one",
    [
      user,
      says(call("a", { input: '{"at":', invalid: true }), call("b", { input: null })),
      returns(result("a"), result("b")),
    ],
    [
      user,
      says(call("a", { input: { INVALID_JSON: '{"at":' } }), call("b", { input: {} })),
      returns(result("a"), result("b")),
    ],
  ],
  [
    "plain text is the argument of a custom tool",
    [
      user,
      says(call("a", { input: "SELECT 1", opaque: { dialect: "openai-chat", data: { type: "custom" } } })),
      returns(result("a")),
    ],
    [
      user,
      says(call("a", { input: "SELECT 1", opaque: { dialect: "openai-chat", data: { type: "custom" } } })),
      returns(result("a")),
    ],
  ],
  [
    "lone surrogates are replaced, pairs are not",
    [
      { role: "user", content: "abc\uD83D 😀" },
      says(text("x\uDE00"), call("a", { input: { at: ["\uD83D"] } })),
      returns(result("a", "\uD83D")),
    ],
    [
      { role: "user", content: "abc\uFFFD 😀" },
      says(text("x\uFFFD"), call("a", { input: { at: ["\uFFFD"] } })),
      returns(result("a", "\uFFFD")),
    ],
  ],
  [
    "requests for input, their responses and the state of calls that wait are ours",
    [
      user,
      says(
        call("a"),
        { type: "input-request", id: "a", kind: "approval", callId: "a", name: "look", input: {} },
        { type: "opaque", name: "tool/suspended", opaque: { dialect: "sluice", data: {} } },
      ),
      { role: "tool", content: [{ type: "input-response", id: "a", response: { type: "approve" } }] },
      returns(result("a")),
    ],
    [user, says(call("a")), returns(result("a"))],
  ],
  [
    "what a person answered to a provider's request goes back as the result of its call",
    [
      user,
      says(call("m", { providerExecuted: true, opaque: { dialect: "openai-chat", data: {} } }), {
        type: "input-request",
        id: "m",
        kind: "approval",
        callId: "m",
        name: "look",
        input: {},
      }),
      { role: "tool", content: [{ type: "input-response", id: "m", response: { type: "deny", reason: "no" } }] },
    ],
    [
      user,
      says(call("m", { providerExecuted: true, opaque: { dialect: "openai-chat", data: {} } })),
      { role: "tool", content: [{ ...result("m"), output: { approve: false, reason: "no" } }] },
    ],
  ],
])("%s", (_, messages, expected) => {
  expect(prepare(messages).prepared).toEqual(expected);
});

test("what is changed is a warning that names the message", () => {
  const { warned, paths } = prepare([user, says(thought), user, says(call("a"))]);
  expect(warned).toEqual([
    "messages[1]: left out: reasoning that led to no answer",
    "messages[3]: call a has no result: it is sent with an error in its place",
  ]);
  expect(paths).toEqual(["messages[0]", "messages[2]", "messages[3]", "messages[3]"]);
});

test("Anthropic: no thought at the end, ids of its alphabet and each once", () => {
  const { prepared } = prepare(
    [
      user,
      says(text("A."), thought),
      says(call("a:b")),
      returns(result("a:b")),
      says(call("a:b")),
      returns(result("a:b")),
    ],
    ANTHROPIC_HISTORY,
  );
  expect(prepared).toEqual([
    user,
    says(text("A.")),
    says(call("a_b")),
    returns(result("a_b")),
    says(call("a_b_2")),
    returns(result("a_b_2")),
  ]);
});

test("Mistral: ids of nine letters and digits, and an answer after results", () => {
  const { prepared } = prepare(
    [user, says(call("call_1"), call("abcdefghi")), returns(result("call_1"), result("abcdefghi")), user],
    MISTRAL_HISTORY,
  );
  const [, answer, results, between, last] = prepared;
  const ids = ((answer?.content ?? []) as AssistantPart[]).map((part) =>
    part.type === "tool-call" ? part.callId : "",
  );
  expect(ids[0]).toMatch(/^[A-Za-z0-9]{9}$/);
  expect(ids[1]).toBe("abcdefghi");
  expect(results).toMatchObject({ role: "tool", content: ids.map((callId) => ({ callId })) });
  expect(between).toMatchObject({ role: "assistant" });
  expect(last).toEqual(user);
});

test("OpenAI: ids of 40 characters, which stay different", () => {
  const long = "fc_".padEnd(60, "0");
  const { prepared } = prepare([
    user,
    says(call(`${long}1`), call(`${long}2`)),
    returns(result(`${long}2`), result(`${long}1`)),
  ]);
  const [first, second] = ((prepared[1]?.content ?? []) as AssistantPart[]).map((part) =>
    part.type === "tool-call" ? part.callId : "",
  );
  expect(first).toHaveLength(40);
  expect(second).toHaveLength(40);
  expect(first).not.toBe(second);
});

test("ids that are changed stay well-formed, wherever they are cut", () => {
  const ids = ["\ud800", "\ud800", ...[30, 31, 32].map((length) => `${"a".repeat(length)}${"\u{1f600}".repeat(20)}`)];
  const messages = [user, says(...ids.map((id) => call(id))), returns(...ids.map((id) => result(id)))];
  for (const rules of [OPENAI_CHAT_HISTORY, GEMINI_HISTORY]) {
    const { prepared } = prepare(messages, rules);
    const sent = ((prepared[1]?.content ?? []) as AssistantPart[]).map((part) =>
      part.type === "tool-call" ? part.callId : "",
    );
    expect(sent.every((id) => id.isWellFormed())).toBe(true);
    expect(new Set(sent).size).toBe(ids.length);
  }
});

test("Gemini: the conversation begins with the user", () => {
  const system: ChatMessage = { role: "system", content: "Be brief." };
  const { prepared } = prepare([system, says(call("a")), returns(result("a")), user], GEMINI_HISTORY);
  expect(prepared.map(({ role }) => role)).toEqual(["system", "user", "assistant", "tool", "user"]);
});

test("names of tools are of the service's alphabet, in calls and results", () => {
  const { prepared } = prepare([
    user,
    says(call("a", { name: "mcp/look.at" })),
    returns({ ...result("a"), name: "mcp/look.at" }),
  ]);
  expect(prepared).toMatchObject([
    user,
    { content: [{ name: "mcp_look_at" }] },
    { content: [{ name: "mcp_look_at" }] },
  ]);
});
