import { describe, expect, test } from "vitest";
import { anthropic } from "../../src/dialects/anthropic/anthropic.js";
import type { Dialect } from "../../src/dialects/dialect.js";
import { gemini } from "../../src/dialects/gemini/gemini.js";
import { ollama } from "../../src/dialects/ollama/ollama.js";
import { openAiChat } from "../../src/dialects/openai-chat/openai-chat.js";
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
