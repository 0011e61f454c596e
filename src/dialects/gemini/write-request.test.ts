import { describe, expect, test } from "vitest";
import type { JsonObject } from "../../base/json.js";
import type { ChatRequest, ReasoningOptions } from "../../stream/chat-request.js";
import type { AssistantPart, ChatMessage, FilePart } from "../../stream/message.js";
import { gemini } from "./gemini.js";

const HI: ChatMessage[] = [{ role: "user", content: "Hi" }];
const own = (data: JsonObject) => ({ dialect: "gemini", data });

function write(request: Partial<ChatRequest>, model = "gemini-3-flash-preview", stream = true) {
  const { body, path, warnings } = gemini.writeRequest({ messages: HI, ...request }, { model, stream });
  return { body, path, warnings, fields: warnings.map(({ field }) => field) };
}

function contents(messages: ChatMessage[], model?: string) {
  return write({ messages }, model).body.contents;
}

describe("where a request goes", () => {
  test.each([
    ["gemini-2.5-flash", true, "/models/gemini-2.5-flash:streamGenerateContent?alt=sse"],
    ["gemini-2.5-flash", false, "/models/gemini-2.5-flash:generateContent"],
    ["tunedModels/mine", false, "/tunedModels/mine:generateContent"],
  ])("%s, streamed: %s", (model, stream, path) => {
    expect(write({}, model, stream).path).toBe(path);
  });
});

describe("thinking", () => {
  test.each<[string, ReasoningOptions, JsonObject | undefined, string[]]>([
    ["gemini-2.5-flash", { effort: "none" }, { thinkingBudget: 0 }, []],
    ["gemini-2.5-flash", { effort: "low", summary: "auto" }, { includeThoughts: true, thinkingBudget: 1_024 }, []],
    ["gemini-2.5-flash", { effort: "max" }, { thinkingBudget: 24_576 }, []],
    ["gemini-2.5-flash", { budgetTokens: 50_000 }, { thinkingBudget: 24_576 }, ["reasoning.budgetTokens"]],
    ["gemini-2.5-flash", { budgetTokens: 100, effort: "high" }, { thinkingBudget: 100 }, ["reasoning.effort"]],
    ["gemini-2.5-flash-lite", { budgetTokens: 100 }, { thinkingBudget: 512 }, ["reasoning.budgetTokens"]],
    ["gemini-2.5-pro", { effort: "none" }, { thinkingBudget: 128 }, ["reasoning.effort"]],
    ["gemini-2.5-pro", { effort: "max" }, { thinkingBudget: 32_768 }, []],
    ["gemini-2.5-flash-image", { effort: "low" }, undefined, ["reasoning"]],
    ["gemini-2.0-flash", { effort: "low" }, undefined, ["reasoning"]],
    ["gemini-2.0-flash", { effort: "none" }, undefined, []],
    ["gemini-3-flash-preview", { effort: "minimal" }, { thinkingLevel: "MINIMAL" }, []],
    ["gemini-3-flash-preview", { effort: "none" }, { thinkingLevel: "MINIMAL" }, ["reasoning.effort"]],
    ["gemini-3-flash-preview", { effort: "max" }, { thinkingLevel: "HIGH" }, ["reasoning.effort"]],
    ["gemini-3-flash-preview", { budgetTokens: 500 }, { thinkingBudget: 500 }, []],
    [
      "gemini-3-flash-preview",
      { effort: "low", budgetTokens: 500 },
      { thinkingLevel: "LOW" },
      ["reasoning.budgetTokens"],
    ],
    ["gemini-3-pro-preview", { effort: "medium" }, { thinkingLevel: "HIGH" }, ["reasoning.effort"]],
    ["gemini-3.1-pro-preview", { effort: "medium" }, { thinkingLevel: "MEDIUM" }, []],
    ["gemini-3.1-pro-preview", { effort: "minimal" }, { thinkingLevel: "LOW" }, ["reasoning.effort"]],
    ["gemini-3.7-flash", { effort: "minimal" }, { thinkingLevel: "LOW" }, ["reasoning.effort"]],
    ["gemini-flash-latest", { summary: "detailed" }, { includeThoughts: true }, ["reasoning.summary"]],
    ["gemini-flash-latest", { summary: "none" }, { includeThoughts: false }, []],
    ["gemma-3-27b-it", { effort: "low" }, undefined, ["reasoning"]],
  ])("%s with %j", (model, reasoning, thinkingConfig, warned) => {
    const { body, fields } = write({ reasoning }, model);
    expect(body.generationConfig).toEqual(thinkingConfig && { thinkingConfig });
    expect(fields).toEqual(warned);
  });
});

