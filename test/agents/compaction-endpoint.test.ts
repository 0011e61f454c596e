import { expect, test } from "vitest";
import { Agent } from "../../src/agents/agent.js";
import { compactingMemory } from "../../src/agents/memory/conversation-memory.js";
import { isJsonObject, type JsonObject, type JsonValue } from "../../src/base/json.js";
import { MemoryStore } from "../../src/chat/stores/memory-store.js";
import { anthropicCalling } from "../../src/dialects/anthropic/anthropic-calling.js";
import { geminiCalling } from "../../src/dialects/gemini/gemini-calling.js";
import { ollamaCalling } from "../../src/dialects/ollama/ollama-calling.js";
import { openAiChatCalling } from "../../src/dialects/openai-chat/openai-chat-calling.js";
import { model } from "../../src/models/named-model.js";
import type { ChatMessage } from "../../src/stream/message.js";
import { serveJson } from "../support/posted-json.js";

/** A service of the Responses API that counts its answers, and compacts. */
function service({ fails = false } = {}) {
  let answers = 0;
  return serveJson(({ path, body }) => {
    if (!path.endsWith("/compact")) return { frames: answer(`Answer ${++answers}.`) };
    return fails ? { status: 503, body: { error: { message: "not now" } } } : { body: compacted(body.input) };
  });
}

function compacted(input: JsonValue | undefined): JsonObject {
  const items = Array.isArray(input) ? input.filter(isJsonObject) : [];
  const users = items
    .filter(({ role }) => role === "user")
    .map((item) => ({ type: "message", status: "completed", ...item }));
  const sealed = { id: "cmp_1", type: "compaction", encrypted_content: `sealed ${items.length}` };
  return {
    id: "resp_1",
    object: "response.compaction",
    created_at: 1,
    output: [...users, sealed],
    usage: { input_tokens: 40, output_tokens: 4, total_tokens: 44 },
  };
}

function answer(text: string): JsonObject[] {
  const item = { id: "msg_1", type: "message", role: "assistant", status: "completed" };
  const output = [{ ...item, content: [{ type: "output_text", text, annotations: [] }] }];
  const usage = { input_tokens: 5, output_tokens: 2, total_tokens: 7 };
  return [
    { type: "response.created", response: { id: "resp_2", model: "gpt-5", output: [], status: "in_progress" } },
    { type: "response.output_item.added", output_index: 0, item: { ...item, content: [] } },
    { type: "response.output_text.delta", output_index: 0, content_index: 0, item_id: "msg_1", delta: text },
    { type: "response.completed", response: { id: "resp_2", model: "gpt-5", status: "completed", output, usage } },
  ];
}

const LONG = "water ".repeat(60);

async function talked(baseUrl: string, store: MemoryStore, texts: readonly string[]) {
  const gpt = () => model("openai/gpt-5", { baseUrl, apiKey: "k", retry: { retries: 0 } });
  const runs = [];
  for (const text of texts) {
    // As in another process each time: nothing is known but what the store has.
    const memory = compactingMemory({ model: gpt(), maxTokens: 150, keepTokens: 10, byProvider: true, store });
    runs.push(await new Agent({ model: gpt(), memory }).run(text, { sessionId: "ada" }));
  }
  return runs;
}

test("a session is compacted by the service, and its state is kept and sent with later turns", async () => {
  const { sent, baseUrl } = await service();
  const store = new MemoryStore();
  const runs = await talked(baseUrl, store, [`I am Ada. ${LONG}`, `I sail. ${LONG}`, `Hi. ${LONG}`, "Who am I?"]);
  const compactions = sent.filter(({ path }) => path === "/v1/responses/compact");
  expect(compactions).toHaveLength(2);
  for (const { body } of compactions) expect(Object.keys(body).sort()).toEqual(["input", "model"]);
  // The second goes on from the first, and none sees the turn that runs.
  expect(compactions[1]?.body.input).toMatchObject([
    { role: "user" },
    { role: "user" },
    { type: "compaction", encrypted_content: "sealed 4" },
    { role: "user" },
    { type: "message", role: "assistant" },
  ]);
  expect(sent.at(-1)?.body.input).toMatchObject([
    { role: "user" },
    { role: "user" },
    { role: "user" },
    { type: "compaction" },
    { role: "user", content: "Who am I?" },
  ]);
  // What it used is part of the turn's usage.
  expect(runs[2]?.usage).toMatchObject({ inputTokens: 45, outputTokens: 6 });
  // The session itself is whole.
  const memory = compactingMemory({ model: model("openai/gpt-5", { baseUrl, apiKey: "k" }), maxTokens: 150, store });
  expect(await memory.messages("ada")).toHaveLength(8);
});

test("where the service fails all is sent as it is, and the answer says so", async () => {
  const { sent, baseUrl } = await service({ fails: true });
  const [, last] = await talked(baseUrl, new MemoryStore(), [`I am Ada. ${LONG}${LONG}`, `I sail. ${LONG}`]);
  expect(last?.text).toBe("Answer 2.");
  expect(sent.map(({ path }) => path)).toContain("/v1/responses/compact");
  expect(sent.at(-1)?.body.input).toHaveLength(3);
});

test("other protocols take such a history, and say that they leave the state out", () => {
  const opaque = { dialect: "openai-responses", data: { id: "cmp_1", type: "compaction", encrypted_content: "x" } };
  const messages: ChatMessage[] = [
    { role: "user", content: "I am Ada." },
    { role: "assistant", content: [{ type: "opaque", name: "provider/compaction", opaque }] },
    { role: "user", content: "Who am I?" },
  ];
  for (const dialect of [anthropicCalling, geminiCalling, ollamaCalling, openAiChatCalling({})]) {
    const { body, warnings } = dialect.writeRequest({ messages, maxTokens: 10 }, { model: "m", stream: true });
    expect(JSON.stringify(body)).toContain("Who am I?");
    expect(JSON.stringify(body)).not.toContain("cmp_1");
    expect(warnings).toMatchObject([{ field: expect.stringContaining("messages[1]") }]);
  }
});
