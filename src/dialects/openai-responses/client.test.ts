import OpenAI from "openai";
import { afterEach, describe, expect, test } from "vitest";
import { collect } from "../../../test/support/collect.js";
import { type DialectServer, type Script, serveDialect } from "../../../test/support/serve-dialect.js";
import { SluiceError } from "../../stream/error.js";
import { openAiResponses } from "./openai-responses.js";

const WEATHER = { type: "function" as const, name: "weather", parameters: { type: "object" }, strict: false };
const SIGNATURE = { dialect: "anthropic", data: { type: "thinking", signature: "c2ln" } };

const SCRIPT: Script = [
  { type: "start", id: "resp_1", model: "gpt-test" },
  { type: "reasoning-delta", text: "Let me see." },
  { type: "reasoning-delta", text: "", opaque: SIGNATURE },
  { type: "text-delta", text: "It is " },
  { type: "text-delta", text: "sunny ☀️." },
  { type: "source", source: { kind: "url", url: "https://example.com", title: "Weather", span: { start: 0, end: 5 } } },
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

let server: DialectServer;
afterEach(() => server.close());

async function clientOf(script: Script): Promise<OpenAI> {
  server = await serveDialect(openAiResponses, () => script);
  return new OpenAI({ baseURL: server.url, apiKey: "none", maxRetries: 0 });
}

describe("the openai client reads what the writer writes", () => {
  test("streamed, through its own accumulator", async () => {
    const client = await clientOf(SCRIPT);
    const stream = client.responses.stream({ model: "gpt-test", input: "How is it?", tools: [WEATHER] });
    const deltas: string[] = [];
    stream.on("response.output_text.delta", ({ delta }) => deltas.push(delta));
    const response = await stream.finalResponse();
    expect(deltas).toEqual(["It is ", "sunny ☀️."]);
    expect(response).toMatchObject({ id: "resp_1", model: "gpt-test", status: "completed" });
    expect(response.output_text).toBe("It is sunny ☀️.");
    expect(response.output).toMatchObject([
      { type: "reasoning", summary: [{ type: "summary_text", text: "Let me see." }] },
      {
        type: "message",
        content: [
          {
            type: "output_text",
            text: "It is sunny ☀️.",
            annotations: [{ type: "url_citation", url: "https://example.com", start_index: 0, end_index: 5 }],
          },
        ],
      },
      { type: "function_call", call_id: "call_1", name: "weather", arguments: '{"city":"Oslo"}' },
      { type: "function_call", call_id: "call_2", name: "time", arguments: "{}" },
    ]);
    expect(response.usage).toMatchObject({
      input_tokens: 9,
      output_tokens: 7,
      total_tokens: 16,
      input_tokens_details: { cached_tokens: 4 },
      output_tokens_details: { reasoning_tokens: 3 },
    });
    expect(server.requests[0]).toMatchObject({
      stream: true,
      request: { messages: [{ role: "user", content: "How is it?" }], tools: [{ name: "weather" }] },
    });
  });

  test("streamed, as raw events in order, each with its number", async () => {
    const client = await clientOf(SCRIPT);
    const events = await collect(await client.responses.create({ model: "m", input: "Hi", stream: true }));
    expect(events.map((event) => event.sequence_number)).toEqual(events.map((_, index) => index));
    expect(events[0]?.type).toBe("response.created");
    expect(events.at(-1)?.type).toBe("response.completed");
  });

  test("whole, and brings back the state of another provider's reasoning with its next turn", async () => {
    const client = await clientOf(SCRIPT);
    const first = await client.responses.create({ model: "m", input: "How is it?" });
    expect(first.output_text).toBe("It is sunny ☀️.");
    const results = ["call_1", "call_2"].map((call_id) => ({
      type: "function_call_output" as const,
      call_id,
      output: "warm",
    }));
    const history = first.output as OpenAI.Responses.ResponseInputItem[];
    await client.responses.create({ model: "m", input: [{ role: "user", content: "Hi" }, ...history, ...results] });
    const [, assistant, tool] = server.requests[1]?.request.messages ?? [];
    expect(assistant?.content).toMatchObject([
      { type: "reasoning", text: "Let me see.", opaque: SIGNATURE },
      { type: "text", text: "It is sunny ☀️." },
      { type: "source", source: { url: "https://example.com" } },
      { type: "tool-call", callId: "call_1", name: "weather", input: { city: "Oslo" } },
      { type: "tool-call", callId: "call_2", name: "time", input: {} },
    ]);
    expect(tool).toEqual({
      role: "tool",
      content: [
        { type: "tool-result", callId: "call_1", name: "weather", output: "warm" },
        { type: "tool-result", callId: "call_2", name: "time", output: "warm" },
      ],
    });
  });

  test("a refusal, and an answer that was cut for its length", async () => {
    const [start] = SCRIPT;
    const head = start === undefined ? [] : [start];
    const declined: Script = [
      ...head,
      { type: "text-delta", text: "I cannot ", refusal: true },
      { type: "text-delta", text: "do that.", refusal: true },
      { type: "finish", reason: "refusal", usage: {} },
    ];
    const refused = await (await clientOf(declined)).responses.stream({ model: "m", input: "Hi" }).finalResponse();
    expect(refused.output[0]).toMatchObject({ content: [{ type: "refusal", refusal: "I cannot do that." }] });
    await server.close();
    const cut: Script = [...head, { type: "text-delta", text: "On" }, { type: "finish", reason: "length", usage: {} }];
    const response = await (await clientOf(cut)).responses.create({ model: "m", input: "Hi" });
    expect(response).toMatchObject({ status: "incomplete", incomplete_details: { reason: "max_output_tokens" } });
  });

  test("an image, and a call of a tool that ran elsewhere", async () => {
    const client = await clientOf([
      { type: "start", id: "resp_1", model: "m" },
      { type: "file", mediaType: "image/png", data: new Uint8Array([1, 2, 3]) },
      { type: "tool-call", callId: "srv_1", name: "search", input: { q: "x" }, providerExecuted: true },
      { type: "tool-result", callId: "srv_1", name: "search", output: "found", providerExecuted: true },
      { type: "finish", reason: "stop", usage: {} },
    ]);
    const { output } = await client.responses.create({ model: "m", input: "Hi" });
    expect(output).toMatchObject([
      { type: "image_generation_call", result: "AQID", output_format: "png" },
      { type: "mcp_call", name: "search", arguments: '{"q":"x"}', output: "found", server_label: "sluice" },
    ]);
  });

  test("errors, before the answer and in the middle of it", async () => {
    const busy = new SluiceError("rate-limited", "slow down", { retryable: true, retryAfterMs: 2_000 });
    const refused = await (await clientOf([busy])).responses.create({ model: "m", input: "Hi" }).catch((e) => e);
    expect(refused).toBeInstanceOf(OpenAI.RateLimitError);
    expect(refused.headers.get("retry-after")).toBe("2");
    await server.close();
    const client = await clientOf([...SCRIPT.slice(0, 5), new SluiceError("overloaded", "too much to do")]);
    const events = client.responses.create({ model: "m", input: "Hi", stream: true }).then(collect);
    const said = await events.catch((error) => error);
    expect(JSON.stringify(said instanceof Error ? said.message : said)).toContain("too much to do");
  });

  test("leaving reaches the server", async () => {
    const client = await clientOf([...SCRIPT.slice(0, 5), "stall"]);
    const stream = await client.responses.create({ model: "m", input: "Hi", stream: true });
    for await (const event of stream) if (event.type === "response.output_text.delta") break;
    await server.left;
  });

  test("what is kept nowhere is refused, not ignored", async () => {
    const client = await clientOf(SCRIPT);
    const refused = client.responses.create({ model: "m", input: "Hi", previous_response_id: "resp_0" });
    await expect(refused).rejects.toThrow(/previous_response_id.*send the whole conversation/);
  });
});
