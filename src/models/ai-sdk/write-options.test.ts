import { describe, expect, it } from "vitest";
import { playedV2, playedV4, speaking } from "../../../test/support/ai-sdk-models.js";
import type { ChatRequest } from "../../stream/chat-request.js";
import type { AssistantPart, ChatMessage, FilePart, ToolResultPart } from "../../stream/message.js";
import { fromAiSdk } from "./from-ai-sdk.js";
import type { AiSdkCallOptions, AiSdkVersion } from "./language-model.js";
import { writeOptions } from "./write-options.js";

const VERSIONS = ["v2", "v3", "v4"] as const;
const written = (request: ChatRequest, version: AiSdkVersion, provider = "mock") =>
  writeOptions(request, { version, provider });
const user = (...content: (FilePart | { type: "text"; text: string })[]): ChatMessage => ({ role: "user", content });
const promptOf = (messages: ChatMessage[], version: AiSdkVersion) => written({ messages }, version).options.prompt;
const asked = { role: "user" as const, content: "Hello" };
const bytes = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

describe("options", () => {
  it.each(VERSIONS)("are all sent to %s", (version) => {
    const request: ChatRequest = {
      messages: [asked],
      temperature: 0.5,
      topP: 0.9,
      topK: 40,
      maxTokens: 100,
      stop: ["END"],
      seed: 7,
      presencePenalty: 0.1,
      frequencyPenalty: 0.2,
      toolChoice: { name: "look" },
      tools: [
        { name: "look", description: "Looks.", inputSchema: { type: "object" }, cache: "1h" },
        { dialect: "ai-sdk", type: "mock.search_1", name: "search", args: { maxUses: 3 } },
      ],
      responseFormat: { type: "json-schema", name: "report", schema: { type: "object" }, description: "It." },
      providerOptions: { mock: { tier: "fast" } },
    };
    expect(written(request, version)).toEqual({
      warnings: [],
      options: {
        prompt: [{ role: "user", content: [{ type: "text", text: "Hello" }] }],
        temperature: 0.5,
        topP: 0.9,
        topK: 40,
        maxOutputTokens: 100,
        stopSequences: ["END"],
        seed: 7,
        presencePenalty: 0.1,
        frequencyPenalty: 0.2,
        toolChoice: { type: "tool", toolName: "look" },
        tools: [
          {
            type: "function",
            name: "look",
            description: "Looks.",
            inputSchema: { type: "object" },
            providerOptions: { anthropic: { cacheControl: { type: "ephemeral", ttl: "1h" } } },
          },
          {
            type: version === "v2" ? "provider-defined" : "provider",
            id: "mock.search_1",
            name: "search",
            args: { maxUses: 3 },
          },
        ],
        responseFormat: { type: "json", name: "report", schema: { type: "object" }, description: "It." },
        providerOptions: { mock: { tier: "fast" } },
      },
    });
  });

  it("without a field are warned about", () => {
    const request: ChatRequest = {
      messages: [{ ...asked, name: "Ann" }],
      user: "u",
      metadata: { a: "b" },
      parallelToolCalls: false,
      reasoning: { effort: "high", budgetTokens: 100 },
      tools: [{ name: "look", inputSchema: {}, strict: true }],
      responseFormat: { type: "json-schema", name: "r", schema: {}, strict: true },
    };
    const fields = (version: AiSdkVersion) => written(request, version).warnings.map(({ field }) => field);
    const everywhere = ["user", "metadata", "parallelToolCalls", "reasoning.budgetTokens", "responseFormat.strict"];
    expect(fields("v4").sort()).toEqual([...everywhere, "messages[0].name"].sort());
    expect(written(request, "v4").options).toMatchObject({ reasoning: "high", tools: [{ strict: true }] });
    expect(fields("v2").sort()).toEqual(
      [...everywhere, "messages[0].name", "reasoning.effort", "tools[0].strict"].sort(),
    );
    expect(written(request, "v2").options).not.toHaveProperty("reasoning");
  });

  it("of another provider are refused before the model is called", async () => {
    const tool = { dialect: "anthropic", type: "web_search_20250305" };
    const { model, calls } = playedV4([]);
    await expect(fromAiSdk(model).stream({ messages: [asked], tools: [tool] }).fullText).rejects.toMatchObject({
      code: "unsupported",
      field: "tools[0].dialect",
    });
    expect(calls).toEqual([]);
  });

  it("of the call go with it", async () => {
    const { model, calls } = speaking("v3", ["Hi"]);
    await fromAiSdk(model, { rawChunks: true }).stream({ messages: [asked] }, { headers: { "x-a": "b" } }).fullText;
    expect(calls[0]).toMatchObject({ headers: { "x-a": "b" }, includeRawChunks: true });
    expect(calls[0]?.abortSignal).toBeInstanceOf(AbortSignal);
  });
});

