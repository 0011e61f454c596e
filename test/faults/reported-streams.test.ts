import { describe, expect, test } from "vitest";
import { anthropic } from "../../src/dialects/anthropic/anthropic.js";
import type { Dialect } from "../../src/dialects/dialect.js";
import { gemini } from "../../src/dialects/gemini/gemini.js";
import { ollama } from "../../src/dialects/ollama/ollama.js";
import { openAiChat, openAiChatDialect } from "../../src/dialects/openai-chat/openai-chat.js";
import { openAiResponses } from "../../src/dialects/openai-responses/openai-responses.js";
import type { ChatEvent } from "../../src/stream/chat-event.js";
import { SluiceError } from "../../src/stream/error.js";
import type { AssistantPart, ChatMessage } from "../../src/stream/message.js";
import { readWire, writeWire } from "../laws/dialect-laws.js";
import { summarise } from "../laws/summary.js";

/** What a stream of these frames says. */
function read(dialect: Dialect, frames: readonly (object | string)[]) {
  const texts = frames.map((frame) => (typeof frame === "string" ? frame : JSON.stringify(frame)));
  const wire = texts.map((text) => (dialect.framing === "sse" ? `data: ${text}\n\n` : `${text}\n`)).join("");
  const { events, error } = readWire(dialect, [new TextEncoder().encode(wire)]);
  return { events, error, ...summarise(events) };
}

const chat = (choice: object, more: object = {}) => ({
  id: "c",
  model: "m",
  choices: [{ index: 0, ...choice }],
  ...more,
});
const calls = (...tool_calls: object[]) => chat({ delta: { tool_calls } });
const say = (content: string, more: object = {}) => chat({ delta: { content }, ...more });
const CALLED = chat({ delta: {}, finish_reason: "tool_calls" });
const STOPPED = chat({ delta: {}, finish_reason: "stop" });
const call = (callId: unknown, name: string, input: unknown) => expect.objectContaining({ callId, name, input });
const ANY = expect.any(String);

/** Streams as users of other libraries found them in 2026, but where a number is older. Each names where. */
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
  ])("that %s", (_, frames, parts) => {
    const answer = read(openAiChat, [...frames, "[DONE]"]);
    expect(answer.error).toBeUndefined();
    expect(answer.parts).toEqual(parts);
    expect(answer.reason).toBe("tool-calls");
  });
});

