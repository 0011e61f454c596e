import { describe, expect, it } from "vitest";
import { readOptions } from "./read-options.js";

const user = (...content: object[]) => ({ role: "user", content });
const text = { type: "text", text: "Hello" };
const read = (options: object) => readOptions({ prompt: [user(text)], ...options });
const filesOf = (...content: object[]) => readOptions({ prompt: [user(...content)] }).request.messages[0]?.content;
const png = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

describe("call options", () => {
  it("are read with retries left to the AI SDK, and headers that have a value", () => {
    const signal = new AbortController().signal;
    const { call } = read({ abortSignal: signal, headers: { "x-a": "b", "x-none": undefined } });
    expect(call).toEqual({ retry: { retries: 0 }, signal, headers: { "x-a": "b" } });
  });

  it.each([
    ["provider-default", undefined],
    ["minimal", { effort: "minimal" }],
    ["xhigh", { effort: "max" }],
  ])("ask for reasoning: %s", (reasoning, expected) => {
    expect(read({ reasoning }).request.reasoning).toEqual(expected);
  });

  it("give a schema the name that providers take", () => {
    const responseFormat = { type: "json", schema: { type: "object" }, name: "my report: ä" };
    expect(read({ responseFormat }).request.responseFormat).toMatchObject({
      type: "json-schema",
      name: "my_report___",
    });
    expect(read({ responseFormat: { type: "json" } }).request.responseFormat).toEqual({ type: "json" });
  });

  it("have tools of both kinds in each version's words", () => {
    const args = { maxUses: 1 };
    const of = (type: string) => ({ type, id: "anthropic.web_search_20250305", name: "web_search", args });
    const own = { type: "function", name: "look", inputSchema: {}, inputExamples: [{ input: {} }] };
    for (const type of ["provider", "provider-defined"]) {
      const { request, warnings } = read({ tools: [own, of(type)], toolChoice: { type: "tool", toolName: "look" } });
      expect(request.tools).toEqual([
        { name: "look", inputSchema: {} },
        { dialect: "ai-sdk", type: "anthropic.web_search_20250305", name: "web_search", args },
      ]);
      expect(request.toolChoice).toEqual({ name: "look" });
      expect(warnings).toMatchObject([{ field: "tools[0].inputExamples" }]);
    }
    expect(read({ toolChoice: { type: "auto" } }).request).not.toHaveProperty("toolChoice");
  });

  it.each<[string, object]>([
    ['prompt[0].role: found "narrator"', { prompt: [{ role: "narrator", content: [] }] }],
    ['prompt[0].content[0].type: found "video"', { prompt: [user({ type: "video" })] }],
    ["prompt[0].content: found nothing", { prompt: [{ role: "assistant" }] }],
    ['tools[0].type: found "other"', { tools: [{ type: "other", name: "a" }] }],
    ['responseFormat.type: found "xml"', { responseFormat: { type: "xml" } }],
    [
      'toolChoice.type: found "any"',
      { tools: [{ type: "function", name: "a", inputSchema: {} }], toolChoice: { type: "any" } },
    ],
    ['reasoning: found "extreme"', { reasoning: "extreme" }],
  ])("that are not known are refused: %s", (message, options) => {
    expect(() => read(options)).toThrow(message);
  });
});