describe("files", () => {
  const url = "https://example.org/a.png";
  const content = (part: FilePart, version: AiSdkVersion) => {
    const [message] = promptOf([user(part)], version);
    return Reflect.get(message ?? {}, "content");
  };
  const png: FilePart = { type: "file", mediaType: "image/*", data: bytes, filename: "a.png", detail: "low" };
  const options = { providerOptions: { openai: { imageDetail: "low" } } };

  it("are bytes or URLs in v2 and v3", () => {
    for (const version of ["v2", "v3"] as const) {
      const file = { type: "file", mediaType: "image/png", data: bytes, filename: "a.png", ...options };
      expect(content(png, version)).toEqual([file]);
      const far = content({ type: "file", mediaType: "image/*", data: { url } }, version);
      expect(far).toEqual([{ type: "file", mediaType: "image/*", data: new URL(url) }]);
      expect(() => content({ type: "file", mediaType: "image/png", data: { id: "file-1" } }, version)).toThrow(
        expect.objectContaining({ code: "unsupported", field: "messages[0].content[0].data.id" }),
      );
    }
  });

  it("are tagged in v4", () => {
    const file = { type: "file", mediaType: "image/png", filename: "a.png", ...options };
    expect(content(png, "v4")).toEqual([{ ...file, data: { type: "data", data: bytes } }]);
    const far = content({ type: "file", mediaType: "image/*", data: { url } }, "v4");
    expect(far).toEqual([{ type: "file", mediaType: "image", data: { type: "url", url: new URL(url) } }]);
    const known = content({ type: "file", mediaType: "image/png", data: { id: "file-1" } }, "v4");
    const reference = { type: "reference", reference: { mock: "file-1" } };
    expect(known).toEqual([{ type: "file", mediaType: "image/png", data: reference }]);
  });

  it.each(["data:text/plain;base64,SGk=", "data:text/plain,Hi"])("in data URLs are bytes: %s", (data) => {
    const part = content({ type: "file", mediaType: "text/plain", data: { url: data } }, "v3");
    expect(part).toEqual([{ type: "file", mediaType: "text/plain", data: new TextEncoder().encode("Hi") }]);
  });

  const withUrl: ChatRequest = { messages: [user({ type: "file", mediaType: "image/png", data: { url } })] };

  it("that the model does not fetch are refused, or downloaded", async () => {
    const { model, calls } = speaking("v3", ["Hi"]);
    await expect(fromAiSdk(model).stream(withUrl).fullText).rejects.toMatchObject({
      code: "unsupported",
      field: "messages[0].content[0].data.url",
    });
    const download = async () => ({ data: bytes });
    await fromAiSdk(model, { download }).stream(withUrl).fullText;
    const file = { type: "file", mediaType: "image/png", data: bytes };
    expect(calls).toMatchObject([{ prompt: [{ role: "user", content: [file] }] }]);
  });

  it.each([{ "*": [/./] }, { "image/*": [/^https:/g] }, { "image/png": [/example\.org/] }])(
    "that the model fetches are left to it: %o",
    async (supportedUrls) => {
      const { model, calls } = speaking("v4", ["Hi"]);
      Object.defineProperty(model, "supportedUrls", { value: Promise.resolve(supportedUrls) });
      await fromAiSdk(model).stream(withUrl).fullText;
      await fromAiSdk(model).stream(withUrl).fullText;
      expect(calls).toHaveLength(2);
      expect(calls[1]).toMatchObject({ prompt: [{ content: [{ data: { type: "url", url: new URL(url) } }] }] });
    },
  );
});

