import { describe, expect, test } from "vitest";
import type { JsonObject } from "../../base/json.js";
import { gemini } from "./gemini.js";

const PATH = { model: "gemini-2.5-flash", method: "generateContent" };
const HI = { role: "user", parts: [{ text: "Hi" }] };

describe("a client's request for an answer", () => {
  test.each<[string, JsonObject, string]>([
    ["no contents", {}, "contents"],
    ["empty contents", { contents: [] }, "contents"],
    ["an unknown role", { contents: [{ role: "tool", parts: [] }] }, "contents[0].role"],
    ["a text that is none", { contents: [{ parts: [{ text: 5 }] }] }, "contents[0].parts[0].text"],
    [
      "bad base64",
      { contents: [{ parts: [{ inlineData: { mimeType: "image/png", data: "%" } }] }] },
      "contents[0].parts[0].inlineData.data",
    ],
    [
      "a file without its type",
      { contents: [{ parts: [{ inlineData: { data: "" } }] }] },
      "contents[0].parts[0].inlineData.mimeType",
    ],
    [
      "a file without its address",
      { contents: [{ parts: [{ fileData: {} }] }] },
      "contents[0].parts[0].fileData.fileUri",
    ],
    [
      "a call without a name",
      { contents: [{ role: "model", parts: [{ functionCall: {} }] }] },
      "contents[0].parts[0].functionCall.name",
    ],
    [
      "a result without a name",
      { contents: [{ parts: [{ functionResponse: { response: {} } }] }] },
      "contents[0].parts[0].functionResponse.name",
    ],
    [
      "several candidates",
      { contents: [HI], generationConfig: { candidateCount: 2 } },
      "generationConfig.candidateCount",
    ],
    [
      "an unknown level",
      { contents: [HI], generationConfig: { thinkingConfig: { thinkingLevel: "SOME" } } },
      "generationConfig.thinkingConfig.thinkingLevel",
    ],
    [
      "an unknown mode",
      { contents: [HI], toolConfig: { functionCallingConfig: { mode: "SOME" } } },
      "toolConfig.functionCallingConfig.mode",
    ],
    [
      "a function without a name",
      { contents: [HI], tools: [{ functionDeclarations: [{}] }] },
      "tools[0].functionDeclarations[0].name",
    ],
  ])("with %s is refused, naming the field", (_, body, field) => {
    expect(() => gemini.readRequest(body, PATH)).toThrow(expect.objectContaining({ code: "invalid-request", field }));
  });

  test("names its model and its method in the path", () => {
    const asked = { contents: [HI] };
    expect(gemini.readRequest(asked, { model: "models/m", method: "streamGenerateContent" })).toMatchObject({
      model: "m",
      stream: true,
    });
    expect(gemini.readRequest({ ...asked, model: "models/m" })).toMatchObject({ model: "m", stream: false });
    expect(() => gemini.readRequest(asked)).toThrow(expect.objectContaining({ field: "model" }));
    expect(() => gemini.readRequest(asked, { model: "m", method: "countTokens" })).toThrow(
      expect.objectContaining({ field: "method" }),
    );
  });

  test("may name its fields as protocol buffers do", () => {
    const { request } = gemini.readRequest(
      {
        system_instruction: { parts: { text: "Be brief." } as JsonObject },
        contents: [{ parts: [{ inline_data: { mime_type: "image/png", data: "AQ==" } }, { text: "What?" }] }],
        generation_config: { max_output_tokens: 5, thinking_config: { thinking_budget: 0 } },
        tools: [
          {
            function_declarations: [
              { name: "f", parameters: { type: "OBJECT", properties: { a_b: { type: "STRING" } } } },
            ],
          },
        ],
        tool_config: { function_calling_config: { mode: "ANY", allowed_function_names: ["f"] } },
        safety_settings: [],
      },
      PATH,
    );
    expect(request).toEqual({
      messages: [
        { role: "system", content: "Be brief." },
        {
          role: "user",
          content: [
            { type: "file", mediaType: "image/png", data: new Uint8Array([1]) },
            { type: "text", text: "What?" },
          ],
        },
      ],
      maxTokens: 5,
      reasoning: { effort: "none" },
      tools: [{ name: "f", inputSchema: { type: "object", properties: { a_b: { type: "string" } } } }],
      toolChoice: { name: "f" },
      providerOptions: { gemini: { safetySettings: [] } },
    });
  });

  test("schemas in Google's form become JSON Schema", () => {
    const parameters = {
      type: "OBJECT",
      properties: {
        type: { type: "STRING", enum: ["A"], nullable: true },
        list: { type: "ARRAY", items: { type: "NUMBER" }, minItems: "1", maxItems: "3" },
        any: { anyOf: [{ type: "INTEGER" }, { type: "BOOLEAN" }] },
      },
      propertyOrdering: ["list", "type"],
      required: ["type"],
    };
    const body = {
      contents: [HI],
      tools: [
        {
          functionDeclarations: [
            { name: "f", parameters },
            { name: "g", behavior: "NON_BLOCKING" },
          ],
        },
      ],
      generationConfig: { responseMimeType: "application/json", responseSchema: { type: "STRING" } },
    };
    const { request } = gemini.readRequest(body, PATH);
    expect(request).toMatchObject({
      tools: [
        {
          name: "f",
          inputSchema: {
            type: "object",
            properties: {
              type: { type: ["string", "null"], enum: ["A"] },
              list: { type: "array", items: { type: "number" }, minItems: 1, maxItems: 3 },
              any: { anyOf: [{ type: "integer" }, { type: "boolean" }] },
            },
            required: ["type"],
          },
        },
        { name: "g", inputSchema: { type: "object", properties: {} } },
      ],
      responseFormat: { type: "json-schema", schema: { type: "string" } },
      providerOptions: { gemini: { functionDeclarations: [{ name: "g", behavior: "NON_BLOCKING" }] } },
    });
  });

  test("properties stand in the order that they are to be written in", () => {
    const text = { type: "STRING" };
    const schema = { type: "OBJECT", properties: { b: text, a: text, c: text }, propertyOrdering: ["c", "a", "x"] };
    const generationConfig = { responseMimeType: "application/json", responseSchema: schema };
    const { responseFormat } = gemini.readRequest({ contents: [HI], generationConfig }, PATH).request;
    const read = responseFormat?.type === "json-schema" ? responseFormat.schema : {};
    expect(JSON.stringify(read)).toBe(
      '{"type":"object","properties":{"c":{"type":"string"},"a":{"type":"string"},"b":{"type":"string"}}}',
    );
  });

  test("results without ids are those of the calls with their name, in their order", () => {
    const call = (name: string, n: number) => ({ functionCall: { name, args: { n } } });
    const result = (name: string, n: number) => ({ functionResponse: { name, response: { n } } });
    const { request } = gemini.readRequest(
      {
        contents: [
          HI,
          { role: "model", parts: [call("f", 1), call("g", 2)] },
          { role: "model", parts: [call("f", 3)] },
          { role: "function", parts: [result("g", 2), result("f", 1), result("f", 3)] },
        ],
      },
      PATH,
    );
    const [, said, results] = request.messages;
    const ids = new Map(
      ((said?.content ?? []) as { callId: string; input: JsonObject }[]).map((part) => [part.input.n, part.callId]),
    );
    expect(new Set(ids.values()).size).toBe(3);
    expect(results?.content).toEqual([
      { type: "tool-result", callId: ids.get(2), name: "g", output: { n: 2 } },
      { type: "tool-result", callId: ids.get(1), name: "f", output: { n: 1 } },
      { type: "tool-result", callId: ids.get(3), name: "f", output: { n: 3 } },
    ]);
  });

  test("what only Gemini has is kept for it", () => {
    const body: JsonObject = {
      contents: [
        {
          role: "user",
          parts: [
            {
              fileData: { mimeType: "video/mp4", fileUri: "https://youtu.be/1", displayName: "v" },
              videoMetadata: { fps: 1 },
            },
            { later: { a: 1 } },
          ],
        },
        { role: "model", parts: [{ functionCall: { id: "c", name: "f", args: {} }, thoughtSignature: "c2ln" }] },
        {
          role: "user",
          parts: [
            {
              functionResponse: {
                id: "c",
                name: "f",
                response: { output: "x" },
                scheduling: "SILENT",
                parts: [{ fileData: { mimeType: "image/png", fileUri: "gs://b/a.png" } }],
              },
            },
          ],
        },
      ],
      tools: [
        { functionDeclarations: [{ name: "f", parametersJsonSchema: { type: "object" } }] },
        { googleMaps: { enableWidget: true } },
      ],
      toolConfig: {
        functionCallingConfig: { mode: "ANY", allowedFunctionNames: ["f", "g"] },
        retrievalConfig: { languageCode: "de" },
      },
      generationConfig: {
        responseMimeType: "text/x.enum",
        mediaResolution: "MEDIA_RESOLUTION_LOW",
        thinkingConfig: { thinkingBudget: -1 },
      },
      cachedContent: "cachedContents/1",
      labels: { some_label: "x" },
    };
    const { request } = gemini.readRequest(body, PATH);
    expect(request.messages[0]).toMatchObject({ content: [{ type: "file" }, { type: "text", text: "" }] });
    const written = gemini.writeRequest(request, { model: "gemini-3-flash-preview", stream: false });
    expect(written.body).toEqual(body);
    expect(written.warnings).toEqual([]);
  });
});
