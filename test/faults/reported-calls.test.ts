import { describe, expect, test } from "vitest";
import { anthropic } from "../../src/dialects/anthropic/anthropic.js";
import { gemini } from "../../src/dialects/gemini/gemini.js";
import { ollama } from "../../src/dialects/ollama/ollama.js";
import { openAiChat } from "../../src/dialects/openai-chat/openai-chat.js";
import { openAiResponses } from "../../src/dialects/openai-responses/openai-responses.js";
import { CALLED, call, calls, chat, readFrames, STOPPED, say } from "./read-frames.js";

const ANY = expect.any(String);

/** What users of other libraries reported in 2026, but where a year is named. Each names where. */
describe("calls in chunks of a chat completion", () => {
  test.each<[string, (object | string)[], unknown[]]>([
    [
      "end with stop (googleapis/python-genai#2868)",
      [calls({ index: 0, id: "a", function: { name: "f", arguments: '{"at":1}' } }), STOPPED],
      [call("a", "f", { at: 1 })],
    ],
    [
      "have no index (AstrBotDevs/AstrBot#6692, openai/openai-python#3246)",
      [
        calls({ id: "a", function: { name: "f", arguments: "" } }),
        calls({ function: { arguments: '{"at":' } }),
        calls({ function: { arguments: "1}" } }),
        CALLED,
      ],
      [call("a", "f", { at: 1 })],
    ],
    [
      "have their id in the first piece only (openai/codex#7517)",
      [
        calls({ index: 0, id: "a", function: { name: "f", arguments: "" } }),
        calls({ index: 1, id: "b", function: { name: "g", arguments: "" } }),
        calls({ index: 0, function: { arguments: '{"at":1}' } }),
        calls({ index: 1, function: { arguments: '{"at":2}' } }),
        CALLED,
      ],
      [call("a", "f", { at: 1 }), call("b", "g", { at: 2 })],
    ],
    [
      "are one in two entries of a chunk (openai/openai-python#3201)",
      [
        calls(
          { index: 0, id: "a", function: { name: "f", arguments: '{"a' } },
          { index: 0, function: { arguments: 't":' } },
        ),
        calls({ index: 0, function: { arguments: "1}" } }),
        CALLED,
      ],
      [call("a", "f", { at: 1 })],
    ],
    [
      "collide in their index (agno-agi/agno#8880)",
      [
        calls({ index: 0, id: "a", function: { name: "f", arguments: '{"at":1}' } }),
        calls({ index: 0, id: "b", function: { name: "f", arguments: "" } }),
        calls({ index: 1, function: { arguments: '{"at":2}' } }),
        CALLED,
      ],
      [call("a", "f", { at: 1 }), call("b", "f", { at: 2 })],
    ],
    [
      "change their index before the arguments (danny-avila/LibreChat#13987)",
      [
        calls({ index: 1, id: "a", function: { name: "f", arguments: "" } }),
        calls({ index: 0, function: { arguments: '{"at":' } }),
        calls({ index: 0, function: { arguments: "1}" } }),
        CALLED,
      ],
      [call("a", "f", { at: 1 })],
    ],
    [
      "have arguments before their name (vercel/ai#15879)",
      [
        calls({ id: "a", function: { arguments: '{"at":' } }),
        calls({ id: "a", function: { name: "f", arguments: "1}" } }),
        CALLED,
      ],
      [call("a", "f", { at: 1 })],
    ],
    [
      "have no index and an empty id in later pieces (langchain-ai/langchain#34654)",
      [
        calls({ index: null, id: "a", function: { name: "f", arguments: "" } }),
        calls({ index: null, id: "", function: { name: "", arguments: '{"at":1}' } }),
        CALLED,
      ],
      [call("a", "f", { at: 1 })],
    ],
    [
      "begin their arguments beside the name (ggml-org/llama.cpp#22722)",
      [
        calls({ index: 0, id: "a", type: "function", function: { name: "f", arguments: "{" } }),
        calls({ index: 0, function: { arguments: '"at":1}' } }),
        CALLED,
      ],
      [call("a", "f", { at: 1 })],
    ],
    [
      "stand beside a role and a content that are null (lemonade-sdk/lemonade#3440, vllm-project/vllm-ascend#14501)",
      [
        chat({
          delta: {
            role: null,
            content: null,
            tool_calls: [{ index: 0, id: "a", function: { name: "f", arguments: "" } }],
          },
        }),
        chat({
          delta: { role: null, content: null, tool_calls: [{ index: 0, function: { arguments: '{"at":1}' } }] },
        }),
        CALLED,
      ],
      [call("a", "f", { at: 1 })],
    ],
    [
      "come whole with their end (vllm-project/vllm#47907)",
      [
        chat({
          delta: { tool_calls: [{ index: 0, id: "a", function: { name: "f", arguments: '{"at":1}' } }] },
          finish_reason: "tool_calls",
        }),
      ],
      [call("a", "f", { at: 1 })],
    ],
    [
      "follow an empty text, and a text (pydantic/pydantic-ai#2256, langfuse/langfuse-python#1611)",
      [say(""), say("I look."), calls({ index: 0, id: "a", function: { name: "f", arguments: '{"at":1}' } }), CALLED],
      [{ type: "text", text: "I look." }, call("a", "f", { at: 1 })],
    ],
    [
      "have their name in each piece (weicj/vLLM-2080Ti-Definitive#127)",
      [
        calls({ index: 0, id: "a", function: { name: "f", arguments: '{"at": ' } }),
        calls({ index: 0, function: { name: "f", arguments: '"now' } }),
        calls({ index: 0, function: { name: "f", arguments: '"' } }),
        calls({ index: 0, function: { name: "f", arguments: "}" } }),
        calls({ index: 0, function: { name: "f", arguments: "" } }),
        CALLED,
      ],
      [call("a", "f", { at: "now" })],
    ],
    [
      "have no arguments, or an empty text of them (QwenLM/qwen-code#6249, vllm-project/vllm#28806)",
      [
        calls({ index: 0, id: "a", type: "function", function: { name: "f", arguments: "" } }),
        calls({ index: 1, id: "b", type: "function", function: { name: "g" } }),
        CALLED,
      ],
      [call("a", "f", {}), call("b", "g", {})],
    ],
    [
      "have an id of its own and no name in each later piece (earendil-works/pi#3576)",
      [
        calls({ index: 0, id: "functions.f:0", type: "function", function: { name: "f", arguments: "" } }),
        calls({ index: 0, id: "chatcmpl-tool-9e", type: "function", function: { arguments: '{"at"' } }),
        calls({ index: 0, id: "chatcmpl-tool-b8", type: "function", function: { name: "", arguments: ":1}" } }),
        CALLED,
      ],
      [call("functions.f:0", "f", { at: 1 })],
    ],
    [
      "come in turns, with empty ids, names and texts between them (mylxsw/llm-gateway#138)",
      [
        calls({ index: 0, id: "a", type: "function", function: { name: "f", arguments: "" } }),
        calls({ index: 0, id: "", function: { name: "", arguments: '{"a' } }),
        chat({ delta: { content: "", tool_calls: [{ index: 1, id: "b", function: { name: "g", arguments: "" } }] } }),
        calls({ index: 1, id: "", function: { name: "", arguments: '{"at":2}' } }),
        calls({ index: 0, id: "", function: { name: "", arguments: 't":1}' } }),
        CALLED,
      ],
      [call("a", "f", { at: 1 }), call("b", "g", { at: 2 })],
    ],
  ])("that %s", (_, frames, parts) => {
    const answer = readFrames(openAiChat, [...frames, "[DONE]"]);
    expect(answer.error).toBeUndefined();
    expect(answer.parts).toEqual(parts);
    expect(answer.reason).toBe("tool-calls");
  });
});

