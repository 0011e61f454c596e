import { describe, expect, test } from "vitest";
import { anthropic } from "../../src/dialects/anthropic/anthropic.js";
import type { AssistantPart, ChatMessage } from "../../src/stream/message.js";
import { readFrames } from "./read-frames.js";
import { sentBack } from "./sent-back.js";

/** What users of other libraries reported in 2026, but where a year is named. Each names where. */
describe("what Anthropic's own tools did goes back", () => {
  const user = (content: string): ChatMessage => ({ role: "user", content });
  const search: AssistantPart = {
    type: "tool-call",
    callId: "srvtoolu_1",
    name: "web_search",
    input: {},
    providerExecuted: true,
    opaque: { dialect: "anthropic", data: { type: "server_tool_use" } },
  };

  test("no search that was stopped before its result, unless it goes on (LibreChat-AI/agents#216)", () => {
    const says = (...content: AssistantPart[]): ChatMessage => ({ role: "assistant", content });
    const sent = (...messages: ChatMessage[]) =>
      JSON.stringify(anthropic.writeRequest({ messages }, { model: "claude-opus-4-6", stream: true }).body.messages);
    const stopped = says({ type: "text", text: "I look." }, search);
    expect(sent(user("Hi"), stopped, user("go"))).not.toContain("srvtoolu_1");
    const paused = sent(user("Hi"), stopped);
    expect(paused).toContain("srvtoolu_1");
    expect(paused).not.toContain("Go on");
    const called = says(search, { type: "tool-call", callId: "a", name: "f", input: {} });
    const seen: ChatMessage = { role: "tool", content: [{ type: "tool-result", callId: "a", name: "f", output: "x" }] };
    expect(sent(user("Hi"), called, seen)).toContain("srvtoolu_1");
  });

  test("no result of a search that was compacted away (found here)", () => {
    const { type: _, input: __, ...ran } = search as Extract<AssistantPart, { type: "tool-call" }>;
    const data = { type: "web_search_tool_result" };
    const left: AssistantPart = { ...ran, type: "tool-result", output: [], opaque: { dialect: "anthropic", data } };
    const { messages } = sentBack(anthropic, [left, { type: "text", text: "Found." }]);
    expect(JSON.stringify(messages)).not.toContain("srvtoolu_1");
  });

  test("whole, and where it stood between thoughts (can1357/oh-my-pi#6496, can1357/oh-my-pi#8561, withceleste/celeste-python#298)", () => {
    const block = (index: number, content_block: object, ...deltas: object[]) => [
      { type: "content_block_start", index, content_block },
      ...deltas.map((delta) => ({ type: "content_block_delta", index, delta })),
      { type: "content_block_stop", index },
    ];
    const thought = (index: number, thinking: string) =>
      block(
        index,
        { type: "thinking", thinking: "", signature: "" },
        { type: "thinking_delta", thinking },
        { type: "signature_delta", signature: `signed ${thinking}` },
      );
    const found = {
      type: "tool_search_tool_result",
      tool_use_id: "srvtoolu_1",
      content: {
        type: "tool_search_tool_search_result",
        tool_references: [{ type: "tool_reference", tool_name: "f" }],
      },
    };
    const asked = { type: "server_tool_use", id: "srvtoolu_1", name: "tool_search_tool_regex", input: {} };
    const { parts } = readFrames(anthropic, [
      { type: "message_start", message: { id: "m", model: "claude", usage: {} } },
      ...thought(0, "A"),
      ...block(1, asked, { type: "input_json_delta", partial_json: '{"pattern":"x"}' }),
      ...block(2, found),
      ...thought(3, "B"),
      ...block(4, { type: "tool_use", id: "a", name: "f", input: {} }),
      { type: "message_delta", delta: { stop_reason: "tool_use" }, usage: { output_tokens: 2 } },
      { type: "message_stop" },
    ]);
    const messages: ChatMessage[] = [
      user("Hi"),
      { role: "assistant", content: parts },
      { role: "tool", content: [{ type: "tool-result", callId: "a", name: "f", output: "seen" }] },
    ];
    const { body } = anthropic.writeRequest({ messages }, { model: "claude-opus-4-6", stream: true });
    expect(body.messages).toMatchObject([
      {},
      {
        content: [
          { type: "thinking", thinking: "A", signature: "signed A" },
          { ...asked, input: { pattern: "x" } },
          found,
          { type: "thinking", thinking: "B", signature: "signed B" },
          { type: "tool_use", id: "a" },
        ],
      },
      { content: [{ type: "tool_result", tool_use_id: "a" }] },
    ]);
  });
});
