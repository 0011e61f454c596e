import { describe, expect, test } from "vitest";
import type { JsonObject } from "../../base/json.js";
import type { ChatRequest } from "../../stream/chat-request.js";
import type { ChatMessage, TextPart } from "../../stream/message.js";
import { anthropic } from "./anthropic.js";

const TARGET = { model: "claude-opus-4-6", stream: true };
const HI: ChatMessage[] = [{ role: "user", content: "Hi" }];
const own = (data: JsonObject) => ({ dialect: "anthropic", data });

describe("a request for a message", () => {
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
          { role: "user", content: "And now?" },
        ],
      },
      TARGET,
    );
    expect(body.messages).toEqual([
      { role: "user", content: "Hi" },
      { role: "assistant", content: [{ type: "tool_use", id: "c", name: "f", input: {} }] },
      { role: "user", content: [{ type: "tool_result", tool_use_id: "c", content: '{"a":1}', is_error: true }] },
      { role: "assistant", content: [{ type: "text", text: "Done." }] },
      { role: "user", content: "And now?" },
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

  test("a schema is sent without what Anthropic refuses, with a warning", () => {
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

  test.each<[string, JsonObject, JsonObject, string]>([
    [
      "alternatives",
      { oneOf: [{ type: "string" }, { type: "null" }] },
      { anyOf: [{ type: "string" }, { type: "null" }] },
      "",
    ],
    [
      "the places of a tuple",
      { type: "array", prefixItems: [{ type: "string" }, { type: "number", minimum: 1 }], items: false, minItems: 2 },
      { type: "array", items: { anyOf: [{ type: "string" }, { type: "number" }] } },
      "prefixItems, minimum, minItems",
    ],
    ["a pattern that looks ahead", { type: "string", pattern: "^(?!a)" }, { type: "string" }, "pattern"],
    ["a plain pattern", { type: "string", pattern: "^a+$" }, { type: "string", pattern: "^a+$" }, ""],
    [
      "a pattern of a format",
      { type: "string", format: "date", pattern: "^x$" },
      { type: "string", format: "date" },
      "",
    ],
    ["another format", { type: "string", format: "jwt" }, { type: "string" }, "format"],
    ["an unknown keyword", { type: "string", contentEncoding: "base64" }, { type: "string" }, "contentEncoding"],
  ])("%s are sent as structured outputs take them", (_, a, taken, left) => {
    const schema = { type: "object", properties: { a }, required: ["a"], additionalProperties: false };
    const request = { messages: HI, responseFormat: { type: "json-schema", name: "n", schema } } as const;
    const { body, warnings } = anthropic.writeRequest(request, TARGET);
    expect(body.output_config).toEqual({
      format: { type: "json_schema", schema: { ...schema, properties: { a: taken } } },
    });
    expect(warnings.map(({ message }) => message.replace("sent without what Anthropic refuses: ", ""))).toEqual(
      left === "" ? [] : [left],
    );
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
            { type: "opaque", name: "provider/container", opaque: own({ type: "container", id: "box_1", expires_at }) },
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

  test("state of other providers is left out, with a warning", () => {
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
});