test("arguments that Anthropic cut at the limit are no arguments (anthropics/anthropic-sdk-python#1517)", () => {
  const { parts, reason } = readFrames(anthropic, [
    { type: "message_start", message: { id: "m", model: "claude", usage: {} } },
    { type: "content_block_start", index: 0, content_block: { type: "tool_use", id: "a", name: "f", input: {} } },
    { type: "content_block_delta", index: 0, delta: { type: "input_json_delta", partial_json: '{"at": "ga' } },
    { type: "content_block_stop", index: 0 },
    { type: "message_delta", delta: { stop_reason: "max_tokens" }, usage: { output_tokens: 2 } },
    { type: "message_stop" },
  ]);
  expect(parts).toEqual([expect.objectContaining({ callId: "a", input: '{"at": "ga', invalid: true })]);
  expect(reason).toBe("length");
});

describe("Gemini's calls", () => {
  test("in two chunks, the second without a name (smallmain/vscode-unify-chat-provider#48)", () => {
    const { parts } = readFrames(gemini, [
      { candidates: [{ content: { parts: [{ functionCall: { name: "f", args: {} } }] } }], responseId: "r" },
      { candidates: [{ content: { parts: [{ functionCall: { args: { at: 1 } } }] }, finishReason: "STOP" }] },
    ]);
    expect(parts).toEqual([call(ANY, "f", { at: 1 })]);
  });

  test("that are repeated without their signature keep it (allenhutchison/obsidian-gemini#230, of 2025)", () => {
    const functionCall = { id: "a", name: "f", args: { at: 1 } };
    const { parts } = readFrames(gemini, [
      { candidates: [{ content: { parts: [{ functionCall, thoughtSignature: "c2ln" }] } }], responseId: "r" },
      { candidates: [{ content: { parts: [{ functionCall }] }, finishReason: "STOP" }] },
    ]);
    expect(parts).toHaveLength(1);
    expect(JSON.stringify(parts)).toContain("c2ln");
  });
});

