import { describe, expect, it } from "vitest";
import type { ChatRequest } from "./chat-request.js";
import { SluiceError } from "./error.js";
import { validateRequest } from "./validate-request.js";

const schema = { type: "object", properties: {} };
const user = { role: "user", content: "Hi" };
const call = { type: "tool-call", callId: "c1", name: "look", input: {} };
const result = { type: "tool-result", callId: "c1", name: "look", output: null };

/** A request with a field replaced, as a caller without types may write it. */
function ask(fields: object): ChatRequest {
  const request: object = { messages: [user], ...fields };
  return request as ChatRequest;
}

function says(content: unknown, role = "user"): ChatRequest {
  return ask({ messages: [{ role, content }] });
}

function refusal(request: ChatRequest): SluiceError {
  try {
    validateRequest(request);
  } catch (error) {
    if (error instanceof SluiceError) return error;
    throw error;
  }
  throw new Error("it was not refused");
}

describe("a request is refused", () => {
  it.each<[field: string, found: string, request: ChatRequest]>([
    ["messages", "nothing", ask({ messages: undefined })],
    ["messages", "an array of 0", ask({ messages: [] })],
    ["messages", '"Hi"', ask({ messages: "Hi" })],
    ["messages[0]", '"Hi"', ask({ messages: ["Hi"] })],
    ["messages[0].role", '"developer"', says("Hi", "developer")],
    ["messages[0].role", '"toString"', says("Hi", "toString")],
    ["messages[0].content", "nothing", says(undefined)],
    ["messages[0].content", "null", says(null, "assistant")],
    ["messages[0].content", "an array of 0", says([])],
    ["messages[0].content", "an array of 0", says([], "system")],
    ["messages[0].content", '"12"', says("12", "tool")],
    ["messages[0].name", '""', ask({ messages: [{ ...user, name: "" }] })],
    ["messages[0].content[0]", '"Hi"', says(["Hi"])],
    ["messages[0].content[1].type", '"txt"', says([{ type: "text", text: "a" }, { type: "txt" }])],
    ["messages[0].content[0].type", '"tool-call"', says([call])],
    ["messages[0].content[0].type", '"file"', says([{ type: "file" }], "system")],
    ["messages[0].content[0].text", "5", says([{ type: "text", text: 5 }])],
    ["messages[0].content[0].refusal", "false", says([{ type: "text", text: "", refusal: false }], "assistant")],
    ["messages[0].content[0].cache", '"2h"', says([{ type: "text", text: "", cache: "2h" }])],
    ["messages[0].content[0].opaque", '"x"', says([{ type: "text", text: "", opaque: "x" }], "assistant")],
    ["messages[0].content[0].opaque.dialect", "nothing", says([{ type: "text", text: "", opaque: { data: 1 } }])],
    ["messages[0].content[0].opaque.data", "nothing", says([{ type: "text", text: "", opaque: { dialect: "a" } }])],
    ["messages[0].content[0].text", "nothing", says([{ type: "reasoning" }], "assistant")],
    ["messages[0].content[0].mediaType", '"png"', says([{ type: "file", mediaType: "png", data: { id: "f" } }])],
    ["messages[0].content[0].data", '"aGk="', says([{ type: "file", mediaType: "image/png", data: "aGk=" }])],
    ["messages[0].content[0].data", "an object with path", says([file({ path: "/a" })])],
    ["messages[0].content[0].data", '"an empty Uint8Array"', says([file(new Uint8Array())])],
    ["messages[0].content[0].data.url", '"a.png"', says([file({ url: "a.png" })])],
    ["messages[0].content[0].data.id", '""', says([file({ id: "" })])],
    ["messages[0].content[0].detail", '"medium"', says([{ ...file({ id: "f" }), detail: "medium" }])],
    ["messages[0].content[0].filename", "1", says([{ ...file({ id: "f" }), filename: 1 }])],
    ["messages[0].content[0].callId", '""', says([{ ...call, callId: "" }], "assistant")],
    ["messages[0].content[0].name", "nothing", says([{ ...call, name: undefined }], "assistant")],
    ["messages[0].content[0].input", "nothing", says([{ ...call, input: undefined }], "assistant")],
    ["messages[0].content[0].input", "bigint", says([{ ...call, input: 1n }], "assistant")],
    ["messages[0].content[0].invalid", "0", says([{ ...call, invalid: 0 }], "assistant")],
    ["messages[0].content[0].providerExecuted", '"no"', says([{ ...call, providerExecuted: "no" }], "assistant")],
    ["messages[0].content[0].output", "nothing", says([{ ...result, output: undefined }], "tool")],
    ["messages[0].content[0].isError", "false", says([{ ...result, isError: false }], "tool")],
    ["messages[0].content[0].source", "nothing", says([{ type: "source" }], "assistant")],
    ["messages[0].content[0].opaque", "nothing", says([{ type: "opaque", name: "provider/n" }], "assistant")],
    ["messages[0].content[0].callId", '"c1"', says([result], "tool")],
    ["messages[1].content[0].callId", '"c2"', ask({ messages: [calls("c1"), tool({ ...result, callId: "c2" })] })],
    ["messages[0].content[0].callId", '"c1"', ask({ messages: [tool(result), calls("c1")] })],
    ["tools", "an object with no keys", ask({ tools: {} })],
    ["tools[0]", '"look"', ask({ tools: ["look"] })],
    ["tools[0].name", '"look up"', ask({ tools: [{ name: "look up", inputSchema: schema }] })],
    ["tools[0].name", `"${"a".repeat(65)}"`, ask({ tools: [{ name: "a".repeat(65), inputSchema: schema }] })],
    ["tools[0].inputSchema", "nothing", ask({ tools: [{ name: "look" }] })],
    ["tools[0].inputSchema.type", '"string"', ask({ tools: [{ name: "look", inputSchema: { type: "string" } }] })],
    ["tools[0].description", "1", ask({ tools: [{ name: "look", inputSchema: schema, description: 1 }] })],
    ["tools[0].strict", '"yes"', ask({ tools: [{ name: "look", inputSchema: schema, strict: "yes" }] })],
    ["tools[0].cache", "true", ask({ tools: [{ name: "look", inputSchema: schema, cache: true }] })],
    ["tools[0].parameters", "an object with no keys", ask({ tools: [{ name: "look", parameters: {} }] })],
    ["tools[0].type", "nothing", ask({ tools: [{ dialect: "anthropic" }] })],
    ["tools[0].args", "an array of 0", ask({ tools: [{ dialect: "anthropic", type: "web", args: [] }] })],
    ["tools[1].name", '"look"', ask({ tools: [lookTool, lookTool] })],
    ["tools[1].name", '"look"', ask({ tools: [lookTool, { dialect: "anthropic", type: "web", name: "look" }] })],
    ["toolChoice", '"any"', ask({ toolChoice: "any" })],
    ["toolChoice", '"required"', ask({ toolChoice: "required" })],
    ["toolChoice.name", '"find"', ask({ tools: [lookTool], toolChoice: { name: "find" } })],
    ["toolChoice.name", "nothing", ask({ tools: [lookTool], toolChoice: {} })],
    ["parallelToolCalls", "1", ask({ parallelToolCalls: 1 })],
    ["temperature", "2.1", ask({ temperature: 2.1 })],
    ["temperature", "-0.1", ask({ temperature: -0.1 })],
    ["temperature", "NaN", ask({ temperature: Number.NaN })],
    ["temperature", '"1"', ask({ temperature: "1" })],
    ["topP", "1.5", ask({ topP: 1.5 })],
    ["topK", "0", ask({ topK: 0 })],
    ["topK", "1.5", ask({ topK: 1.5 })],
    ["maxTokens", "0", ask({ maxTokens: 0 })],
    ["maxTokens", "Infinity", ask({ maxTokens: Number.POSITIVE_INFINITY })],
    ["stop", '"END"', ask({ stop: "END" })],
    ["stop[1]", '""', ask({ stop: ["END", ""] })],
    ["seed", "0.5", ask({ seed: 0.5 })],
    ["presencePenalty", "3", ask({ presencePenalty: 3 })],
    ["frequencyPenalty", "-3", ask({ frequencyPenalty: -3 })],
    ["reasoning", '"high"', ask({ reasoning: "high" })],
    ["reasoning.effort", '"xhigh"', ask({ reasoning: { effort: "xhigh" } })],
    ["reasoning.budgetTokens", "-1", ask({ reasoning: { budgetTokens: -1 } })],
    ["reasoning.summary", "true", ask({ reasoning: { summary: true } })],
    ["reasoning.level", '"low"', ask({ reasoning: { level: "low" } })],
    ["responseFormat", '"json"', ask({ responseFormat: "json" })],
    ["responseFormat.type", '"json_object"', ask({ responseFormat: { type: "json_object" } })],
    ["responseFormat.name", "nothing", ask({ responseFormat: { type: "json-schema", schema } })],
    ["responseFormat.schema", "nothing", ask({ responseFormat: { type: "json-schema", name: "a" } })],
    ["responseFormat.schema", "an object with no keys", ask({ responseFormat: { type: "json", schema: {} } })],
    ["user", "7", ask({ user: 7 })],
    ["metadata.turn", "3", ask({ metadata: { turn: 3 } })],
    ["providerOptions.openai", "true", ask({ providerOptions: { openai: true } })],
    ["maxToken", "5", ask({ maxToken: 5 })],
    ["request", "nothing", undefined as unknown as ChatRequest],
    ["request", '"Hi"', "Hi" as unknown as ChatRequest],
  ])("for %s: found %s", (field, found, request) => {
    const error = refusal(request);
    expect(error).toMatchObject({ code: "invalid-argument", field });
    expect(error.message.startsWith(`${field}: found ${found}; allowed: `)).toBe(true);
  });

  it("with what is allowed", () => {
    expect(refusal(says([{ type: "txt" }])).message).toBe(
      'messages[0].content[0].type: found "txt"; allowed: text, file',
    );
    expect(refusal(says([{ type: "input-response" }])).message).toBe(
      'messages[0].content[0].type: found "input-response"; allowed: text, file; input-response stands in tool messages',
    );
    expect(refusal(ask({ messages: [calls("c1"), tool({ ...result, callId: "c2" })] })).message).toContain("(c1)");
    expect(refusal(ask({ maxToken: 5 })).message).toContain("maxTokens");
  });
});

