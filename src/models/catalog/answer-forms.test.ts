import { expect, test } from "vitest";
import { model } from "../named-model.js";

const env = { OPENAI_API_KEY: "k", ANTHROPIC_API_KEY: "k", DEEPSEEK_API_KEY: "k", GEMINI_API_KEY: "k" };

test.each([
  ["openai/gpt-5", { jsonSchema: true }],
  ["openai/gpt-4.1-mini", { jsonSchema: true }],
  ["openai/gpt-4o", { jsonSchema: true }],
  ["openai/gpt-4", { jsonSchema: false, tools: true }],
  ["openai/gpt-4-turbo", { jsonSchema: false, tools: true }],
  ["anthropic/claude-sonnet-4-5", { jsonSchema: true, tools: true, jsonSchemaLimits: { recursion: false } }],
  ["gemini/gemini-2.5-flash", { jsonSchema: true, jsonSchemaLimits: { recursion: false } }],
  ["anthropic/claude-sonnet-4-20250514", { jsonSchema: false, tools: true }],
  ["anthropic/claude-3-5-haiku-latest", { jsonSchema: false, tools: true }],
  ["ollama/llama3.2", { jsonSchema: true }],
])("%s is known to answer in the forms %j", (id, forms) => {
  expect(model(id, { env }).capabilities).toMatchObject(forms);
});

test("of other services nothing is claimed, and what the caller knows counts", () => {
  expect(model("deepseek/deepseek-chat", { env }).capabilities).not.toHaveProperty("jsonSchema");
  const told = model("openai/gpt-5", { env, capabilities: { jsonSchema: false } });
  expect(told.capabilities?.jsonSchema).toBe(false);
});
