import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { toolInput, trickyText } from "../../../test/laws/arbitrary-answer.js";
import type { ChatRequest, ReasoningOptions } from "../../stream/chat-request.js";
import type { JsonObject, JsonValue } from "../../stream/json.js";
import type { AssistantPart, ChatMessage, FilePart, TextPart } from "../../stream/message.js";
import { anthropic } from "./anthropic.js";
import { readCitation } from "./citations.js";

const TARGET = { model: "claude-opus-4-6", stream: true };
const HI: ChatMessage[] = [{ role: "user", content: "Hi" }];
const own = (data: JsonObject) => ({ dialect: "anthropic", data });

const said = trickyText.map((text) => (text.trim() === "" ? `${text}.` : text));
const textPart: fc.Arbitrary<TextPart> = said.map((text) => ({ type: "text", text }));
const bytes = fc.uint8Array({ minLength: 1, maxLength: 20 });
const filePart: fc.Arbitrary<FilePart> = fc.oneof(
  bytes.map((data) => ({ type: "file" as const, mediaType: "image/png", data })),
  fc.constant({ type: "file" as const, mediaType: "image/*", data: { url: "https://example.com/a.png" } }),
  bytes.map((data) => ({ type: "file" as const, mediaType: "application/pdf", data, filename: "a.pdf" })),
  fc.constant({
    type: "file" as const,
    mediaType: "application/pdf",
    data: { url: "https://example.com/a.pdf" },
    opaque: own({ citations: { enabled: true } }),
  }),
  fc.constant({ type: "file" as const, mediaType: "text/plain", data: new TextEncoder().encode("text") }),
  fc.constant({ type: "file" as const, mediaType: "image/*", data: { id: "file_1" } }),
  fc.constant({ type: "file" as const, mediaType: "application/octet-stream", data: { id: "file_2" } }),
);
const userContent = fc.oneof(said, fc.array(fc.oneof(textPart, filePart), { minLength: 1, maxLength: 3 }));

const assistantParts: fc.Arbitrary<AssistantPart[]> = fc.oneof(
  textPart.map((part): AssistantPart[] => [part]),
  said.map((text): AssistantPart[] => {
    const citation = {
      type: "web_search_result_location",
      cited_text: "c",
      url: "https://a.b/",
      title: "t",
      encrypted_index: "x",
    };
    return [
      { type: "text", text },
      { type: "source", source: readCitation(citation, text.length) },
    ];
  }),
  said.map((text): AssistantPart[] => [
    { type: "reasoning", text, opaque: own({ type: "thinking", signature: "c2ln" }) },
  ]),
  fc.constant<AssistantPart[]>([
    { type: "reasoning", text: "", opaque: own({ type: "redacted_thinking", data: "cmVk" }) },
  ]),
  toolInput.map((input): AssistantPart[] => [
    {
      type: "tool-call",
      callId: "srv_1",
      name: "web_search",
      input,
      providerExecuted: true,
      opaque: own({ type: "server_tool_use" }),
    },
    {
      type: "tool-result",
      callId: "srv_1",
      name: "web_search",
      output: [{ type: "web_search_result", url: "u" }],
      providerExecuted: true,
      opaque: own({ type: "web_search_tool_result" }),
    },
  ]),
  fc.constant<AssistantPart[]>([
    { type: "opaque", name: "compaction", opaque: own({ type: "compaction", content: "short" }) },
  ]),
);

const output: fc.Arbitrary<JsonValue> = fc.oneof(
  said,
  fc.constant<JsonValue>([
    { type: "text", text: "seen" },
    { type: "image", data: "aGk=", mimeType: "image/png" },
  ]),
);