const lookTool = { name: "look", inputSchema: schema };

function file(data: unknown) {
  return { type: "file", mediaType: "image/png", data };
}

function calls(callId: string) {
  return { role: "assistant", content: [{ ...call, callId }] };
}

function tool(...content: object[]) {
  return { role: "tool", content };
}

describe("a request is accepted", () => {
  it("with every field there is", () => {
    const opaque = { dialect: "anthropic", data: { signature: "s" } };
    const request: ChatRequest = {
      messages: [
        { role: "system", content: [{ type: "text", text: "Be brief.", cache: "1h" }] },
        {
          role: "user",
          name: "ada",
          content: [
            { type: "text", text: "" },
            { type: "file", mediaType: "image/*", data: { url: "https://example.com/a" }, detail: "low" },
            { type: "file", mediaType: "application/pdf", data: { id: "file-1" }, filename: "a.pdf" },
            { type: "file", mediaType: "audio/pcm;rate=24000", data: new Uint8Array([1]) },
          ],
        },
        {
          role: "assistant",
          content: [
            { type: "reasoning", text: "", opaque },
            { type: "text", text: "No.", refusal: true },
            { type: "tool-call", callId: "c1", name: "look", input: "{", invalid: true },
            { type: "tool-result", callId: "c0", name: "web", output: [], providerExecuted: true },
            { type: "source", source: { kind: "url", url: "https://example.com" } },
            { type: "opaque", name: "provider/compaction", opaque },
          ],
        },
        { role: "tool", content: [{ type: "tool-result", callId: "c1", name: "look", output: null, isError: true }] },
        { role: "assistant", content: [] },
      ],
      tools: [
        { name: "look", description: "", inputSchema: { type: "object" }, strict: true, cache: "5m" },
        { dialect: "anthropic", type: "web_search_20250305", name: "web", args: { max_uses: 2 } },
      ],
      toolChoice: { name: "look" },
      parallelToolCalls: false,
      temperature: 2,
      topP: 0,
      topK: 1,
      maxTokens: 1,
      stop: ["END"],
      seed: -1,
      presencePenalty: -2,
      frequencyPenalty: 2,
      reasoning: { effort: "high", budgetTokens: 0, summary: "auto" },
      responseFormat: { type: "json-schema", name: "a", schema: {}, description: "", strict: false },
      user: "u",
      metadata: { turn: "3" },
      providerOptions: { openai: { store: true } },
    };
    const before = structuredClone(request);
    validateRequest(request);
    expect(request).toEqual(before);
  });

  it("with fields that are there and undefined", () => {
    validateRequest(ask({ temperature: undefined, tools: undefined }));
  });

  it("with fields of a message that a store added", () => {
    validateRequest(ask({ messages: [{ ...user, id: "m1", createdAt: "2026-11-21" }] }));
  });
});
