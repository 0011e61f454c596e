import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { arbitraryMessages, arbitraryOptions } from "../../../test/laws/arbitrary-request.js";
import type { JsonObject, JsonValue } from "../../base/json.js";
import type { ChatRequest } from "../../stream/chat-request.js";
import { openAiChat, openAiChatDialect } from "./openai-chat.js";

const asked = (extra: Omit<ChatRequest, "messages"> = {}): ChatRequest => ({
  messages: [{ role: "user", content: "Hi" }],
  ...extra,
});
const written = (request: ChatRequest, dialect = openAiChat) =>
  dialect.writeRequest(request, { model: "m", stream: true });

describe("a request", () => {
  const options = fc.record(
    {
      toolChoice: fc.constantFrom("auto", "none", "required", { name: "look" }),
      parallelToolCalls: fc.boolean(),
      seed: fc.integer(),
      presencePenalty: fc.double({ min: -2, max: 2, noNaN: true }),
      frequencyPenalty: fc.double({ min: -2, max: 2, noNaN: true }),
      reasoning: fc.record({ effort: fc.constantFrom("none", "minimal", "low", "medium", "high", "max") }),
      responseFormat: fc.constantFrom<NonNullable<ChatRequest["responseFormat"]>[]>(
        { type: "text" },
        { type: "json" },
        { type: "json-schema", name: "answer", schema: { type: "object" }, strict: true },
      ),
      user: fc.string(),
      metadata: fc.dictionary(fc.stringMatching(/^[a-z]+$/), fc.string()),
    },
    { requiredKeys: [] },
  );

  test("is read as it was written", () =>
    fc.assert(
      fc.property(arbitraryMessages, arbitraryOptions, options, fc.boolean(), (messages, common, own, stream) => {
        const tooled = common.tools === undefined ? { toolChoice: undefined, parallelToolCalls: undefined } : {};
        const request = JSON.parse(JSON.stringify({ ...common, ...own, ...tooled })) as Omit<ChatRequest, "messages">;
        const { body, warnings } = openAiChat.writeRequest({ ...request, messages }, { model: "m", stream });
        const read = openAiChat.readRequest(JSON.parse(JSON.stringify(body)));
        const usage = stream ? { providerOptions: { "openai-chat": { stream_options: { include_usage: true } } } } : {};
        expect(read).toEqual({ model: "m", stream, request: { ...request, ...usage, messages } });
        expect(warnings).toEqual([]);
      }),
    ));

  test("says what it could not send", () => {
    const { body, warnings } = written(
      asked({ topK: 5, reasoning: { effort: "high", budgetTokens: 9, summary: "auto" } }),
    );
    expect(body).toMatchObject({ reasoning_effort: "high" });
    expect(body).not.toHaveProperty("top_k");
    expect(warnings.map((warning) => warning.field)).toEqual(["reasoning.budgetTokens", "reasoning.summary", "topK"]);
  });

  test("is written as a service wants it", () => {
    const dialect = openAiChatDialect({
      maxTokensField: "max_tokens",
      streamOptions: false,
      topK: true,
      optionsFrom: ["vllm"],
    });
    const { body } = written(asked({ maxTokens: 7, topK: 5, providerOptions: { vllm: { guided_json: {} } } }), dialect);
    expect(body).toEqual({
      model: "m",
      messages: [{ role: "user", content: "Hi" }],
      stream: true,
      max_tokens: 7,
      top_k: 5,
      guided_json: {},
    });
  });

  test("refuses what the protocol cannot carry, and names it", () => {
    expect(() => written(asked({ tools: [{ dialect: "anthropic", type: "web_search_20250305" }] }))).toThrow(
      expect.objectContaining({ code: "unsupported", field: "tools[0]" }),
    );
    const pdf = { type: "file" as const, mediaType: "application/pdf", data: { url: "https://example.com/a.pdf" } };
    expect(() => written({ messages: [{ role: "user", content: [pdf] }] })).toThrow(
      expect.objectContaining({ code: "unsupported", field: "messages[0].content[0]" }),
    );
  });

  test("sends OpenRouter's reasoning back as it came", () => {
    const details = [{ type: "reasoning.encrypted", data: "gAAA", id: "rs_1", index: 0 }];
    const opaque = { dialect: "openai-chat", data: { reasoning_details: details } };
    const { body } = written({
      messages: [
        { role: "user", content: "Hi" },
        {
          role: "assistant",
          content: [
            { type: "reasoning", text: "hm", opaque },
            { type: "text", text: "Hello" },
          ],
        },
        { role: "user", content: "Go on" },
      ],
    });
    expect(body.messages).toMatchObject([{}, { role: "assistant", content: "Hello", reasoning_details: details }, {}]);
  });
});