/** A user's turn, and what the model made of it: words, or calls and their results. */
const turn: fc.Arbitrary<ChatMessage[]> = fc
  .record({
    content: userContent,
    answer: fc.oneof(
      said,
      fc.array(assistantParts, { minLength: 1, maxLength: 3 }).map((parts) => parts.flat()),
    ),
    calls: fc.array(fc.record({ input: toolInput, output, isError: fc.boolean() }), { maxLength: 2 }),
  })
  .map(({ content, answer, calls }): ChatMessage[] => {
    const user: ChatMessage = { role: "user", content };
    if (calls.length === 0 || typeof answer === "string") return [user, { role: "assistant", content: answer }];
    const parts = calls.map(
      ({ input }, index): AssistantPart => ({ type: "tool-call", callId: `c${index}`, name: "f", input }),
    );
    const results = calls.map((call, index) => ({
      type: "tool-result" as const,
      callId: `c${index}`,
      name: "f",
      output: call.output,
      ...(call.isError && { isError: true as const }),
    }));
    return [
      user,
      { role: "assistant", content: [...answer, ...parts] },
      { role: "tool", content: results },
      { role: "assistant", content: "So." },
    ];
  });

const system: fc.Arbitrary<ChatMessage[]> = fc.oneof(
  fc.constant<ChatMessage[]>([]),
  said.map((content): ChatMessage[] => [{ role: "system", content }]),
  textPart.map((part): ChatMessage[] => [{ role: "system", content: [{ ...part, cache: "1h" }] }]),
);

const reasoning: fc.Arbitrary<ReasoningOptions> = fc.oneof(
  fc.constant({ effort: "none" as const }),
  fc.record(
    { effort: fc.constantFrom("low", "medium", "high", "max"), summary: fc.constantFrom("auto", "none") },
    { requiredKeys: ["effort"] },
  ),
  fc.record({ budgetTokens: fc.integer({ min: 1_024, max: 1_900 }) }),
);

const request: fc.Arbitrary<ChatRequest> = fc
  .record({
    system,
    turns: fc.array(turn, { maxLength: 3 }),
    last: userContent,
    options: fc.record(
      {
        topP: fc.constantFrom(0.95, 1),
        stop: fc.constant<string[]>(["END", "###"]),
        reasoning,
        user: fc.constant("u1"),
        responseFormat: fc.constant({
          type: "json-schema" as const,
          name: "response",
          schema: { type: "object", properties: { a: { type: "string" } }, additionalProperties: false },
        }),
        providerOptions: fc.constant({ anthropic: { service_tier: "auto", container: "box_1" } }),
      },
      { requiredKeys: [] },
    ),
    tools: fc.option(
      fc.record({
        toolChoice: fc.constantFrom("auto" as const, "required" as const, { name: "f" }),
        parallelToolCalls: fc.boolean(),
      }),
    ),
  })
  .map(({ system, turns, last, options, tools }) => ({
    messages: [...system, ...turns.flat(), { role: "user" as const, content: last }],
    maxTokens: 2_000,
    ...options,
    ...(tools !== null && {
      ...tools,
      tools: [
        { name: "f", description: "d", inputSchema: { type: "object" }, strict: true, cache: "5m" as const },
        { dialect: "anthropic", type: "web_search_20250305", name: "web_search", args: { max_uses: 3 } },
      ],
    }),
  }));

