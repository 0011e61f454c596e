import { describe, expect, test } from "vitest";
import type { ConverseStreamEvent } from "../../src/dapr/components/bedrock/bedrock-sdk.js";
import { ConverseStreamReader, readConverseOutput } from "../../src/dapr/components/bedrock/read-converse-stream.js";
import { writeConverseInput } from "../../src/dapr/components/bedrock/write-converse-input.js";
import type { ChatEvent, Warning } from "../../src/stream/chat-event.js";
import type { AssistantPart, ChatMessage, FilePart } from "../../src/stream/message.js";
import { converse } from "../laws/converse-rules.js";
import { summarise } from "../laws/summary.js";
import { call } from "./read-frames.js";

const START: ChatEvent = { type: "start", id: "x", model: "m" };

function streamed(...events: ConverseStreamEvent[]) {
  const reader = new ConverseStreamReader();
  const read = events.flatMap((event) => reader.read(event));
  return summarise([START, ...read, ...reader.finish()]);
}

function written(...messages: ChatMessage[]) {
  const warnings: Warning[] = [];
  const input = writeConverseInput({ messages }, "m", warnings);
  expect(converse(input)).toEqual([]);
  return { ...input, warnings };
}

/** What users of other libraries reported in 2026, but where a year is named. Each names where. */
describe("answers of Bedrock's Converse", () => {
  const stop: ConverseStreamEvent = { messageStop: { stopReason: "end_turn" } };
  const page = { title: "A", location: { web: { url: "https://a.b" } } };
  const paper = { title: "Paper", sourceContent: [{ text: "It flows." }], location: {} };
  const sources = [
    { type: "source", source: { kind: "url", url: "https://a.b", title: "A" } },
    { type: "source", source: { kind: "document", title: "Paper", quote: "It flows." } },
  ];

  test("cite in a stream (strands-agents/sdk-typescript#910)", () => {
    const { parts } = streamed(
      { contentBlockDelta: { delta: { text: "Water flows." }, contentBlockIndex: 0 } },
      ...[page, paper].map((citation) => ({ contentBlockDelta: { delta: { citation }, contentBlockIndex: 0 } })),
      stop,
    );
    expect(parts).toEqual([{ type: "text", text: "Water flows." }, ...sources]);
  });

  test("hold their text beside what it cites (agentjido/req_llm#1005)", () => {
    const citationsContent = { content: [{ text: "Water " }, { text: "flows." }], citations: [page, paper] };
    const events = readConverseOutput({
      output: { message: { content: [{ citationsContent }] } },
      stopReason: "end_turn",
    });
    expect(summarise([START, ...events])).toMatchObject({
      parts: [{ type: "text", text: "Water flows." }, ...sources],
      reason: "stop",
    });
  });

  test("hold calls that Bedrock runs itself (crewAIInc/crewAI#4363)", () => {
    const ran = { callId: "t1", name: "nova_grounding", providerExecuted: true };
    const parts = [
      { type: "tool-call", ...ran, input: { query: "x" } },
      { type: "tool-result", ...ran, output: "found" },
      { type: "text", text: "So." },
    ];
    const toolUse = { toolUseId: "t1", name: "nova_grounding", type: "server_tool_use" };
    const answer = streamed(
      { contentBlockStart: { start: { toolUse }, contentBlockIndex: 0 } },
      { contentBlockDelta: { delta: { toolUse: { input: '{"query":"x"}' } }, contentBlockIndex: 0 } },
      { contentBlockStop: { contentBlockIndex: 0 } },
      { contentBlockStart: { start: { toolResult: { toolUseId: "t1" } }, contentBlockIndex: 1 } },
      { contentBlockDelta: { delta: { toolResult: [{ text: "found" }] }, contentBlockIndex: 1 } },
      { contentBlockStop: { contentBlockIndex: 1 } },
      { contentBlockDelta: { delta: { text: "So." }, contentBlockIndex: 2 } },
      stop,
    );
    expect(answer).toMatchObject({ parts, reason: "stop" });
    const content = [
      { toolUse: { ...toolUse, input: { query: "x" } } },
      { toolResult: { toolUseId: "t1", content: [{ text: "found" }] } },
      { text: "So." },
    ];
    const whole = readConverseOutput({ output: { message: { content } }, stopReason: "end_turn" });
    expect(summarise([START, ...whole])).toMatchObject({ parts, reason: "stop" });
    const next = written(
      { role: "user", content: "Hi" },
      { role: "assistant", content: answer.parts },
      { role: "user", content: "go" },
    );
    expect(next.messages[1]?.content).toEqual([{ text: "So." }]);
  });

  test("count once, whatever comes after it (anomalyco/opencode#38712)", () => {
    const { usage } = streamed(
      { contentBlockDelta: { delta: { text: "Hi" }, contentBlockIndex: 0 } },
      stop,
      { metadata: { usage: { inputTokens: 3, outputTokens: 2 } } },
      { metadata: {} },
    );
    expect(usage).toEqual({ inputTokens: 3, outputTokens: 2 });
  });

  test("hold sealed thoughts, which go back (earendil-works/pi#8314, vercel/ai#18979, anomalyco/opencode#38623)", () => {
    const redactedContent = new Uint8Array([1, 2, 3]);
    const { parts } = streamed(
      { contentBlockDelta: { delta: { reasoningContent: { redactedContent } }, contentBlockIndex: 0 } },
      { contentBlockStart: { start: { toolUse: { toolUseId: "a", name: "f" } }, contentBlockIndex: 1 } },
      { contentBlockDelta: { delta: { toolUse: { input: "{}" } }, contentBlockIndex: 1 } },
      { messageStop: { stopReason: "tool_use" } },
    );
    expect(parts[1]).toEqual(call("a", "f", {}));
    const { messages } = written(
      { role: "user", content: "Hi" },
      { role: "assistant", content: parts },
      { role: "tool", content: [{ type: "tool-result", callId: "a", name: "f", output: "seen" }] },
    );
    expect(messages[1]?.content[0]).toEqual({ reasoningContent: { redactedContent } });
  });
});