test.each(["", "null", null, undefined])(
  "whole calls whose arguments are %j have none (openai/openai-python#3502, cheshire-cat-ai/core#1140)",
  (arguments_) => {
    const called = { name: "f", ...(arguments_ !== undefined && { arguments: arguments_ }) };
    const message = { role: "assistant", content: null, tool_calls: [{ id: "a", type: "function", function: called }] };
    const answer = { id: "c", model: "m", choices: [{ index: 0, message, finish_reason: "tool_calls" }] };
    expect(openAiChat.readBody(answer)).toContainEqual(call("a", "f", {}));
    const item = { type: "function_call", id: "fc", call_id: "a", status: "completed", ...called };
    const response = { id: "r", object: "response", model: "m", status: "completed", output: [item] };
    const events = openAiResponses.readBody(response);
    expect(events).toContainEqual(call("a", "f", {}));
    expect(events.at(-1)).toMatchObject({ reason: "tool-calls" });
  },
);

test("Ollama's calls, words and thoughts in the line that says done (QuantumNous/new-api#7252)", () => {
  const tool_calls = [{ function: { name: "f", arguments: { at: 1 } } }];
  const message = { role: "assistant", content: "So.", thinking: "Hm.", tool_calls };
  const { parts, reason } = readFrames(ollama, [
    { model: "m", created_at: "2026-01-26T00:00:00Z", message, done: true, done_reason: "stop" },
  ]);
  expect(parts).toEqual([{ type: "reasoning", text: "Hm." }, { type: "text", text: "So." }, call(ANY, "f", { at: 1 })]);
  expect(reason).toBe("tool-calls");
});

test("Ollama's calls in lines of JSON (code-yeongyu/oh-my-openagent#1122, decolua/9router#4119)", () => {
  const line = (message: object, more: object) => ({
    model: "m",
    created_at: "2026-01-26T00:00:00Z",
    message,
    ...more,
  });
  const { parts, reason } = readFrames(ollama, [
    line(
      { role: "assistant", content: "", tool_calls: [{ function: { name: "f", arguments: { at: 1 } } }] },
      { done: false },
    ),
    line({ role: "assistant", content: "" }, { done: true, done_reason: "stop" }),
  ]);
  expect(parts).toEqual([call(ANY, "f", { at: 1 })]);
  expect(reason).toBe("tool-calls");
});