describe("options", () => {
  test("each is sent, or warned about", () => {
    const { body, fields } = write({
      temperature: 0.5,
      topP: 0.9,
      topK: 3,
      maxTokens: 10,
      stop: ["END"],
      seed: 1,
      presencePenalty: 0.1,
      frequencyPenalty: 0.2,
      parallelToolCalls: false,
      user: "u",
      metadata: { a: "b" },
      responseFormat: { type: "json-schema", name: "n", schema: { type: "object" } },
    });
    expect(body.generationConfig).toEqual({
      temperature: 0.5,
      topP: 0.9,
      topK: 3,
      maxOutputTokens: 10,
      stopSequences: ["END"],
      seed: 1,
      presencePenalty: 0.1,
      frequencyPenalty: 0.2,
      responseMimeType: "application/json",
      responseJsonSchema: { type: "object" },
    });
    expect(fields).toEqual(["parallelToolCalls", "user", "metadata"]);
  });

  test("a schema is sent in the words that Gemini knows", () => {
    const kind = (name: string) => ({ type: "object", properties: { kind: { type: "string", const: name } } });
    const pair = { type: "array", prefixItems: [{ type: "string" }], items: false, minItems: 1, maxItems: 1 };
    const schema = {
      type: "object",
      properties: { union: { oneOf: [kind("a"), kind("b")] }, pair, again: { $ref: "#/$defs/x", description: "x" } },
      $defs: { x: { const: true } },
    };
    const { body } = write({ responseFormat: { type: "json-schema", name: "n", schema } });
    const known = (name: string) => ({ type: "object", properties: { kind: { type: "string", enum: [name] } } });
    const { items: _, ...tuple } = pair;
    expect(body.generationConfig).toMatchObject({
      responseJsonSchema: {
        type: "object",
        properties: { union: { oneOf: [known("a"), known("b")] }, pair: tuple, again: { $ref: "#/$defs/x" } },
        $defs: { x: { const: true } },
      },
    });
    expect(JSON.stringify(body)).not.toContain("description");
    expect(JSON.stringify(body)).not.toContain('"items"');
  });

  test("the caller's own fields are merged at every depth", () => {
    const { body } = write({
      temperature: 1,
      reasoning: { effort: "low" },
      tools: [{ name: "f", inputSchema: { type: "object" } }],
      toolChoice: "required",
      providerOptions: {
        gemini: {
          cachedContent: "cachedContents/1",
          generationConfig: { responseModalities: ["IMAGE"], thinkingConfig: { includeThoughts: true } },
          toolConfig: { functionCallingConfig: { streamFunctionCallArguments: true } },
          functionDeclarations: [{ name: "f", behavior: "NON_BLOCKING" }],
          tools: [{ urlContext: {} }],
        },
      },
    });
    expect(body).toEqual({
      contents: [{ role: "user", parts: [{ text: "Hi" }] }],
      cachedContent: "cachedContents/1",
      generationConfig: {
        temperature: 1,
        responseModalities: ["IMAGE"],
        thinkingConfig: { thinkingLevel: "LOW", includeThoughts: true },
      },
      toolConfig: { functionCallingConfig: { mode: "ANY", streamFunctionCallArguments: true } },
      tools: [
        { functionDeclarations: [{ name: "f", parametersJsonSchema: { type: "object" }, behavior: "NON_BLOCKING" }] },
        { urlContext: {} },
      ],
    });
  });

  test("several candidates and tools of others are refused, naming the field", () => {
    const field = "providerOptions.gemini.generationConfig.candidateCount";
    const providerOptions = { gemini: { generationConfig: { candidateCount: 2 } } };
    expect(() => write({ providerOptions })).toThrow(expect.objectContaining({ code: "unsupported", field }));
    const tools = [{ dialect: "anthropic", type: "web_search_20250305" }];
    expect(() => write({ tools })).toThrow(expect.objectContaining({ code: "unsupported", field: "tools[0]" }));
  });

  test("the choice of a tool is for functions", () => {
    expect(write({ toolChoice: "required" }).body).not.toHaveProperty("toolConfig");
    const { body, fields } = write({ toolChoice: "none", tools: [{ dialect: "gemini", type: "googleSearch" }] });
    expect(body).not.toHaveProperty("toolConfig");
    expect(fields).toEqual(["toolChoice"]);
  });
});