describe("a request for a message", () => {
  test("is read as it was written", () =>
    fc.assert(
      fc.property(request, (asked) => {
        const { body, warnings } = anthropic.writeRequest(asked, TARGET);
        expect(warnings).toEqual([]);
        const read = anthropic.readRequest(JSON.parse(JSON.stringify(body)));
        expect(read).toEqual({ model: TARGET.model, stream: true, request: asked });
      }),
    ));

  test("roles take turns: results first, then what the user says", () => {
    const { body } = anthropic.writeRequest(
      {
        messages: [
          { role: "user", content: "One" },
          { role: "user", content: "Two" },
          { role: "assistant", content: [{ type: "tool-call", callId: "call:1", name: "f", input: {} }] },
          { role: "user", content: "And?" },
          { role: "tool", content: [{ type: "tool-result", callId: "call:1", name: "f", output: "" }] },
        ],
      },
      TARGET,
    );
    expect(body.messages).toEqual([
      {
        role: "user",
        content: [
          { type: "text", text: "One" },
          { type: "text", text: "Two" },
        ],
      },
      { role: "assistant", content: [{ type: "tool_use", id: "call_1", name: "f", input: {} }] },
      {
        role: "user",
        content: [
          { type: "tool_result", tool_use_id: "call_1" },
          { type: "text", text: "And?" },
        ],
      },
    ]);
  });

  test("the one message of a tool loop becomes turns again", () => {
    const { body } = anthropic.writeRequest(
      {
        messages: [
          ...HI,
          {
            role: "assistant",
            content: [
              { type: "tool-call", callId: "c", name: "f", input: {} },
              { type: "tool-result", callId: "c", name: "f", output: { a: 1 }, isError: true },
              { type: "text", text: "Done." },
            ],
          },
        ],
      },
      TARGET,
    );
    expect(body.messages).toEqual([
      { role: "user", content: "Hi" },
      { role: "assistant", content: [{ type: "tool_use", id: "c", name: "f", input: {} }] },
      { role: "user", content: [{ type: "tool_result", tool_use_id: "c", content: '{"a":1}', is_error: true }] },
      { role: "assistant", content: [{ type: "text", text: "Done." }] },
    ]);
  });

  test.each<[string, Partial<ChatRequest>, string, Record<string, unknown>, string[]]>([
    [
      "effort by budget",
      { reasoning: { effort: "low" } },
      "claude-sonnet-4-5",
      { thinking: { type: "enabled", budget_tokens: 2_048 } },
      [],
    ],
    [
      "a budget that leaves room",
      { reasoning: { effort: "max" }, maxTokens: 10_000 },
      "claude-sonnet-4-5",
      { thinking: { type: "enabled", budget_tokens: 8_000 } },
      ["reasoning.effort"],
    ],
    [
      "no room to think",
      { reasoning: { effort: "low" }, maxTokens: 500 },
      "claude-3-7-sonnet-20250219",
      { thinking: undefined },
      ["reasoning.effort"],
    ],
    [
      "adaptive effort",
      { reasoning: { effort: "max" } },
      "claude-opus-5",
      { thinking: { type: "adaptive" }, output_config: { effort: "max" } },
      [],
    ],
    [
      "a budget where there is none",
      { reasoning: { budgetTokens: 9_000 } },
      "claude-sonnet-5",
      { output_config: { effort: "high" } },
      ["reasoning.budgetTokens"],
    ],
    [
      "no thinking",
      { reasoning: { effort: "none" } },
      "claude-sonnet-5-5",
      { thinking: { type: "between_tools" } },
      [],
    ],
    ["no thinking by silence", { reasoning: { effort: "none" } }, "claude-opus-4-7", { thinking: undefined }, []],
    [
      "always thinking",
      { reasoning: { effort: "none" } },
      "claude-opus-5-5",
      { output_config: { effort: "low" } },
      ["reasoning.effort"],
    ],
    [
      "no sampling",
      { temperature: 0.2, topK: 5 },
      "claude-opus-4-7",
      { temperature: undefined, top_k: undefined },
      ["temperature", "topK"],
    ],
    [
      "sampling beside thinking",
      { temperature: 0.2, topP: 0.99, reasoning: { budgetTokens: 2_000 } },
      "claude-opus-4-5",
      { temperature: undefined, top_p: 0.99 },
      ["temperature"],
    ],
    ["a high temperature", { temperature: 1.7 }, "claude-opus-4-5", { temperature: 1 }, ["temperature"]],
    [
      "what there is not",
      { seed: 1, presencePenalty: 1, frequencyPenalty: 1, metadata: { a: "b" } },
      "claude-opus-4-5",
      {},
      ["metadata", "seed", "presencePenalty", "frequencyPenalty"],
    ],
    ["blank stop words", { stop: ["\n", "END"] }, "claude-opus-4-5", { stop_sequences: ["END"] }, ["stop"]],
    [
      "JSON without a schema",
      { responseFormat: { type: "json" } },
      "claude-opus-4-5",
      { output_config: undefined },
      ["responseFormat"],
    ],
    ["the default of an old model", {}, "claude-3-5-sonnet-20241022", { max_tokens: 8_192 }, []],
    ["the default of a new one", {}, "anthropic/claude-opus-4.5", { max_tokens: 32_000 }, []],
    [
      "a model of another house",
      { reasoning: { effort: "high" } },
      "kimi-k2",
      { max_tokens: 8_192, thinking: { type: "enabled", budget_tokens: 6_553 } },
      ["reasoning.effort"],
    ],
  ])("%s", (_, options, model, wire, warned) => {
    const { body, warnings } = anthropic.writeRequest({ messages: HI, ...options }, { model, stream: false });
    for (const [field, value] of Object.entries(wire)) expect(body[field]).toEqual(value);
    expect(warnings.map((warning) => warning.field)).toEqual(warned);
  });

  test("a schema is sent without what Anthropic refuses, and that is said", () => {
    const schema = {
      type: "object",
      properties: { n: { type: "integer", minimum: 1 }, o: { type: "object", properties: {} } },
    };
    const { body, warnings } = anthropic.writeRequest(
      { messages: HI, responseFormat: { type: "json-schema", name: "n", schema } },
      TARGET,
    );
    expect(body.output_config).toEqual({
      format: {
        type: "json_schema",
        schema: {
          type: "object",
          properties: { n: { type: "integer" }, o: { type: "object", properties: {}, additionalProperties: false } },
          additionalProperties: false,
        },
      },
    });
    expect(warnings).toMatchObject([{ field: "responseFormat.schema", message: expect.stringContaining("minimum") }]);
  });

  test.each<[string, Partial<ChatRequest>, string]>([
    [
      "computer use",
      { tools: [{ dialect: "anthropic", type: "computer_20250124", args: {} }] },
      "computer-use-2025-01-24",
    ],
    ["an MCP server", { providerOptions: { anthropic: { mcp_servers: [{ type: "url" }] } } }, "mcp-client-2025-11-20"],
    [
      "compaction",
      { providerOptions: { anthropic: { context_management: { edits: [{ type: "compact_20260112" }] } } } },
      "context-management-2025-06-27,compact-2026-01-12",
    ],
    [
      "an uploaded file",
      { messages: [{ role: "user", content: [{ type: "file", mediaType: "application/pdf", data: { id: "f" } }] }] },
      "files-api-2025-04-14",
    ],
    [
      "one that the caller names",
      { providerOptions: { anthropic: { betas: ["context-1m-2025-08-07"] } } },
      "context-1m-2025-08-07",
    ],
  ])("%s is asked for with its beta header", (_, options, betas) => {
    const { headers, body } = anthropic.writeRequest({ messages: HI, ...options }, TARGET);
    expect(headers).toEqual({ "anthropic-version": "2023-06-01", "anthropic-beta": betas });
    expect(body.betas).toBeUndefined();
  });

  test("only the last four cache hints are sent", () => {
    const content: TextPart[] = ["a", "b", "c", "d", "e"].map((text) => ({ type: "text", text, cache: "5m" }));
    const { body, warnings } = anthropic.writeRequest({ messages: [{ role: "user", content }] }, TARGET);
    expect(JSON.stringify(body.messages).match(/cache_control/g)).toHaveLength(4);
    expect(warnings.map((warning) => warning.field)).toEqual(["cache"]);
  });

  test("a container is used again while it lasts, by tools that run there", () => {
    const asked = (expires_at: string, tools: ChatRequest["tools"]): ChatRequest => ({
      messages: [
        ...HI,
        {
          role: "assistant",
          content: [
            { type: "text", text: "Done." },
            { type: "opaque", name: "container", opaque: own({ type: "container", id: "box_1", expires_at }) },
          ],
        },
        { role: "user", content: "Again" },
      ],
      ...(tools !== undefined && { tools }),
    });
    const tools = [{ dialect: "anthropic", type: "code_execution_20250825" }];
    expect(anthropic.writeRequest(asked("2999-01-01T00:00:00Z", tools), TARGET).body.container).toBe("box_1");
    expect(anthropic.writeRequest(asked("2999-01-01T00:00:00Z", undefined), TARGET).body.container).toBeUndefined();
    const late = anthropic.writeRequest(asked("2001-01-01T00:00:00Z", tools), TARGET);
    expect(late.body.container).toBeUndefined();
    expect(late.warnings).toHaveLength(1);
  });

  test("state of other providers is left out, and that is said", () => {
    const foreign = { dialect: "gemini", data: "x" };
    const { body, warnings } = anthropic.writeRequest(
      {
        messages: [
          ...HI,
          {
            role: "assistant",
            content: [
              { type: "reasoning", text: "Hm.", opaque: foreign },
              { type: "tool-call", callId: "s", name: "search", input: {}, providerExecuted: true, opaque: foreign },
              { type: "text", text: "Yes." },
            ],
          },
          ...HI,
        ],
      },
      TARGET,
    );
    expect(body.messages).toContainEqual({ role: "assistant", content: [{ type: "text", text: "Yes." }] });
    expect(warnings.map((warning) => warning.field)).toEqual(["messages[1].content[0]", "messages[1].content[1]"]);
  });

  test.each<[string, ChatRequest, string]>([
    [
      "sound",
      { messages: [{ role: "user", content: [{ type: "file", mediaType: "audio/wav", data: new Uint8Array(1) }] }] },
      "messages[0].content[0]",
    ],
    ["a blank message", { messages: [{ role: "user", content: " " }] }, "messages[0].content"],
    ["another provider's tool", { messages: HI, tools: [{ dialect: "gemini", type: "googleSearch" }] }, "tools[0]"],
    [
      "a budget above the limit",
      { messages: HI, maxTokens: 2_000, reasoning: { budgetTokens: 3_000 } },
      "reasoning.budgetTokens",
    ],
  ])("%s is refused, naming the field", (_, asked, field) => {
    expect(() => anthropic.writeRequest(asked, TARGET)).toThrow(expect.objectContaining({ field }));
  });

  test.each<[string, JsonObject, string]>([
    ["no model", { max_tokens: 1, messages: [] }, "model"],
    ["no limit", { model: "m", messages: [{ role: "user", content: "Hi" }] }, "max_tokens"],
    ["no messages", { model: "m", max_tokens: 1, messages: [] }, "messages"],
    ["an unknown role", { model: "m", max_tokens: 1, messages: [{ role: "tool", content: "x" }] }, "messages[0].role"],
    [
      "a text without text",
      { model: "m", max_tokens: 1, messages: [{ role: "user", content: [{ type: "text" }] }] },
      "messages[0].content[0].text",
    ],
    [
      "bad base64",
      {
        model: "m",
        max_tokens: 1,
        messages: [
          {
            role: "user",
            content: [{ type: "image", source: { type: "base64", media_type: "image/png", data: "%" } }],
          },
        ],
      },
      "messages[0].content[0].source.data",
    ],
    [
      "a tool without a schema",
      { model: "m", max_tokens: 1, messages: [{ role: "user", content: "x" }], tools: [{ name: "f" }] },
      "tools[0].input_schema",
    ],
    [
      "a choice without a name",
      { model: "m", max_tokens: 1, messages: [{ role: "user", content: "x" }], tool_choice: { type: "tool" } },
      "tool_choice.name",
    ],
  ])("a client's request with %s is refused, naming the field", (_, body, field) => {
    expect(() => anthropic.readRequest(body)).toThrow(expect.objectContaining({ code: "invalid-request", field }));
  });

  test("what only Anthropic has is kept for it", () => {
    const body = {
      model: "m",
      max_tokens: 10,
      messages: [
        {
          role: "user",
          content: [{ type: "search_result", source: "s", title: "t", content: [{ type: "text", text: "found" }] }],
        },
      ],
      tools: [{ name: "f", input_schema: { type: "object" }, defer_loading: true }],
      output_config: { task_budget: { total: 5 } },
      inference_geo: "eu",
    };
    const { request } = anthropic.readRequest(body);
    expect(request.messages[0]).toMatchObject({
      content: [{ type: "text", text: "found", opaque: { dialect: "anthropic" } }],
    });
    const written = anthropic.writeRequest(request, { model: "m", stream: false }).body;
    expect(written).toEqual(body);
  });
});
