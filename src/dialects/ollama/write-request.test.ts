import { describe, expect, test } from "vitest";
import type { JsonObject, JsonValue } from "../../base/json.js";
import type { ChatRequest } from "../../stream/chat-request.js";
import type { ChatMessage } from "../../stream/message.js";
import { ollama, ollamaGenerate } from "./ollama.js";

const TARGET = { model: "m", stream: true };
const HI: ChatMessage[] = [{ role: "user", content: "Hi" }];
const TEXT = { type: "text", text: "Hi" };
const IMAGE = { type: "image", data: "AAAA", mimeType: "image/png" };
const TOOLS = [{ name: "f", inputSchema: { type: "object" } }];

describe("a request to Ollama", () => {
  test.each<[string, Partial<ChatRequest>, Record<string, unknown>, string[]]>([
    [
      "the model's options",
      {
        temperature: 1,
        topP: 0.5,
        topK: 3,
        maxTokens: 9,
        stop: ["x"],
        seed: 1,
        presencePenalty: 1,
        frequencyPenalty: 2,
      },
      {
        options: {
          temperature: 1,
          top_p: 0.5,
          top_k: 3,
          num_predict: 9,
          stop: ["x"],
          seed: 1,
          presence_penalty: 1,
          frequency_penalty: 2,
        },
      },
      [],
    ],
    [
      "options of its own, beside and within",
      { maxTokens: 9, providerOptions: { ollama: { num_ctx: 8_192, keep_alive: "10m", options: { min_p: 0.1 } } } },
      { options: { num_predict: 9, num_ctx: 8_192, min_p: 0.1 }, keep_alive: "10m" },
      [],
    ],
    ["a level", { reasoning: { effort: "high" } }, { think: "high" }, []],
    ["thinking at all", { reasoning: {} }, { think: true }, []],
    ["no thinking", { reasoning: { effort: "none" } }, { think: false }, []],
    [
      "more than it has",
      { reasoning: { effort: "max", budgetTokens: 5, summary: "auto" } },
      { think: "high" },
      ["reasoning.budgetTokens", "reasoning.summary", "reasoning.effort"],
    ],
    ["JSON", { responseFormat: { type: "json" } }, { format: "json" }, []],
    [
      "a schema",
      { responseFormat: { type: "json-schema", name: "n", schema: { type: "object" } } },
      { format: { type: "object" } },
      [],
    ],
    ["no tool call", { tools: TOOLS, toolChoice: "none" }, { tools: undefined }, []],
    [
      "a forced tool call",
      { tools: TOOLS, toolChoice: "required", parallelToolCalls: false },
      {},
      ["toolChoice", "parallelToolCalls"],
    ],
    ["what there is not", { user: "u", metadata: {} }, {}, ["user", "metadata"]],
  ])("%s", (_, options, wire, warned) => {
    const { body, warnings, path } = ollama.writeRequest({ messages: HI, ...options }, TARGET);
    expect(path).toBe("/api/chat");
    for (const [field, value] of Object.entries(wire)) expect(body[field]).toEqual(value);
    expect(warnings.map((warning) => warning.field)).toEqual(warned);
  });

  test("says when it does not want a stream, which Ollama gives by itself", () => {
    for (const dialect of [ollama, ollamaGenerate]) {
      expect(dialect.writeRequest({ messages: HI }, { model: "m", stream: false }).body.stream).toBe(false);
    }
  });

  test.each<[string, JsonValue, JsonObject]>([
    ["images beside texts", [TEXT, IMAGE, TEXT], { content: "Hi\nHi", images: ["AAAA"] }],
    ["an image alone", [IMAGE], { content: "", images: ["AAAA"] }],
    ["texts alone", [TEXT, TEXT], { content: "Hi\nHi" }],
    ["an image among other things", [IMAGE, { n: 1 }], { content: JSON.stringify([IMAGE, { n: 1 }]) }],
    ["nothing", [], { content: "[]" }],
  ])("what a tool returned: %s", (_, output, said) => {
    const result = { type: "tool-result" as const, callId: "c", name: "f", output };
    const call = { type: "tool-call" as const, callId: "c", name: "f", input: {} };
    const messages: ChatMessage[] = [
      { role: "assistant", content: [call] },
      { role: "tool", content: [result] },
    ];
    const { body } = ollama.writeRequest({ messages }, TARGET);
    expect((body.messages as JsonValue[])[1]).toEqual({ role: "tool", ...said, tool_name: "f", tool_call_id: "c" });
  });

  test("the one message of a tool loop becomes several; state of other providers is left out", () => {
    const opaque = { dialect: "anthropic", data: {} };
    const content = [
      { type: "reasoning" as const, text: "Signed.", opaque },
      { type: "reasoning" as const, text: "Own." },
      { type: "tool-call" as const, callId: "c", name: "f", input: { a: 1 } },
      { type: "tool-result" as const, callId: "c", name: "f", output: { b: 2 } },
      { type: "text" as const, text: "Done." },
    ];
    const { body, warnings } = ollama.writeRequest({ messages: [...HI, { role: "assistant", content }] }, TARGET);
    expect(body.messages).toEqual([
      { role: "user", content: "Hi" },
      {
        role: "assistant",
        content: "",
        thinking: "Own.",
        tool_calls: [{ id: "c", function: { index: 0, name: "f", arguments: { a: 1 } } }],
      },
      { role: "tool", content: '{"b":2}', tool_name: "f", tool_call_id: "c" },
      { role: "assistant", content: "Done." },
    ]);
    expect(warnings.map((warning) => warning.field)).toEqual(["messages[1].content[0]"]);
  });

  test("generate takes one prompt, or goes on from its own context", () => {
    const context = { dialect: "ollama-generate", data: { context: [1, 2] } };
    const messages: ChatMessage[] = [
      { role: "system", content: "Be kind." },
      ...HI,
      {
        role: "assistant",
        content: [
          { type: "text", text: "Hello." },
          { type: "opaque", name: "provider/context", opaque: context },
        ],
      },
      { role: "user", content: "And?" },
    ];
    const { body, path } = ollamaGenerate.writeRequest({ messages }, TARGET);
    expect(path).toBe("/api/generate");
    expect(body).toEqual({ model: "m", prompt: "And?", system: "Be kind.", context: [1, 2], stream: true });
  });

  test.each<[string, ChatRequest, string]>([
    [
      "an image by URL",
      {
        messages: [
          { role: "user", content: [{ type: "file", mediaType: "image/png", data: { url: "https://a.b/" } }] },
        ],
      },
      "messages[0].content[0]",
    ],
    [
      "a PDF",
      {
        messages: [
          { role: "user", content: [{ type: "file", mediaType: "application/pdf", data: new Uint8Array(1) }] },
        ],
      },
      "messages[0].content[0]",
    ],
    ["a provider's tool", { messages: HI, tools: [{ dialect: "anthropic", type: "web_search_20250305" }] }, "tools[0]"],
  ])("%s is refused, naming the field", (_, asked, field) => {
    expect(() => ollama.writeRequest(asked, TARGET)).toThrow(expect.objectContaining({ code: "unsupported", field }));
  });

  test.each<[string, ChatRequest, string]>([
    ["a conversation", { messages: [...HI, { role: "assistant", content: "Hello." }, ...HI] }, "messages"],
    ["an answer to go on from", { messages: [...HI, { role: "assistant", content: "Hel" }] }, "messages"],
    ["tools", { messages: HI, tools: TOOLS }, "tools"],
  ])("generate refuses %s, naming the field", (_, asked, field) => {
    expect(() => ollamaGenerate.writeRequest(asked, TARGET)).toThrow(
      expect.objectContaining({ code: "unsupported", field }),
    );
  });
});