describe("text, thoughts and ends of a chat completion", () => {
  test("words in the chunk of the finish reason (vllm-project/vllm#35705)", () => {
    const { parts, reason } = read(openAiChat, [say("Hel"), say("lo", { finish_reason: "length" }), "[DONE]"]);
    expect([parts, reason]).toEqual([[{ type: "text", text: "Hello" }], "length"]);
  });

  test("a finish reason in the midst, and words after it (open-webui/open-webui#16377)", () => {
    const early = chat({ delta: { reasoning_content: "Hm." }, finish_reason: "stop" });
    const { parts, error } = read(openAiChat, [early, early, say("Hello"), STOPPED, "[DONE]"]);
    expect(error).toBeUndefined();
    expect(parts).toContainEqual({ type: "text", text: "Hello" });
  });

  test("the last thought and the first word in one chunk (vllm-project/vllm#43933)", () => {
    const both = chat({ delta: { reasoning_content: " thought.", content: "Answer" } });
    const { parts } = read(openAiChat, [chat({ delta: { reasoning_content: "A" } }), both, STOPPED, "[DONE]"]);
    expect(parts).toEqual([
      { type: "reasoning", text: "A thought." },
      { type: "text", text: "Answer" },
    ]);
  });

  test("thoughts under their newer name (BerriAI/litellm#24020)", () => {
    const { parts } = read(openAiChat, [chat({ delta: { reasoning: "Hm." } }), say("So."), STOPPED, "[DONE]"]);
    expect(parts).toMatchObject([{ type: "reasoning", text: "Hm." }, { text: "So." }]);
  });

  test.each([
    ["network_error", "promptfoo/promptfoo#9905, anomalyco/opencode#44624"],
    ["error", "damianvtran/local-operator#223"],
  ])("%s is no end but a failure that may be tried again (%s)", (finish_reason) => {
    const { error } = read(openAiChat, [say("Hel"), chat({ delta: {}, finish_reason }), "[DONE]"]);
    expect(error).toMatchObject({ code: "provider-error", retryable: true });
  });

  test("an error in a chunk without choices (diegosouzapw/OmniRoute#8210)", () => {
    const message = "Worker local total request limit reached (33/32)";
    const { error } = read(openAiChat, [{ id: "c", choices: [], error: { code: 502, message } }, "[DONE]"]);
    expect(error).toMatchObject({ providerMessage: message, retryable: true });
  });

  test("sensitive is the filter's word (promptfoo/promptfoo#9905)", () => {
    expect(read(openAiChat, [say("Hel"), chat({ delta: {}, finish_reason: "sensitive" }), "[DONE]"]).reason).toBe(
      "content-filter",
    );
  });

  test("a filtered answer ends without the end marker (experientiallabs/experiential#962)", () => {
    const { error, reason } = read(openAiChat, [say("Hel"), chat({ delta: {}, finish_reason: "content_filter" })]);
    expect([error, reason]).toEqual([undefined, "content-filter"]);
  });

  test("empty finish reasons are none (ollama/ollama#4357, of 2024)", () => {
    const { parts, reason } = read(openAiChat, [
      say("Hel", { finish_reason: "" }),
      say("lo", { finish_reason: "" }),
      STOPPED,
      "[DONE]",
    ]);
    expect([parts, reason]).toEqual([[{ type: "text", text: "Hello" }], "stop"]);
  });

  test("usage without choices, and the model in each chunk (ROCm/ATOM#1711, langchain-ai/langchain#38366)", () => {
    const usage = { prompt_tokens: 3, completion_tokens: 2, prompt_tokens_details: null };
    const { start, usage: counted } = read(openAiChat, [
      say("Hello"),
      STOPPED,
      { id: "c", model: "m", usage },
      "[DONE]",
    ]);
    expect(start?.model).toBe("m");
    expect(counted).toEqual({ inputTokens: 3, outputTokens: 2 });
  });

  test("no usage is sent to a client that did not ask for it (nguyenphutrong/quotio#460)", () => {
    const events: ChatEvent[] = [
      { type: "start", id: "x", model: "m" },
      { type: "text-delta", text: "Hi" },
      { type: "finish", reason: "stop", usage: { inputTokens: 1, outputTokens: 2 } },
    ];
    const wire = writeWire(openAiChat, events, {
      model: "m",
      request: { messages: [{ role: "user", content: "Hi" }] },
    });
    expect(new TextDecoder().decode(wire)).not.toContain("prompt_tokens");
  });
});

/** What is sent of an answer and a user's next words. */
function sentBack(dialect: Dialect, parts: readonly AssistantPart[], model = "m") {
  const last: ChatMessage[] = [];
  for (const part of parts) {
    if (part.type !== "tool-call") continue;
    last.push({
      role: "tool",
      content: [{ type: "tool-result", callId: part.callId, name: part.name, output: "seen" }],
    });
  }
  if (last.length === 0) last.push({ role: "user", content: "go" });
  const messages: ChatMessage[] = [
    { role: "user", content: "Hi" },
    { role: "assistant", content: [...parts] },
    ...last,
  ];
  return dialect.writeRequest({ messages }, { model, stream: true }).body;
}

