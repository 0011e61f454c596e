import { describe, expect, test } from "vitest";
import type { JsonValue } from "../../src/base/json.js";
import { anthropic } from "../../src/dialects/anthropic/anthropic.js";
import { gemini } from "../../src/dialects/gemini/gemini.js";
import { openAiChat, openAiChatDialect } from "../../src/dialects/openai-chat/openai-chat.js";
import { openAiResponses } from "../../src/dialects/openai-responses/openai-responses.js";
import type { AssistantPart, ChatMessage } from "../../src/stream/message.js";
import { refusedBy } from "../laws/asked-services.js";
import { CALLED, calls, chat, readFrames } from "./read-frames.js";
import { sentBack } from "./sent-back.js";

/** What users of other libraries reported in 2026, but where a year is named. Each names where. */
describe("what has to go back", () => {
  test("each detail of OpenRouter's reasoning, under its own index and id (pydantic/pydantic-ai#7185)", () => {
    const detail = (more: object) => chat({ delta: { reasoning: "", reasoning_details: [{ format: "o", ...more }] } });
    const { parts } = readFrames(openAiChat, [
      detail({ type: "reasoning.summary", summary: "I ", index: 0 }),
      detail({ type: "reasoning.summary", summary: "think.", index: 0 }),
      detail({ type: "reasoning.encrypted", data: "abc", id: "rs_1", index: 1 }),
      calls({ index: 0, id: "a", function: { name: "f", arguments: "{}" } }),
      CALLED,
      "[DONE]",
    ]);
    const { messages } = sentBack(openAiChatDialect({ sendReasoning: "reasoning" }), parts);
    expect(messages).toMatchObject([
      {},
      {
        reasoning_details: [
          { type: "reasoning.summary", summary: "I think.", index: 0 },
          { type: "reasoning.encrypted", data: "abc", id: "rs_1", index: 1 },
        ],
      },
      {},
    ]);
  });

  test("DeepSeek's thoughts with its calls (QwenLM/qwen-code#3578, qwersyk/Newelle#404)", () => {
    const deepSeek = openAiChatDialect({ sendReasoning: "reasoning_content" });
    const { parts } = readFrames(deepSeek, [
      chat({ delta: { role: "assistant", content: null, reasoning_content: "" } }),
      chat({ delta: { reasoning_content: "I look." } }),
      calls({ index: 0, id: "a", function: { name: "f", arguments: "{}" } }),
      CALLED,
      "[DONE]",
    ]);
    expect(sentBack(deepSeek, parts).messages).toMatchObject([{}, { reasoning_content: "I look." }, {}]);
  });

  test("a field for thoughts where calls of DeepSeek's had none (HKUDS/nanobot#946, Oaklight/llm-rosetta#356, NousResearch/hermes-agent#17341)", () => {
    const deepSeek = openAiChatDialect({ sendReasoning: "reasoning_content" });
    const called: AssistantPart = { type: "tool-call", callId: "a", name: "f", input: {} };
    expect(sentBack(deepSeek, [called]).messages).toMatchObject([{}, { reasoning_content: " " }, {}]);
    expect(JSON.stringify(sentBack(deepSeek, [{ type: "text", text: "Hi" }]))).not.toContain("reasoning_content");
  });

  test("no thought of another service, to Anthropic (cline/cline#7620, NoeFabris/opencode-antigravity-auth#70, of 2025)", () => {
    const opaque = { dialect: "gemini", data: { thoughtSignature: "c2ln" } };
    const body = sentBack(anthropic, [
      { type: "reasoning", text: "Hm.", opaque },
      { type: "tool-call", callId: "a", name: "f", input: {}, opaque },
    ]);
    expect(body.messages).toMatchObject([{}, { content: [{ type: "tool_use" }] }, {}]);
    expect(JSON.stringify(body)).not.toContain("c2ln");
  });

  test("a signature that came after its thought, of which nothing was shown (dirge-code/dirge#821)", () => {
    const block = (index: number, type: string, more: object) => ({ type, index, ...more });
    const { parts } = readFrames(anthropic, [
      { type: "message_start", message: { id: "m1", model: "claude", usage: {} } },
      block(0, "content_block_start", { content_block: { type: "thinking", thinking: "", signature: "" } }),
      block(0, "content_block_delta", { delta: { type: "signature_delta", signature: "abc" } }),
      block(0, "content_block_stop", {}),
      block(1, "content_block_start", { content_block: { type: "tool_use", id: "a", name: "f", input: {} } }),
      block(1, "content_block_delta", { delta: { type: "input_json_delta", partial_json: "" } }),
      block(1, "content_block_stop", {}),
      { type: "message_delta", delta: { stop_reason: "tool_use" }, usage: { output_tokens: 2 } },
      { type: "message_stop" },
    ]);
    expect(sentBack(anthropic, parts).messages).toMatchObject([
      {},
      {
        content: [
          { type: "thinking", thinking: "", signature: "abc" },
          { type: "tool_use", input: {} },
        ],
      },
      {},
    ]);
  });

  test("an item of reasoning without a word, before its call (mpfaffenberger/code_puppy#853)", () => {
    const reasoning = { type: "reasoning", id: "rs_1", summary: [], encrypted_content: "abc" };
    const called = { type: "function_call", id: "fc_1", call_id: "a", name: "f", arguments: "{}" };
    const done = [reasoning, called].map((item, output_index) => ({
      type: "response.output_item.done",
      output_index,
      item,
    }));
    const { parts } = readFrames(openAiResponses, [
      { type: "response.created", response: { id: "r", model: "m" } },
      ...done,
      {
        type: "response.completed",
        response: { id: "r", model: "m", status: "completed", output: [reasoning, called] },
      },
    ]);
    expect(sentBack(openAiResponses, parts).input).toMatchObject([
      {},
      { type: "reasoning", id: "rs_1", encrypted_content: "abc" },
      { type: "function_call", call_id: "a" },
      { type: "function_call_output", call_id: "a" },
    ]);
  });

  test("Gemini's calls of one answer in one content, the first with its signature (googleapis/js-genai#1275, pipecat-ai/pipecat#3420, octos-org/octos#1897)", () => {
    const part = (name: string, more: object = {}) => ({ functionCall: { name, args: {} }, ...more });
    const { parts } = readFrames(gemini, [
      { candidates: [{ content: { parts: [part("f", { thoughtSignature: "c2ln" })] } }], responseId: "r" },
      { candidates: [{ content: { parts: [part("g")] }, finishReason: "STOP" }] },
    ]);
    const signed = sentBack(gemini, parts, "gemini-3-pro").contents;
    expect(signed).toMatchObject([
      {},
      { parts: [{ thoughtSignature: "c2ln", functionCall: { name: "f" } }, { functionCall: { name: "g" } }] },
      { parts: [{ functionResponse: { name: "f" } }, { functionResponse: { name: "g" } }] },
    ]);
    expect(JSON.stringify(signed).match(/thoughtSignature/g)).toHaveLength(1);
    const foreign: AssistantPart[] = ["a", "b"].map((callId) => ({ type: "tool-call", callId, name: "f", input: {} }));
    expect(JSON.stringify(sentBack(gemini, foreign, "gemini-3-pro")).match(/thoughtSignature/g)).toHaveLength(1);
  });
});

