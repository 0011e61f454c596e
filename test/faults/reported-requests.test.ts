import { describe, expect, test } from "vitest";
import { anthropic } from "../../src/dialects/anthropic/anthropic.js";
import type { Dialect } from "../../src/dialects/dialect.js";
import { gemini } from "../../src/dialects/gemini/gemini.js";
import { ollama } from "../../src/dialects/ollama/ollama.js";
import { openAiChat, openAiChatDialect } from "../../src/dialects/openai-chat/openai-chat.js";
import { openAiResponses } from "../../src/dialects/openai-responses/openai-responses.js";
import type { AssistantPart, ChatMessage } from "../../src/stream/message.js";
import { sentBack } from "./sent-back.js";

/** What users of other libraries reported in 2026, but where a year is named. Each names where. */
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

  test.each<[string, "high" | "none" | undefined, string | undefined]>([
    ["gpt-5.4", "high", "none"],
    ["gpt-5.4", undefined, undefined],
    ["gpt-5.6-luna", undefined, "none"],
    ["gpt-5.6-luna", "none", "none"],
    ["gpt-5.2", "high", "high"],
    ["gpt-4.1", undefined, undefined],
  ])(
    "of OpenAI's chat completions: functions beside thinking, to %s with effort %s (openai/openai-openapi#541, pipecat-ai/pipecat#4043, BerriAI/litellm#34569, GoogleChromeLabs/webmcp-tools#417)",
    (model, effort, sent) => {
      const reasoning = effort === undefined ? {} : { reasoning: { effort } };
      const { body, warnings } = asked(openAiChat, { tools, ...reasoning }, model);
      expect(body.reasoning_effort).toBe(sent);
      expect(warnings).toHaveLength(sent === effort ? 0 : 1);
      expect(asked(openAiChat, reasoning, model).body.reasoning_effort).toBe(effort);
      expect(
        asked(openAiChatDialect({ maxTokensField: "max_tokens" }), { tools, ...reasoning }, model).warnings,
      ).toEqual([]);
    },
  );

  test.each<[string, "high" | "none" | undefined, boolean]>([
    ["gpt-5-mini", undefined, false],
    ["o4-mini", undefined, false],
    ["gpt-5.6-sol", undefined, false],
    ["gpt-5.6-sol", "none", true],
    ["gpt-5.4", undefined, true],
    ["gpt-5.4", "high", false],
    ["gpt-4.1", undefined, true],
    ["gpt-oss-120b", "high", true],
  ])(
    "of OpenAI's Responses: a temperature beside thinking, to %s with effort %s (ItzCrazyKns/Vane#1173, theJayTea/WritingTools#276)",
    (model, effort, taken) => {
      const more = { temperature: 0.2, topP: 0.5, ...(effort !== undefined && { reasoning: { effort } }) };
      const { body, warnings } = asked(openAiResponses, more, model);
      expect([body.temperature, body.top_p]).toEqual(taken ? [0.2, 0.5] : [undefined, undefined]);
      expect(warnings.map(({ field }) => field)).toEqual(taken ? [] : ["temperature", "topP"]);
    },
  );

  test("of others than OpenAI that speak Responses: a list of output texts without an id (MiaAI-Lab/DeepSeek-v4-Flash-DSpark-2x-DGX-Spark#138)", () => {
    const { input } = sentBack(openAiResponses, [{ type: "text", text: "Hello" }]);
    expect(input).toMatchObject([{}, { type: "message", role: "assistant", content: "Hello" }, {}]);
  });

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