describe("messages", () => {
  const mock = { dialect: "ai-sdk", data: { mock: { signature: "s" } } };
  const foreign = { dialect: "anthropic", data: { signature: "t" } };

  it("bring a provider's state back to it", () => {
    const content: AssistantPart[] = [
      { type: "reasoning", text: "Hm.", opaque: mock },
      { type: "reasoning", text: "And?", opaque: foreign },
      { type: "text", text: "Yes.", cache: "5m" },
      { type: "text", text: "" },
      { type: "source", source: { kind: "url", url: "https://example.org" } },
      { type: "tool-call", callId: "c", name: "look", input: { at: 1 }, opaque: mock },
      { type: "tool-result", callId: "c", name: "look", output: "here" },
      { type: "text", text: "There." },
    ];
    const system = { role: "system" as const, content: [{ type: "text" as const, text: "Be.", cache: "5m" as const }] };
    const cached = { anthropic: { cacheControl: { type: "ephemeral" } } };
    expect(promptOf([system, asked, { role: "assistant", content }], "v3")).toEqual([
      { role: "system", content: "Be.", providerOptions: cached },
      { role: "user", content: [{ type: "text", text: "Hello" }] },
      {
        role: "assistant",
        content: [
          { type: "reasoning", text: "Hm.", providerOptions: mock.data },
          { type: "reasoning", text: "And?", providerOptions: { sluice: { opaque: foreign } } },
          { type: "text", text: "Yes.", providerOptions: cached },
          { type: "tool-call", toolCallId: "c", toolName: "look", input: { at: 1 }, providerOptions: mock.data },
        ],
      },
      {
        role: "tool",
        content: [{ type: "tool-result", toolCallId: "c", toolName: "look", output: { type: "text", value: "here" } }],
      },
      { role: "assistant", content: [{ type: "text", text: "There." }] },
    ]);
  });

  it("bring back what stood for itself, where the version has it", () => {
    const part = (name: string, data: { [field: string]: string | boolean | object }): AssistantPart => {
      return {
        type: "opaque",
        name: `provider/${name}`,
        opaque: { dialect: "ai-sdk", data: JSON.parse(JSON.stringify(data)) },
      };
    };
    const custom = { type: "custom", kind: "mock.note" };
    const thought = { type: "reasoning-file", mediaType: "image/png", data: { type: "data", data: "AQID" } };
    const response = { type: "tool-approval-response", approvalId: "a", approved: true };
    const content = [
      part("custom", { ...custom, providerMetadata: mock.data }),
      part("reasoning-file", thought),
      part("tool-approval-request", { type: "tool-approval-request", approvalId: "a", toolCallId: "c" }),
      part("tool-approval-response", response),
      { type: "opaque" as const, name: "provider/block" as const, opaque: foreign },
    ];
    const messages: ChatMessage[] = [asked, { role: "assistant", content }];
    const v4 = written({ messages }, "v4");
    expect(v4.options.prompt.slice(1)).toEqual([
      { role: "assistant", content: [{ ...custom, providerOptions: mock.data }, thought] },
      { role: "tool", content: [response] },
    ]);
    expect(v4.warnings).toMatchObject([{ field: "messages[1].content[4]" }]);
    const v2 = written({ messages }, "v2");
    expect(v2.options.prompt).toHaveLength(1);
    expect(v2.warnings.map(({ field }) => field)).toEqual([0, 1, 3, 4].map((index) => `messages[1].content[${index}]`));
  });

  it("have the results of tools in each version's form", () => {
    const image = { type: "image", data: "AQID", mimeType: "image/png" };
    const denied = { type: "execution-denied", reason: "no" };
    const results: [Pick<ToolResultPart, "output" | "isError" | "providerExecuted">, unknown, unknown?, unknown?][] = [
      [{ output: "fine" }, { type: "text", value: "fine" }],
      [{ output: { a: 1 } }, { type: "json", value: { a: 1 } }],
      [
        { output: "bad", isError: true },
        { type: "error-text", value: "bad" },
      ],
      [
        { output: { a: 1 }, isError: true },
        { type: "error-json", value: { a: 1 } },
      ],
      [
        { output: [{ type: "text", text: "See" }, image] },
        {
          type: "content",
          value: [
            { type: "text", text: "See" },
            { type: "media", data: "AQID", mediaType: "image/png" },
          ],
        },
        {
          type: "content",
          value: [
            { type: "text", text: "See" },
            { type: "image-data", data: "AQID", mediaType: "image/png" },
          ],
        },
        {
          type: "content",
          value: [
            { type: "text", text: "See" },
            { type: "file", data: { type: "data", data: "AQID" }, mediaType: "image/png" },
          ],
        },
      ],
      [{ output: [image, { type: "other" }] }, { type: "json", value: [image, { type: "other" }] }],
      [{ output: denied, isError: true }, { type: "error-json", value: denied }, denied, denied],
    ];
    for (const [result, v2, v3 = v2, v4 = v2] of results) {
      const call = { type: "tool-call" as const, callId: "c", name: "look", input: {} };
      const messages: ChatMessage[] = [
        { role: "assistant", content: [call] },
        { role: "tool", content: [{ type: "tool-result", callId: "c", name: "look", ...result }] },
      ];
      const outputs = VERSIONS.map((version) => promptOf(messages, version)[1]);
      const part = (output: unknown) => {
        return { role: "tool", content: [{ type: "tool-result", toolCallId: "c", toolName: "look", output }] };
      };
      expect(outputs).toEqual([part(v2), part(v3), part(v4)]);
    }
  });

  it("come back with the next turn as they were said", async () => {
    const signed = { mock: { signature: "s" } };
    const finish = { finishReason: "stop", usage: { inputTokens: 1, outputTokens: 1, totalTokens: 2 } } as const;
    const { model, calls } = playedV2([
      { type: "reasoning-start", id: "r" },
      { type: "reasoning-delta", id: "r", delta: "Hm." },
      { type: "reasoning-end", id: "r", providerMetadata: signed },
      { type: "text-start", id: "t" },
      { type: "text-delta", id: "t", delta: "Yes." },
      { type: "text-end", id: "t" },
      { type: "finish", ...finish },
    ]);
    const chat = fromAiSdk(model);
    const messages = await chat.stream({ messages: [asked] }).messages;
    await chat.stream({ messages: [asked, ...messages, asked] }).fullText;
    const returned: AiSdkCallOptions | undefined = calls[1];
    expect(returned?.prompt[1]).toEqual({
      role: "assistant",
      content: [
        { type: "reasoning", text: "Hm.", providerOptions: signed },
        { type: "text", text: "Yes." },
      ],
    });
  });
});
