import OpenAI from "openai";
import { afterEach, describe, expect, test } from "vitest";
import { collect } from "../../../test/support/collect.js";
import { type DialectServer, type Script, serveDialect } from "../../../test/support/serve-dialect.js";
import { SluiceError } from "../../stream/error.js";
import { openAiChat } from "./openai-chat.js";

const SCRIPT: Script = [
  { type: "start", id: "chatcmpl-1", model: "gpt-test" },
  { type: "reasoning-delta", text: "Let me see." },
  { type: "text-delta", text: "It is " },
  { type: "text-delta", text: "sunny ☀️." },
  { type: "source", source: { kind: "url", url: "https://example.com", title: "Weather" } },
  { type: "tool-input-delta", callId: "call_1", name: "weather", delta: '{"city":' },
  { type: "tool-input-delta", callId: "call_1", name: "weather", delta: '"Oslo"}' },
  { type: "tool-call", callId: "call_1", name: "weather", input: { city: "Oslo" } },
  { type: "tool-call", callId: "call_2", name: "time", input: {} },
  {
    type: "finish",
    reason: "tool-calls",
    usage: { inputTokens: 9, outputTokens: 7, cacheReadTokens: 4, reasoningTokens: 3 },
  },
];
const MESSAGES: OpenAI.ChatCompletionMessageParam[] = [{ role: "user", content: "How is it?" }];

let server: DialectServer;
afterEach(() => server.close());

async function clientOf(script: Script): Promise<OpenAI> {
  server = await serveDialect(openAiChat, () => script);
  return new OpenAI({ baseURL: server.url, apiKey: "none", maxRetries: 0 });
}

describe("the openai client reads what the writer writes", () => {
  test("streamed, through its own accumulator", async () => {
    const client = await clientOf(SCRIPT);
    const runner = client.chat.completions.stream({
      model: "gpt-test",
      messages: MESSAGES,
      stream_options: { include_usage: true },
    });
    const { choices, id } = await runner.finalChatCompletion();
    expect(id).toBe("chatcmpl-1");
    expect(choices[0]).toMatchObject({
      finish_reason: "tool_calls",
      message: {
        content: "It is sunny ☀️.",
        tool_calls: [
          { id: "call_1", function: { name: "weather", arguments: '{"city":"Oslo"}' } },
          { id: "call_2", function: { name: "time", arguments: "{}" } },
        ],
      },
    });
    expect(await runner.totalUsage()).toMatchObject({ prompt_tokens: 9, completion_tokens: 7, total_tokens: 16 });
    expect(server.requests[0]).toMatchObject({ model: "gpt-test", stream: true, request: { messages: MESSAGES } });
  });

  test("streamed without asking for the usage, as raw chunks", async () => {
    const client = await clientOf(SCRIPT);
    const chunks = await collect(
      await client.chat.completions.create({ model: "m", messages: MESSAGES, stream: true }),
    );
    expect(chunks.every((chunk) => chunk.choices.length === 1 && !chunk.usage)).toBe(true);
    expect(chunks.map((chunk) => chunk.choices[0]?.delta.content ?? "").join("")).toBe("It is sunny ☀️.");
  });

  test("whole", async () => {
    const client = await clientOf(SCRIPT);
    const { choices, usage } = await client.chat.completions.create({ model: "m", messages: MESSAGES });
    expect(choices[0]?.message).toMatchObject({
      content: "It is sunny ☀️.",
      annotations: [{ type: "url_citation", url_citation: { url: "https://example.com", title: "Weather" } }],
      tool_calls: [{ id: "call_1" }, { id: "call_2" }],
    });
    expect(usage).toMatchObject({
      prompt_tokens_details: { cached_tokens: 4 },
      completion_tokens_details: { reasoning_tokens: 3 },
    });
  });

  test("a refusal", async () => {
    const [start] = SCRIPT;
    const client = await clientOf([
      ...(start === undefined ? [] : [start]),
      { type: "text-delta", text: "I cannot ", refusal: true },
      { type: "text-delta", text: "do that.", refusal: true },
      { type: "finish", reason: "refusal", usage: {} },
    ]);
    const { choices } = await client.chat.completions.stream({ model: "m", messages: MESSAGES }).finalChatCompletion();
    expect(choices[0]?.message).toMatchObject({ content: null, refusal: "I cannot do that." });
  });

  test("errors, before the answer and in the middle of it", async () => {
    const busy = new SluiceError("rate-limited", "slow down", { retryable: true, retryAfterMs: 2_000 });
    const refused = await (await clientOf([busy])).chat.completions
      .create({ model: "m", messages: MESSAGES })
      .catch((e) => e);
    expect(refused).toBeInstanceOf(OpenAI.RateLimitError);
    expect(refused).toMatchObject({ status: 429, code: "rate-limited" });
    expect(refused.headers.get("retry-after")).toBe("2");
    await server.close();
    const client = await clientOf([...SCRIPT.slice(0, 3), new SluiceError("overloaded", "too much to do")]);
    const stream = await client.chat.completions.create({ model: "m", messages: MESSAGES, stream: true });
    await expect(collect(stream)).rejects.toThrow("too much to do");
  });

  test("leaving reaches the server", async () => {
    const client = await clientOf([...SCRIPT.slice(0, 3), "stall"]);
    const stream = await client.chat.completions.create({ model: "m", messages: MESSAGES, stream: true });
    for await (const chunk of stream) if (chunk.choices[0]?.delta.content === "It is ") break;
    await server.left;
  });
});