describe("what has to go back as it was, or not at all", () => {
  test.each([openAiChat, anthropic])(
    "Kimi's own ids, to Kimi behind $name (BerriAI/litellm#34523, openclaw/openclaw#70693, microsoft/vscode#325813)",
    (dialect) => {
      const name = "mcp__github__create_pull_request_review_comment";
      const parts = [0, 0].map(
        (): AssistantPart => ({ type: "tool-call", callId: `functions.${name}:12`, name, input: {} }),
      );
      const kimi = JSON.stringify(sentBack(dialect, parts, "moonshotai/kimi-k2.5").messages);
      expect([...new Set(kimi.match(/functions\.\w+:\d+/g))]).toEqual([`functions.${name}:12`, `functions.${name}:13`]);
      expect(JSON.stringify(sentBack(dialect, parts).messages)).not.toContain(':12"');
    },
  );

  test("no state of an item of reasoning (digitallyinduced/haskell-agent#689)", () => {
    const item = { type: "reasoning", id: "rs_1", summary: [], encrypted_content: "abc", status: "completed" };
    const { input } = sentBack(openAiResponses, [
      { type: "reasoning", text: "", opaque: { dialect: "openai-responses", data: item } },
      { type: "tool-call", callId: "a", name: "f", input: {} },
    ]);
    expect(JSON.stringify(input)).not.toContain("status");
  });

  test("no name of a user that is refused (jekalmin/extended_openai_conversation#251, of 2024)", () => {
    const request = { messages: [{ role: "user" as const, name: "Änne <Lee>", content: "Hi" }] };
    const { body, warnings } = openAiChat.writeRequest(request, { model: "m", stream: true });
    expect(body.messages).toMatchObject([{ name: "Änne__Lee_" }]);
    expect(warnings).toHaveLength(1);
  });

  test("thoughts that nobody signed, to other services than Anthropic (NousResearch/hermes-agent#24884, earendil-works/pi#4464, openclaw/openclaw#71435)", () => {
    const block = (index: number, type: string, more: object) => ({ type, index, ...more });
    const { parts } = readFrames(anthropic, [
      { type: "message_start", message: { id: "m1", model: "mimo", usage: {} } },
      block(0, "content_block_start", { content_block: { type: "thinking", thinking: "" } }),
      block(0, "content_block_delta", { delta: { type: "thinking_delta", thinking: "I look." } }),
      block(0, "content_block_stop", {}),
      block(1, "content_block_start", { content_block: { type: "tool_use", id: "a", name: "f", input: {} } }),
      block(1, "content_block_stop", {}),
      { type: "message_delta", delta: { stop_reason: "tool_use" }, usage: { output_tokens: 2 } },
      { type: "message_stop" },
    ]);
    const sent = (model: string) => sentBack(anthropic, parts, model).messages;
    expect(sent("mimo-v2.5-pro")).toMatchObject([
      {},
      { content: [{ type: "thinking", thinking: "I look." }, { type: "tool_use" }] },
      {},
    ]);
    expect(JSON.stringify(sent("claude-opus-4-6"))).not.toContain("thinking");
    expect(JSON.stringify(sentBack(anthropic, [...parts.slice(0, 1), { type: "text", text: "Hi" }]))).not.toContain(
      "I look.",
    );
  });
});