describe("files in a prompt", () => {
  const file = (data: unknown, mediaType = "image/png") => ({ type: "file", mediaType, data });

  it("are read in the form of any version", () => {
    const url = "https://example.org/a.png";
    const base64 = btoa(String.fromCharCode(...png));
    expect(
      filesOf(
        file(png),
        file(base64, "image/*"),
        file(`data:image/png;base64,${base64}`),
        file(new URL(url)),
        file(url, "image/*"),
        file({ type: "data", data: base64 }, "image"),
        file({ type: "url", url: new URL(url) }, "image"),
        file({ type: "url", url: new URL("gs://Bucket/a"), originalUrl: "gs://Bucket/a" }),
        file({ type: "reference", reference: { openai: "file-1" } }),
        file({ type: "text", text: "Hi" }, "text/plain"),
        { ...file(png), filename: "a.png", providerOptions: { openai: { imageDetail: "low" } } },
      ),
    ).toEqual([
      file(png),
      file(png),
      file(png),
      file({ url }),
      file({ url }, "image/*"),
      file(png),
      file({ url }, "image/*"),
      file({ url: "gs://Bucket/a" }),
      file({ id: "file-1" }),
      file(new TextEncoder().encode("Hi"), "text/plain"),
      {
        ...file(png),
        filename: "a.png",
        detail: "low",
        opaque: { dialect: "ai-sdk", data: { openai: { imageDetail: "low" } } },
      },
    ]);
  });

  it("that cannot be told apart or read are refused", () => {
    expect(() => filesOf(file({ type: "reference", reference: { a: "1", b: "2" } }))).toThrow(
      "prompt[0].content[0].data",
    );
    expect(() => filesOf(file("no base64!"))).toThrow(expect.objectContaining({ code: "malformed-frame" }));
    expect(() => filesOf(file(7))).toThrow("prompt[0].content[0].data: found 7");
  });
});

describe("messages of a prompt", () => {
  const call = { type: "tool-call", toolCallId: "c", toolName: "look", input: {} };
  const resultOf = (output: object) => {
    const result = { type: "tool-result", toolCallId: "c", toolName: "look", output };
    const { messages } = readOptions({
      prompt: [user(text), { role: "assistant", content: [call] }, { role: "tool", content: [result] }],
    }).request;
    return messages[2];
  };
  const part = (fields: object) => ({
    role: "tool",
    content: [{ type: "tool-result", callId: "c", name: "look", ...fields }],
  });
  const image = { type: "image", data: "AQID", mimeType: "image/png" };

  it.each<[object, object]>([
    [{ type: "text", value: "fine" }, { output: "fine" }],
    [{ type: "json", value: { a: [1] } }, { output: { a: [1] } }],
    [
      { type: "error-text", value: "bad" },
      { output: "bad", isError: true },
    ],
    [
      { type: "error-json", value: { a: 1 } },
      { output: { a: 1 }, isError: true },
    ],
    [
      { type: "execution-denied", reason: "no" },
      { output: { type: "execution-denied", reason: "no" }, isError: true },
    ],
    [{ type: "content", value: [{ type: "media", data: "AQID", mediaType: "image/png" }] }, { output: [image] }],
    [{ type: "content", value: [{ type: "image-data", data: "AQID", mediaType: "image/png" }] }, { output: [image] }],
    [
      { type: "content", value: [{ type: "file", data: { type: "data", data: "AQID" }, mediaType: "image/png" }] },
      { output: [image] },
    ],
    [
      {
        type: "content",
        value: [
          { type: "text", text: "a" },
          { type: "file-url", url: "https://a.example" },
        ],
      },
      {
        output: [
          { type: "text", text: "a" },
          { type: "file-url", url: "https://a.example" },
        ],
      },
    ],
  ])("have what tools returned: %o", (output, expected) => {
    expect(resultOf(output)).toEqual(part(expected));
  });

  it("have hints for caches from the message and from the part", () => {
    const cached = (ttl?: string) => ({ anthropic: { cacheControl: { type: "ephemeral", ...(ttl && { ttl }) } } });
    const { messages } = readOptions({
      prompt: [
        { role: "system", content: "Be.", providerOptions: cached("1h") },
        { ...user(text, text), providerOptions: cached() },
      ],
    }).request;
    expect(messages).toMatchObject([
      { content: [{ text: "Be.", cache: "1h" }] },
      { content: [{ text: "Hello" }, { text: "Hello", cache: "5m" }] },
    ]);
    expect(messages[1]?.content[0]).not.toHaveProperty("cache");
  });

  it("have answers to a provider's requests for approval as state", () => {
    const response = { type: "tool-approval-response", approvalId: "a", approved: true };
    const { messages } = readOptions({ prompt: [user(text), { role: "tool", content: [response] }] }).request;
    expect(messages[1]).toEqual({
      role: "assistant",
      content: [
        {
          type: "opaque",
          name: "provider/tool-approval-response",
          opaque: { dialect: "ai-sdk", data: response },
        },
      ],
    });
  });
});
