import { expect, test } from "vitest";
import { Agent } from "../../src/agents/agent.js";
import { providerCompaction } from "../../src/agents/memory/provider-compaction.js";
import type { JsonObject } from "../../src/base/json.js";
import { model } from "../../src/models/named-model.js";
import { serveJson } from "../support/posted-json.js";

/** A service that answers each request with the same frames. */
const service = (frames: readonly JsonObject[]) => serveJson(() => ({ frames }));

test("Anthropic compacts, and its block comes back with the next turn, beside the whole session", async () => {
  const block = { type: "compaction", content: "The user is Ada." };
  const usage = { input_tokens: 10, output_tokens: 2 };
  const { sent, baseUrl } = await service([
    { type: "message_start", message: { id: "m", type: "message", role: "assistant", model: "c", content: [], usage } },
    { type: "content_block_start", index: 0, content_block: { type: "compaction", content: "" } },
    { type: "content_block_delta", index: 0, delta: { type: "compaction_delta", content: block.content } },
    { type: "content_block_stop", index: 0 },
    { type: "content_block_start", index: 1, content_block: { type: "text", text: "" } },
    { type: "content_block_delta", index: 1, delta: { type: "text_delta", text: "Hi Ada." } },
    { type: "content_block_stop", index: 1 },
    { type: "message_delta", delta: { stop_reason: "end_turn" }, usage: { output_tokens: 2 } },
    { type: "message_stop" },
  ]);
  const agent = new Agent({
    model: model("anthropic/claude-opus-4-6", { baseUrl, apiKey: "k" }),
    memory: providerCompaction({ maxTokens: 60_000, keepToolResults: 3 }),
    request: { providerOptions: { anthropic: { service_tier: "auto" } } },
  });
  expect(await agent.chat("I am Ada.")).toBe("Hi Ada.");
  await agent.chat("Who am I?");
  expect(sent[0]?.body).toMatchObject({ service_tier: "auto" });
  expect(sent[0]?.headers["anthropic-beta"]).toContain("compact-2026-01-12");
  expect(sent[1]?.body.context_management).toEqual({
    edits: [
      { type: "clear_tool_uses_20250919", keep: { type: "tool_uses", value: 3 } },
      { type: "compact_20260112", trigger: { type: "input_tokens", value: 60_000 } },
    ],
  });
  expect(sent[1]?.body.messages).toMatchObject([
    { role: "user" },
    { role: "assistant", content: [block, { type: "text", text: "Hi Ada." }] },
    { role: "user" },
  ]);
});

test("OpenAI compacts, and its item comes back with the next turn, beside the whole session", async () => {
  const item = { id: "cmp_1", type: "compaction", encrypted_content: "gAAA" };
  const message = { id: "msg_1", type: "message", role: "assistant", status: "completed" };
  const content = [{ type: "output_text", text: "Hi Ada.", annotations: [] }];
  const done = { ...message, content };
  const response = { id: "r", object: "response", model: "gpt-5", status: "in_progress", output: [] };
  const { sent, baseUrl } = await service([
    { type: "response.created", response },
    { type: "response.output_item.added", output_index: 0, item },
    { type: "response.output_item.done", output_index: 0, item },
    { type: "response.output_item.added", output_index: 1, item: { ...message, content: [] } },
    { type: "response.output_text.delta", output_index: 1, content_index: 0, item_id: "msg_1", delta: "Hi Ada." },
    { type: "response.output_item.done", output_index: 1, item: done },
    {
      type: "response.completed",
      response: {
        ...response,
        status: "completed",
        output: [item, done],
        usage: { input_tokens: 9, output_tokens: 2 },
      },
    },
  ]);
  const agent = new Agent({
    model: model("openai/gpt-5", { baseUrl, apiKey: "k" }),
    memory: providerCompaction({ maxTokens: 1_000 }),
  });
  expect(await agent.chat("I am Ada.")).toBe("Hi Ada.");
  await agent.chat("Who am I?");
  expect(sent[1]?.body.context_management).toEqual([{ type: "compaction", compact_threshold: 1_000 }]);
  const input = sent[1]?.body.input as JsonObject[];
  expect(input).toContainEqual(expect.objectContaining({ type: "compaction", encrypted_content: "gAAA" }));
  expect(JSON.stringify(input)).toContain("I am Ada.");
});

test("what cannot be is refused", () => {
  expect(() => providerCompaction({ maxToken: 1 } as never)).toThrow("did you mean maxTokens?");
  expect(() => providerCompaction({ maxTokens: 0 })).toThrow("maxTokens");
});