describe("messages", () => {
  test("instructions among the conversation are moved before it, with a warning", () => {
    const { body, fields } = write({ messages: [...HI, { role: "system", content: "Be brief." }] });
    expect(body.systemInstruction).toEqual({ parts: [{ text: "Be brief." }] });
    expect(fields).toEqual(["messages[1]"]);
  });

  test("results stand in one content, in the order of their calls; ids that Gemini did not give are not sent", () => {
    const call = (callId: string): AssistantPart => ({ type: "tool-call", callId, name: "f", input: { callId } });
    const result = (callId: string) => ({ type: "tool-result" as const, callId, name: "f", output: callId });
    const messages: ChatMessage[] = [
      ...HI,
      { role: "assistant", content: [call("gemini-call-1"), call("gemini-call-2"), call("c3")] },
      { role: "tool", content: [result("c3"), result("gemini-call-2")] },
      { role: "tool", content: [result("gemini-call-1")] },
      { role: "user", content: "And?" },
    ];
    expect(contents(messages, "gemini-2.5-flash")).toEqual([
      { role: "user", parts: [{ text: "Hi" }] },
      {
        role: "model",
        parts: [
          { functionCall: { name: "f", args: { callId: "gemini-call-1" } } },
          { functionCall: { name: "f", args: { callId: "gemini-call-2" } } },
          { functionCall: { id: "c3", name: "f", args: { callId: "c3" } } },
        ],
      },
      {
        role: "user",
        parts: [
          { functionResponse: { name: "f", response: { output: "gemini-call-1" } } },
          { functionResponse: { name: "f", response: { output: "gemini-call-2" } } },
          { functionResponse: { id: "c3", name: "f", response: { output: "c3" } } },
        ],
      },
      { role: "user", parts: [{ text: "And?" }] },
    ]);
  });

  test("in the one message of a tool loop, calls and results take turns", () => {
    const loop: AssistantPart[] = [
      { type: "text", text: "Look." },
      { type: "tool-call", callId: "c1", name: "f", input: {} },
      { type: "tool-result", callId: "c1", name: "f", output: { a: 1 }, isError: true },
      { type: "text", text: "So." },
    ];
    expect(contents([...HI, { role: "assistant", content: loop }], "gemini-2.5-flash")).toEqual([
      { role: "user", parts: [{ text: "Hi" }] },
      { role: "model", parts: [{ text: "Look." }, { functionCall: { id: "c1", name: "f", args: {} } }] },
      { role: "user", parts: [{ functionResponse: { id: "c1", name: "f", response: { error: { a: 1 } } } }] },
      { role: "model", parts: [{ text: "So." }] },
    ]);
  });

  test("models that want signatures get the word for none with the first call that another model made", () => {
    const call = (callId: string, signature?: string): AssistantPart => ({
      type: "tool-call",
      callId,
      name: "f",
      input: {},
      ...(signature !== undefined && { opaque: own({ thoughtSignature: signature }) }),
    });
    const signatures = (...parts: AssistantPart[]) => {
      const [, said] = contents([...HI, { role: "assistant", content: parts }]) as { parts: JsonObject[] }[];
      return said?.parts.map((part) => part.thoughtSignature);
    };
    expect(signatures(call("a"), call("b"))).toEqual(["skip_thought_signature_validator", undefined]);
    expect(signatures(call("a", "c2ln"), call("b"))).toEqual(["c2ln", undefined]);
  });

  test("what another provider made is left out, with a warning", () => {
    const opaque = { dialect: "anthropic", data: { signature: "s" } };
    const parts: AssistantPart[] = [
      { type: "reasoning", text: "Hm.", opaque },
      { type: "tool-call", callId: "s1", name: "web_search", input: {}, providerExecuted: true, opaque },
      { type: "tool-result", callId: "s1", name: "web_search", output: [], providerExecuted: true, opaque },
      { type: "opaque", name: "provider/compaction", opaque },
      { type: "text", text: "So.", opaque },
      { type: "source", source: { kind: "url", url: "https://a.b/" } },
    ];
    const { body, fields } = write({ messages: [...HI, { role: "assistant", content: parts }] });
    expect((body.contents as JsonObject[])[1]).toEqual({ role: "model", parts: [{ text: "So." }] });
    expect(fields).toEqual([0, 1, 2, 3].map((index) => `messages[1].content[${index}]`));
  });

  test("what is kept to be shown is not sent back", () => {
    const groundingMetadata = { webSearchQueries: ["q"] };
    const parts: AssistantPart[] = [
      { type: "text", text: "So." },
      { type: "opaque", name: "provider/groundingMetadata", opaque: own({ groundingMetadata }) },
    ];
    const { body, warnings } = write({ messages: [...HI, { role: "assistant", content: parts }] });
    expect((body.contents as JsonObject[])[1]).toEqual({ role: "model", parts: [{ text: "So." }] });
    expect(warnings).toEqual([]);
  });

  test("files in a result stand in it for models that take them there, and behind it for others", () => {
    const output = [
      { type: "text", text: "seen" },
      { type: "image", data: "aGk=", mimeType: "image/png" },
    ];
    const messages: ChatMessage[] = [
      ...HI,
      { role: "assistant", content: [{ type: "tool-call", callId: "c", name: "f", input: {} }] },
      { role: "tool", content: [{ type: "tool-result", callId: "c", name: "f", output }] },
    ];
    const response = { output: [{ type: "text", text: "seen" }, { $ref: "image-1" }] };
    const image = { inlineData: { mimeType: "image/png", data: "aGk=", displayName: "image-1" } };
    const inside = { functionResponse: { id: "c", name: "f", response, parts: [image] } };
    expect((contents(messages) as JsonObject[])[2]).toEqual({ role: "user", parts: [inside] });
    expect((contents(messages, "gemini-2.5-flash") as JsonObject[]).slice(2)).toEqual([
      { role: "user", parts: [{ functionResponse: { id: "c", name: "f", response } }] },
      { role: "user", parts: [image] },
    ]);
  });

  test.each<[string, FilePart, JsonObject]>([
    [
      "bytes",
      { type: "file", mediaType: "image/png", data: new Uint8Array([1]) },
      { inlineData: { mimeType: "image/png", data: "AQ==" } },
    ],
    [
      "a data URL",
      { type: "file", mediaType: "image/*", data: { url: "data:image/gif;base64,AQ==" } },
      { inlineData: { mimeType: "image/gif", data: "AQ==" } },
    ],
    [
      "a URL",
      { type: "file", mediaType: "video/mp4", data: { url: "https://youtu.be/1" } },
      { fileData: { mimeType: "video/mp4", fileUri: "https://youtu.be/1" } },
    ],
    [
      "a URL of some image",
      { type: "file", mediaType: "image/*", data: { url: "https://a.b/c.webp?x" } },
      { fileData: { mimeType: "image/webp", fileUri: "https://a.b/c.webp?x" } },
    ],
    [
      "a URL without an ending",
      { type: "file", mediaType: "image/*", data: { url: "https://a.b/c" } },
      { fileData: { mimeType: "image/jpeg", fileUri: "https://a.b/c" } },
    ],
    [
      "a file of the Files API",
      { type: "file", mediaType: "audio/wav", data: { id: "files/1" } },
      { fileData: { mimeType: "audio/wav", fileUri: "https://generativelanguage.googleapis.com/v1beta/files/1" } },
    ],
    [
      "a closer look",
      { type: "file", mediaType: "image/png", data: new Uint8Array([1]), detail: "high" },
      { inlineData: { mimeType: "image/png", data: "AQ==" }, mediaResolution: { level: "MEDIA_RESOLUTION_HIGH" } },
    ],
  ])("a file: %s", (_, file, part) => {
    expect(contents([{ role: "user", content: [file] }])).toEqual([{ role: "user", parts: [part] }]);
  });

  test("a closer look that a model cannot take is warned about", () => {
    const file: FilePart = { type: "file", mediaType: "image/png", data: new Uint8Array([1]), detail: "low" };
    const messages: ChatMessage[] = [{ role: "user", content: [file], name: "Ann" }];
    expect(write({ messages }, "gemini-2.5-flash").fields).toEqual([
      "messages[0].name",
      "messages[0].content[0].detail",
    ]);
  });
});