describe("histories that a compaction or an interruption left", () => {
  const user = (content: string): ChatMessage => ({ role: "user", content });
  const called = (...ids: string[]): ChatMessage => ({
    role: "assistant",
    content: ids.map((callId): AssistantPart => ({ type: "tool-call", callId, name: "f", input: {} })),
  });
  const returned = (callId: string, output: JsonValue = "seen"): ChatMessage => ({
    role: "tool",
    content: [{ type: "tool-result", callId, name: "f", output }],
  });
  const thought: AssistantPart = {
    type: "reasoning",
    text: "Hm.",
    opaque: { dialect: "anthropic", data: { type: "thinking", signature: "s" } },
  };

  test.each<[string, ChatMessage[]]>([
    [
      "results whose calls were compacted away (openclaw/openclaw#8525, G-Research/bobbit#845, FerroxLabs/wayland-core#75)",
      [user("Summary"), returned("gone"), user("go")],
    ],
    [
      "a result that outlived two compactions (earendil-works/pi#4570)",
      [user("Summary"), called("a"), returned("a"), returned("gone"), called("b"), returned("b"), user("go")],
    ],
    [
      "a call whose result never came (HKUDS/OpenHarness#191, anomalyco/opencode#27594)",
      [user("Hi"), called("a"), user("go")],
    ],
    [
      "thoughts beside a call without a result (griffinmartin/opencode-claude-auth#263)",
      [
        user("Hi"),
        { role: "assistant", content: [thought, { type: "tool-call", callId: "a", name: "f", input: {} }] },
        user("go"),
      ],
    ],
    [
      "a call that was replayed, the second without a result (griffinmartin/opencode-claude-auth#263)",
      [user("Hi"), called("a"), returned("a"), user("on"), called("a"), user("go")],
    ],
    [
      "parallel results, each a message of its own, in another order (docker/docker-agent#2958, earendil-works/pi#5528, crewAIInc/crewAI#4693, vertesia/llumiverse#620, router-for-me/CLIProxyAPI#5199)",
      [user("Hi"), called("a", "b", "c"), returned("c"), returned("a"), returned("b"), user("go")],
    ],
    [
      "parallel results with a file in one (google-gemini/gemini-cli#16135, google-gemini/gemini-cli#17068)",
      [
        user("Hi"),
        called("a", "b"),
        returned("a", [{ type: "image", data: "aGk=", mimeType: "image/png" }]),
        returned("b"),
        user("go"),
      ],
    ],
  ])("with %s, are taken by every service", (_, messages) => {
    expect(refusedBy(messages)).toEqual([]);
    const { contents = [] } = gemini.writeRequest({ messages }, { model: "gemini-2.5-flash", stream: true }).body as {
      contents?: { parts: object[] }[];
    };
    for (const { parts } of contents) {
      const results = parts.filter((part) => "functionResponse" in part);
      expect([0, parts.length]).toContain(results.length);
    }
  });
});