describe("a client's request that is wrong is refused with the field", () => {
  const good = { model: "m", messages: [{ role: "user", content: "Hi" }] };

  test.each<[string, object, string]>([
    ["model", { ...good, model: undefined }, "model: found nothing; allowed: a string"],
    ["messages", { model: "m" }, "messages: found nothing; allowed: an array of at least one message"],
    ["messages[0].role", { ...good, messages: [{ role: "robot", content: "" }] }, 'messages[0].role: found "robot"'],
    ["messages[0].content", { ...good, messages: [{ role: "user" }] }, "messages[0].content: found nothing"],
    [
      "messages[0].content[0].type",
      { ...good, messages: [{ role: "user", content: [{ type: "txt" }] }] },
      'messages[0].content[0].type: found "txt"; allowed: text, image_url, input_audio, file',
    ],
    ["temperature", { ...good, temperature: "warm" }, 'temperature: found "warm"; allowed: a number'],
    ["n", { ...good, n: 2 }, "n: found 2"],
    ["tools[0].function.name", { ...good, tools: [{ type: "function", function: {} }] }, "tools[0].function.name"],
    ["stop[1]", { ...good, stop: ["a", 1] }, "stop[1]: found 1"],
  ])("%s", (field, body, message) => {
    expect(() => openAiChat.readRequest(JSON.parse(JSON.stringify(body)))).toThrow(
      expect.objectContaining({ code: "invalid-request", field, message: expect.stringContaining(message) }),
    );
  });
});

describe("an error body, whoever wrote it", () => {
  const read = (status: number, body: unknown, headers = {}) =>
    openAiChat.readError({ status, headers, body: typeof body === "string" ? body : JSON.stringify(body) });

  test.each<[string, number, unknown, object]>([
    [
      "OpenAI",
      401,
      { error: { message: "Incorrect key", code: "invalid_api_key" } },
      { code: "authentication", providerMessage: "Incorrect key" },
    ],
    [
      "OpenAI, no credit",
      429,
      { error: { message: "You exceeded", code: "insufficient_quota" } },
      { code: "quota", retryable: false },
    ],
    [
      "OpenAI, too long",
      400,
      { error: { message: "too long", code: "context_length_exceeded" } },
      { code: "context-length" },
    ],
    ["a text", 400, { error: "bad" }, { code: "rejected", providerMessage: "bad" }],
    [
      "Mistral",
      422,
      { message: "Invalid model", type: "invalid_request_error" },
      { code: "rejected", providerMessage: "Invalid model" },
    ],
    [
      "FastAPI",
      422,
      { detail: [{ loc: ["body"], msg: "field required" }] },
      { providerMessage: expect.stringContaining("field required") },
    ],
    ["a list", 400, [{ error: { message: "first" } }], { providerMessage: "first" }],
    [
      "a web page",
      502,
      "<html><h1>Bad gateway</h1></html>",
      { code: "provider-error", retryable: true, providerMessage: "Bad gateway" },
    ],
    ["nothing", 503, "", { code: "overloaded", retryable: true }],
  ])("%s", (_who, status, body, expected) => {
    expect(read(status, body)).toMatchObject({ status, ...expected });
  });

  test("says how long to wait", () => {
    expect(read(429, {}, { "retry-after": "2" })).toMatchObject({
      code: "rate-limited",
      retryAfterMs: 2_000,
      retryable: true,
    });
    expect(read(429, {}, { "retry-after-ms": "150", "retry-after": "9" })).toMatchObject({ retryAfterMs: 150 });
    const soon = new Date(Date.now() + 60_000).toUTCString();
    expect(read(503, {}, { "retry-after": soon }).retryAfterMs).toBeGreaterThan(50_000);
  });
});