describe("what Bedrock's Converse refuses", () => {
  const file = (filename?: string): FilePart => ({
    type: "file",
    mediaType: "application/pdf",
    data: new Uint8Array([1]),
    ...(filename !== undefined && { filename }),
  });

  test("documents of one name, in one message or in several (maximhq/bifrost#7003, BerriAI/litellm#30093, ag-ui-protocol/ag-ui#2425, aws-samples/sample-strands-agent-with-agentcore#290)", () => {
    const { messages } = written(
      { role: "user", content: [{ type: "text", text: "See" }, file(), file(), file("Report_1.pdf")] },
      { role: "assistant", content: "Yes." },
      { role: "user", content: [{ type: "text", text: "And" }, file("report 1.pdf")] },
    );
    const names = messages.flatMap(({ content }) => content.flatMap(({ document }) => document?.name ?? []));
    expect(names).toEqual(["document", "document (2)", "Report 1 pdf", "report 1 pdf (2)"]);
  });

  test("names of more than 200 characters (vercel/ai#20366)", () => {
    const { messages } = written({
      role: "user",
      content: [{ type: "text", text: "See" }, file("a".repeat(300)), file("a".repeat(300))],
    });
    const names = messages.flatMap(({ content }) => content.flatMap(({ document }) => document?.name ?? []));
    expect(names.map(({ length }) => length)).toEqual([200, 196]);
  });

  test("documents without a text beside them (found here)", () => {
    const { messages, warnings } = written({ role: "user", content: [file("a.pdf")] });
    expect(messages[0]?.content).toMatchObject([{ text: expect.any(String) }, { document: {} }]);
    expect(warnings).toHaveLength(1);
  });

  test("tables and letters are documents, under their own format (maximhq/bifrost#4622)", () => {
    const types = ["spreadsheetml.sheet", "wordprocessingml.document"];
    const files = types.map((type) => ({
      ...file(),
      mediaType: `application/vnd.openxmlformats-officedocument.${type}`,
    }));
    const { messages } = written({ role: "user", content: [{ type: "text", text: "See" }, ...files] });
    expect(messages[0]?.content).toMatchObject([
      {},
      { document: { format: "xlsx" } },
      { document: { format: "docx" } },
    ]);
  });

  test("what another provider's tools did (found here)", () => {
    const ran = {
      callId: "s1",
      name: "web_search",
      providerExecuted: true as const,
      opaque: { dialect: "anthropic", data: {} },
    };
    const parts: AssistantPart[] = [
      { type: "tool-call", ...ran, input: {} },
      { type: "tool-result", ...ran, output: [] },
      { type: "text", text: "Found." },
    ];
    const { messages, warnings } = written(
      { role: "user", content: "Hi" },
      { role: "assistant", content: parts },
      { role: "user", content: "go" },
    );
    expect(messages[1]?.content).toEqual([{ text: "Found." }]);
    expect(warnings.map(({ field }) => field)).toEqual(["messages[1].content[0]", "messages[1].content[1]"]);
  });
});