describe("what has to go back", () => {
  test("each detail of OpenRouter's reasoning, under its own index and id (pydantic/pydantic-ai#7185)", () => {
    const detail = (more: object) => chat({ delta: { reasoning: "", reasoning_details: [{ format: "o", ...more }] } });
    const { parts } = read(openAiChat, [
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
    const { parts } = read(deepSeek, [
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
    const { parts } = read(anthropic, [
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
    const { parts } = read(openAiResponses, [
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
    const { parts } = read(gemini, [
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

describe("requests that services refuse", () => {
  const tools = [{ name: "f", inputSchema: { type: "object" } }];
  const messages: ChatMessage[] = [{ role: "user", content: "Hi" }];
  const asked = (dialect: Dialect, more: object, model = "m") =>
    dialect.writeRequest({ messages, ...more }, { model, stream: true });

  test.each(["claude-sonnet-4-5", "claude-opus-4-6"])(
    "of Anthropic's: thinking where a tool is forced, to %s (can1357/oh-my-pi#341, langchain-ai/langchain#35551, pydantic/pydantic-ai#6957)",
    (model) => {
      for (const toolChoice of ["required", { name: "f" }]) {
        const { body, warnings } = asked(anthropic, { tools, toolChoice, reasoning: { effort: "high" } }, model);
        expect(body).toMatchObject({
          thinking: { type: "disabled" },
          tool_choice: { type: expect.stringMatching(/any|tool/) },
        });
        expect(warnings).toContainEqual(expect.objectContaining({ field: "reasoning" }));
      }
      expect(asked(anthropic, { tools, reasoning: { effort: "high" } }, model).body.thinking).not.toEqual({
        type: "disabled",
      });
    },
  );

  test("of Claude 4.6 and newer: an answer at the end (langchain-ai/deepagents#1585, anthropics/claude-code#52433, Skyvern-AI/skyvern#4795)", () => {
    const cut: ChatMessage[] = [...messages, { role: "assistant", content: "Well" }];
    const last = (model: string) => {
      const { body } = anthropic.writeRequest({ messages: cut }, { model, stream: true });
      return (body.messages as { role: string }[]).at(-1)?.role;
    };
    expect(["claude-opus-4-6", "claude-sonnet-4-5"].map(last)).toEqual(["user", "assistant"]);
  });

  test("of Anthropic's: more than four places of its cache (BlockRunAI/Franklin#73, anthropics/claude-agent-sdk-typescript#432)", () => {
    const content = Array.from({ length: 6 }, (_, index) => ({
      type: "text" as const,
      text: `${index}`,
      cache: "5m" as const,
    }));
    const { body } = anthropic.writeRequest({ messages: [{ role: "user", content }] }, { model: "m", stream: true });
    expect(JSON.stringify(body).match(/cache_control/g)).toHaveLength(4);
  });

  test.each([
    ["an empty list of tools (partITech/php-mistral#76, of 2025)", { tools: [], toolChoice: "auto" }, /tool/],
    ["an empty list of stop words (found here)", { stop: [] }, /stop/],
  ])("of several: %s", (_, more, field) => {
    for (const dialect of [openAiChat, openAiResponses, anthropic, gemini, ollama]) {
      expect(Object.keys(asked(dialect, more).body).join()).not.toMatch(field);
    }
  });

  test("of Groq, Cerebras and Mistral: thoughts of earlier answers (janhq/jan#8136, Kilo-Org/kilocode#10375, BerriAI/litellm#30835)", () => {
    const thought: AssistantPart[] = [
      { type: "reasoning", text: "Hm." },
      { type: "tool-call", callId: "a", name: "f", input: {} },
    ];
    expect(JSON.stringify(sentBack(openAiChat, thought))).not.toContain("reasoning");
  });

  test("of Ollama's: contents that are lists, arguments that are texts (BerriAI/litellm#11273, of 2025, langchain-ai/langchain#36550)", () => {
    const parts: AssistantPart[] = [
      { type: "text", text: "I " },
      { type: "text", text: "look." },
      { type: "tool-call", callId: "a", name: "f", input: '["x"', invalid: true },
    ];
    expect(sentBack(ollama, parts).messages).toMatchObject([
      {},
      { content: "I look.", tool_calls: [{ function: { arguments: { INVALID_JSON: '["x"' } } }] },
      {},
    ]);
  });
});

describe("ends and errors in mid-stream", () => {
  test("a chunk with usage before all others (vllm-project/semantic-router#2215, openclaw/openclaw#107333)", () => {
    const usage = (count: number) => ({ prompt_tokens: 9, completion_tokens: count });
    const { parts, usage: counted } = read(openAiChat, [
      { id: "c", model: "m", choices: [], usage: usage(4) },
      say("Hello"),
      chat({ delta: {}, finish_reason: "stop" }, { usage: null }),
      { id: "c", model: "m", choices: [], usage: usage(252) },
      "[DONE]",
    ]);
    expect(parts).toEqual([{ type: "text", text: "Hello" }]);
    expect(counted).toEqual({ inputTokens: 9, outputTokens: 252 });
  });

  test("the last frames without their label (gpustack/gpustack#6155)", () => {
    const frames = [say("Hel"), say("lo")].map((frame) => `data: ${JSON.stringify(frame)}\n\n`);
    const bare = [STOPPED, { id: "c", choices: [], usage: { prompt_tokens: 3, completion_tokens: 2 } }];
    const wire = [...frames, ...bare.map((frame) => `${JSON.stringify(frame)}\n\n`), "[DONE]\n\n"].join("");
    const { events, error } = readWire(openAiChat, [new TextEncoder().encode(wire)]);
    expect(error).toBeUndefined();
    expect(summarise(events)).toMatchObject({ parts: [{ text: "Hello" }], reason: "stop", usage: { outputTokens: 2 } });
  });

  test("a reason to finish before Gemini's first word (Chevey339/kelivo#1002)", () => {
    const { parts, error } = read(gemini, [
      { candidates: [{ content: { parts: [] }, finishReason: "STOP" }], responseId: "r" },
      { candidates: [{ content: { parts: [{ text: "Hello" }] }, finishReason: "STOP" }] },
    ]);
    expect(error).toBeUndefined();
    expect(parts).toEqual([{ type: "text", text: "Hello" }]);
  });

  test("an overload of Anthropic's after its first word (use-agent-os/agent-os#2271, karthink/gptel#1512, byte5ai/omadia#122, anthropics/anthropic-sdk-python#1918)", () => {
    const { events, error } = read(anthropic, [
      { type: "message_start", message: { id: "m", model: "claude", usage: {} } },
      { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
      { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "Hel" } },
      { type: "error", error: { type: "overloaded_error", message: "Overloaded" }, request_id: "req_1" },
    ]);
    expect(events.some(({ type }) => type === "finish")).toBe(false);
    expect(error).toMatchObject({ code: "overloaded", retryable: true, requestId: "req_1" });
  });

  test("a failure that is served says its kind in each protocol (envoyproxy/ai-gateway#2698, jgravelle/jmunch-mcp#5)", () => {
    const failure = new SluiceError("overloaded", "Overloaded", { retryable: true });
    for (const dialect of [openAiChat, openAiResponses, anthropic, gemini]) {
      const frames: string[] = [];
      const writer = dialect.writer({ model: "m", request: { messages: [{ role: "user", content: "Hi" }] } });
      const write = (frame: { data: string }) => void frames.push(frame.data);
      writer.push({ type: "start", id: "x", model: "m" }, write);
      writer.push({ type: "text-delta", text: "Hel" }, write);
      writer.fail(failure, write);
      const { error } = read(dialect, frames);
      expect(error).toMatchObject({ providerMessage: "Overloaded" });
    }
  });
});

test("arguments that Anthropic cut at the limit are no arguments (anthropics/anthropic-sdk-python#1517)", () => {
  const { parts, reason } = read(anthropic, [
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

describe("usage", () => {
  const start = { input_tokens: 3, cache_creation_input_tokens: 5, cache_read_input_tokens: 7, output_tokens: 1 };
  const messages = (usage: object) => [
    { type: "message_start", message: { id: "m", model: "claude", usage: start } },
    { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
    { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "Hi" } },
    { type: "content_block_stop", index: 0 },
    { type: "message_delta", delta: { stop_reason: "end_turn" }, usage },
    { type: "message_stop" },
  ];

  test.each<[string, object]>([
    ["says them again", { ...start, output_tokens: 9 }],
    ["says the output alone", { output_tokens: 9 }],
    ["has nulls", { input_tokens: null, cache_read_input_tokens: null, output_tokens: 9 }],
  ])(
    "of Anthropic's counts once where the end %s (langchain-ai/langchainjs#10249, envoyproxy/ai-gateway#2239, Arize-ai/openinference#3734)",
    (_, end) => {
      expect(read(anthropic, messages(end)).usage).toMatchObject({
        inputTokens: 15,
        cacheReadTokens: 7,
        cacheWriteTokens: 5,
        outputTokens: 9,
      });
    },
  );

  test("of a cache reaches Anthropic's client from a chat completion (BerriAI/litellm#41067, BerriAI/litellm#31069)", () => {
    const usage = { prompt_tokens: 20, completion_tokens: 2, prompt_tokens_details: { cached_tokens: 15 } };
    const { events } = read(openAiChat, [say("Hi"), STOPPED, { id: "c", model: "m", choices: [], usage }, "[DONE]"]);
    const wire = new TextDecoder().decode(
      writeWire(anthropic, events, { model: "m", request: { messages: [{ role: "user", content: "Hi" }] } }),
    );
    expect(wire).toContain('"usage":{"input_tokens":5,"output_tokens":2,"cache_read_input_tokens":15}');
  });
});

describe("usage of thoughts, tools and caches", () => {
  const gemini3 = (usageMetadata: object) =>
    read(gemini, [
      { candidates: [{ content: { parts: [{ text: "Hi" }] }, finishReason: "STOP" }], responseId: "r", usageMetadata },
    ]);
  const counts = {
    promptTokenCount: 500,
    candidatesTokenCount: 120,
    toolUsePromptTokenCount: 300,
    thoughtsTokenCount: 10,
    totalTokenCount: 930,
  };

  test("of Gemini: what its tools read is input, what it thought output (agentscope-ai/agentscope#2406, agentscope-ai/agentscope-java#3033, langchain-ai/langchainjs#11423, computesdk/benchmarks#372)", () => {
    expect(gemini3(counts).usage).toMatchObject({ inputTokens: 800, outputTokens: 130, reasoningTokens: 10 });
  });

  test("of Gemini in a chat completion adds up (router-for-me/CLIProxyAPI#5744, router-for-me/CLIProxyAPI#1643)", () => {
    const { events } = gemini3({ ...counts, cachedContentTokenCount: 400 });
    const request = {
      messages: [{ role: "user" as const, content: "Hi" }],
      providerOptions: { "openai-chat": { stream_options: { include_usage: true } } },
    };
    const wire = new TextDecoder().decode(writeWire(openAiChat, events, { model: "m", request }));
    expect(wire).toContain('"prompt_tokens":800,"completion_tokens":130,"total_tokens":930');
    expect(wire).toContain('"cached_tokens":400');
  });

  test("of xAI: thoughts beside the completion (Wei-Shaw/sub2api#5771)", () => {
    const usage = {
      prompt_tokens: 10_120,
      completion_tokens: 1_499,
      total_tokens: 14_428,
      prompt_tokens_details: { cached_tokens: 128 },
      completion_tokens_details: { reasoning_tokens: 2_809 },
    };
    const { usage: counted } = read(openAiChat, [say("Hi"), STOPPED, { id: "c", choices: [], usage }, "[DONE]"]);
    expect(counted).toMatchObject({
      inputTokens: 10_120,
      outputTokens: 4_308,
      reasoningTokens: 2_809,
      cacheReadTokens: 128,
    });
  });

  test("of Anthropic's cache writes over Responses and chat (api7/aisix#627, UKGovernmentBEIS/inspect_ai#4997)", () => {
    const events: ChatEvent[] = [
      { type: "start", id: "x", model: "m" },
      { type: "text-delta", text: "Hi" },
      {
        type: "finish",
        reason: "stop",
        usage: { inputTokens: 9, outputTokens: 2, cacheReadTokens: 3, cacheWriteTokens: 4 },
      },
    ];
    const request = {
      messages: [{ role: "user" as const, content: "Hi" }],
      providerOptions: { "openai-chat": { stream_options: { include_usage: true } } },
    };
    for (const dialect of [openAiResponses, openAiChat]) {
      const { events: back } = readWire(dialect, [writeWire(dialect, events, { model: "m", request })]);
      expect(summarise(back).usage).toMatchObject({ inputTokens: 9, cacheReadTokens: 3, cacheWriteTokens: 4 });
    }
  });
});

describe("events of Responses as servers really send them", () => {
  const created = { type: "response.created", response: { id: "r", model: "m" } };
  const completed = (...output: object[]) => ({
    type: "response.completed",
    response: { id: "r", model: "m", status: "completed", output },
  });

  test.each<[string, object[], unknown[]]>([
    [
      "thoughts as reasoning_text (pydantic/pydantic-ai#6305)",
      [
        created,
        { type: "response.output_item.added", output_index: 0, item: { type: "reasoning", id: "rs", summary: [] } },
        { type: "response.reasoning_text.delta", item_id: "rs", output_index: 0, content_index: 0, delta: "I " },
        { type: "response.reasoning_text.delta", item_id: "rs", output_index: 0, content_index: 0, delta: "think." },
        completed(),
      ],
      [expect.objectContaining({ type: "reasoning", text: "I think." })],
    ],
    [
      "a call without the id of an item (anomalyco/opencode#45081)",
      [
        created,
        {
          type: "response.output_item.done",
          output_index: 0,
          item: { type: "function_call", call_id: "a", name: "f", arguments: '{"at":1}' },
        },
        completed(),
      ],
      [call("a", "f", { at: 1 })],
    ],
    [
      "a call whose name and id come at its end (HEXUXIU/M365-Copilot2API#77)",
      [
        created,
        {
          type: "response.output_item.added",
          output_index: 0,
          item: { type: "function_call", id: "fc", call_id: "", name: "", arguments: "" },
        },
        { type: "response.function_call_arguments.delta", item_id: "fc", output_index: 0, delta: '{"at":1}' },
        {
          type: "response.output_item.done",
          output_index: 0,
          item: { type: "function_call", id: "fc", call_id: "a", name: "f", arguments: '{"at":1}' },
        },
        completed(),
      ],
      [call("a", "f", { at: 1 })],
    ],
    [
      "arguments that name their call and not their item (lidge-jun/opencodex#1361)",
      [
        created,
        {
          type: "response.output_item.added",
          item: { type: "function_call", id: "fc", call_id: "a", name: "f", arguments: "" },
        },
        { type: "response.function_call_arguments.delta", call_id: "a", delta: '{"at":' },
        { type: "response.function_call_arguments.delta", call_id: "a", delta: "1}" },
        completed({ type: "function_call", id: "fc", call_id: "a", name: "f", arguments: '{"at":1}' }),
      ],
      [call("a", "f", { at: 1 })],
    ],
    [
      "the whole output at the end alone (NVIDIA-NeMo/Switchyard#777)",
      [
        created,
        completed({ type: "message", id: "msg", role: "assistant", content: [{ type: "output_text", text: "Hello" }] }),
      ],
      [expect.objectContaining({ type: "text", text: "Hello" })],
    ],
  ])("%s", (_, frames, parts) => {
    const answer = read(openAiResponses, frames);
    expect(answer.error).toBeUndefined();
    expect(answer.parts).toEqual(parts);
  });

  test("two hundred pieces of a summary are one thought (langchain-ai/langchainjs#10684)", () => {
    const pieces = Array.from({ length: 200 }, (_, index) => ({
      type: "response.reasoning_summary_text.delta",
      item_id: "rs",
      output_index: 0,
      summary_index: 0,
      delta: `${index} `,
    }));
    const { parts } = read(openAiResponses, [
      created,
      { type: "response.output_item.added", output_index: 0, item: { type: "reasoning", id: "rs", summary: [] } },
      ...pieces,
      completed(),
    ]);
    expect(parts.filter(({ type }) => type === "reasoning")).toHaveLength(1);
  });

  test("each item that is served is announced, has one id and a place of its own (BerriAI/litellm#36375, Oaklight/llm-rosetta#86, Wei-Shaw/sub2api#2875)", () => {
    const events: ChatEvent[] = [
      { type: "start", id: "x", model: "m" },
      { type: "reasoning-delta", text: "Hm." },
      { type: "text-delta", text: "I look." },
      { type: "tool-input-delta", callId: "a", name: "f", delta: "{}" },
      { type: "tool-call", callId: "a", name: "f", input: {} },
      { type: "finish", reason: "tool-calls", usage: {} },
    ];
    const wire = new TextDecoder().decode(
      writeWire(openAiResponses, events, { model: "m", request: { messages: [{ role: "user", content: "Hi" }] } }),
    );
    const frames = [...wire.matchAll(/^data: (.*)$/gm)].map(([, data = ""]) => JSON.parse(data));
    const added = frames.filter(({ type }) => type === "response.output_item.added");
    expect(added.map(({ output_index: place }) => place)).toEqual([0, 1, 2]);
    const ids: string[] = added.map(({ item }) => item.id);
    expect(new Set(ids).size).toBe(3);
    for (const { item_id: id, output_index: place } of frames) if (id !== undefined) expect(ids[place]).toBe(id);
    expect(frames.at(-1).response.output.map(({ id }: { id: string }) => id)).toEqual(ids);
    expect(frames.some(({ type }) => type === "response.content_part.added")).toBe(true);
  });
});

describe("Gemini's calls", () => {
  test("in two chunks, the second without a name (smallmain/vscode-unify-chat-provider#48)", () => {
    const { parts } = read(gemini, [
      { candidates: [{ content: { parts: [{ functionCall: { name: "f", args: {} } }] } }], responseId: "r" },
      { candidates: [{ content: { parts: [{ functionCall: { args: { at: 1 } } }] }, finishReason: "STOP" }] },
    ]);
    expect(parts).toEqual([call(ANY, "f", { at: 1 })]);
  });

  test("that are said again without their signature keep it (allenhutchison/obsidian-gemini#230, of 2025)", () => {
    const functionCall = { id: "a", name: "f", args: { at: 1 } };
    const { parts } = read(gemini, [
      { candidates: [{ content: { parts: [{ functionCall, thoughtSignature: "c2ln" }] } }], responseId: "r" },
      { candidates: [{ content: { parts: [{ functionCall }] }, finishReason: "STOP" }] },
    ]);
    expect(parts).toHaveLength(1);
    expect(JSON.stringify(parts)).toContain("c2ln");
  });
});

test("Ollama's calls in lines of JSON (code-yeongyu/oh-my-openagent#1122, decolua/9router#4119)", () => {
  const line = (message: object, more: object) => ({
    model: "m",
    created_at: "2026-01-26T00:00:00Z",
    message,
    ...more,
  });
  const { parts, reason } = read(ollama, [
    line(
      { role: "assistant", content: "", tool_calls: [{ function: { name: "f", arguments: { at: 1 } } }] },
      { done: false },
    ),
    line({ role: "assistant", content: "" }, { done: true, done_reason: "stop" }),
  ]);
  expect(parts).toEqual([call(ANY, "f", { at: 1 })]);
  expect(reason).toBe("tool-calls");
});