describe("what a client's request may say, as the API documents it, reaches a model of this protocol", () => {
  const good: JsonObject = { model: "m", messages: [{ role: "user", content: "Hi" }] };
  const passedOn = (more: JsonObject): JsonObject => written(openAiChat.readRequest({ ...good, ...more }).request).body;
  const mark = { prompt_cache_breakpoint: { mode: "explicit" } };
  const image = { type: "image_url", image_url: { url: "https://a.example/a.png" } };
  const sql = { type: "custom", custom: { name: "sql", description: "Runs SQL.", format: { type: "text" } } };

  test.each<[field: string, value: JsonValue]>([
    ["moderation", { model: "omni-moderation-latest" }],
    ["prompt_cache_key", "k"],
    ["prompt_cache_options", { mode: "explicit" }],
    ["prompt_cache_retention", "24h"],
    ["store", true],
    ["verbosity", "low"],
    ["web_search_options", { search_context_size: "low" }],
    ["tools", [sql]],
    ["tools", [{ type: "browser_search" }]],
    [
      "messages",
      [
        {
          role: "user",
          content: [
            { type: "text", text: "Hi", ...mark },
            { ...image, ...mark },
          ],
        },
      ],
    ],
    ["messages", [{ role: "system", content: [{ type: "text", text: "Be brief.", ...mark }] }]],
  ])("%s %j", (field, value) => {
    expect(passedOn({ [field]: value })[field]).toEqual(value);
  });

  test.each<JsonObject>([
    { type: "custom", custom: { name: "sql" } },
    { type: "allowed_tools", allowed_tools: { mode: "auto", tools: [{ type: "custom", custom: { name: "sql" } }] } },
  ])("the choice of tools %j", (choice) => {
    expect(passedOn({ tools: [sql], tool_choice: choice }).tool_choice).toEqual(choice);
  });

  test("both ids of a user, and either", () => {
    expect(passedOn({ user: "u", safety_identifier: "s" })).toMatchObject({ user: "u", safety_identifier: "s" });
    expect(passedOn({ safety_identifier: "s" })).toMatchObject({ user: "s" });
  });

  test("calls of tools that take plain text, and of the one function there was at first", () => {
    const calls = [{ id: "c1", type: "custom", custom: { name: "sql", input: "SELECT 1" } }];
    const called = { name: "look", arguments: '{"at":1}' };
    const messages = [
      { role: "assistant", content: null, tool_calls: calls },
      { role: "tool", tool_call_id: "c1", content: "1" },
      { role: "assistant", content: null, function_call: called },
      { role: "function", name: "look", content: "a cat" },
    ];
    expect(passedOn({ messages }).messages).toEqual([
      messages[0],
      messages[1],
      { role: "assistant", content: null, tool_calls: [{ id: "look", type: "function", function: called }] },
      { role: "tool", tool_call_id: "look", content: "a cat" },
    ]);
  });

  test.each<[field: string, value: JsonValue]>([
    ["functions", [{ name: "look" }]],
    ["function_call", "auto"],
  ])("%s is refused, since its answer has another form", (field, value) => {
    expect(() => openAiChat.readRequest({ ...good, [field]: value })).toThrow(
      expect.objectContaining({ code: "invalid-request", field }),
    );
  });
});

test("a tool that takes plain text is chosen as one", () => {
  const tools = [{ dialect: "openai-chat", type: "custom", name: "sql", args: { custom: { name: "sql" } } }];
  expect(written(asked({ tools, toolChoice: { name: "sql" } })).body.tool_choice).toEqual({
    type: "custom",
    custom: { name: "sql" },
  });
});
