// The AWS SDK is not among this project's packages: these tests run against a fake that is written by hand after the
// documented interface of @aws-sdk/client-bedrock-runtime. They say nothing about the SDK itself.
import { describe, expect, it } from "vitest";
import { modelLaws } from "../../../../test/laws/model-laws.js";
import { collect } from "../../../../test/support/collect.js";
import { ask, FakeBedrock, HELLO, text } from "../../../../test/support/fake-bedrock.js";
import type { ChatRequest } from "../../../stream/chat-request.js";

/** An exception of the SDK. */
function exception(name: string, message: string, httpStatusCode: number): Error {
  return Object.assign(new Error(message), { name, $metadata: { httpStatusCode, requestId: "r1" } });
}

modelLaws("a model behind Bedrock", () => {
  const fake = new FakeBedrock(HELLO);
  return {
    model: fake.model,
    upstreamClosed: async () => {
      // A reader that leaves before anything was asked leaves nothing open.
      while (fake.inputs.length > 0 && !fake.aborted) await new Promise(setImmediate);
    },
  };
});

describe("a model behind Bedrock", () => {
  it("streams text, reasoning and tool calls", async () => {
    const fake = new FakeBedrock([
      { contentBlockDelta: { delta: { reasoningContent: { text: "hm" } }, contentBlockIndex: 0 } },
      { contentBlockDelta: { delta: { reasoningContent: { signature: "sig" } }, contentBlockIndex: 0 } },
      { contentBlockStop: { contentBlockIndex: 0 } },
      text("Let me see.", 1),
      { contentBlockStart: { start: { toolUse: { toolUseId: "t1", name: "weather" } }, contentBlockIndex: 2 } },
      { contentBlockDelta: { delta: { toolUse: { input: '{"city":' } }, contentBlockIndex: 2 } },
      { contentBlockDelta: { delta: { toolUse: { input: '"Oslo"}' } }, contentBlockIndex: 2 } },
      { contentBlockStop: { contentBlockIndex: 2 } },
      { messageStop: { stopReason: "tool_use" } },
      { metadata: { usage: { inputTokens: 3, outputTokens: 2, cacheReadInputTokens: 4 } } },
    ]);
    const stream = fake.model.stream(ask);
    const message = stream.message;
    const events = await collect(stream);
    expect(events.filter(({ type }) => type === "tool-input-delta")).toHaveLength(2);
    expect(events.at(-1)).toEqual({
      type: "finish",
      reason: "tool-calls",
      rawReason: "tool_use",
      usage: { inputTokens: 7, outputTokens: 2, cacheReadTokens: 4 },
    });
    expect((await message).content).toEqual([
      { type: "reasoning", text: "hm", opaque: { dialect: "bedrock", data: { signature: "sig" } } },
      { type: "text", text: "Let me see." },
      expect.objectContaining({ type: "tool-call", callId: "t1", name: "weather", input: { city: "Oslo" } }),
    ]);
  });

  it("answers whole where that is asked for, and says so", async () => {
    const fake = new FakeBedrock({
      output: {
        message: {
          content: [
            { reasoningContent: { reasoningText: { text: "hm", signature: "s" } } },
            { reasoningContent: { redactedContent: new Uint8Array([1]) } },
            { text: "Hello" },
            { toolUse: { toolUseId: "t", name: "n", input: { a: 1 } } },
          ],
        },
      },
      stopReason: "guardrail_intervened",
      usage: { inputTokens: 1, outputTokens: 2, cacheWriteInputTokens: 5 },
    });
    const events = await collect(fake.model.stream(ask, { streaming: false }));
    expect(events[0]).toMatchObject({ type: "start", simulated: true, model: "model-1" });
    expect(events.map(({ type }) => type).slice(1)).toEqual([
      "reasoning-delta",
      "reasoning-delta",
      "text-delta",
      "tool-call",
      "usage",
      "finish",
    ]);
    expect(events.at(-1)).toMatchObject({ reason: "content-filter", usage: { inputTokens: 6, cacheWriteTokens: 5 } });
  });

  it("asks as Converse is asked", async () => {
    const fake = new FakeBedrock(HELLO);
    const image = new Uint8Array([1, 2]);
    const request: ChatRequest = {
      messages: [
        { role: "system", content: "be brief" },
        {
          role: "user",
          content: [
            { type: "text", text: "look" },
            { type: "text", text: " " },
            { type: "file", mediaType: "image/png", data: image },
            { type: "file", mediaType: "application/pdf", data: image, filename: "a_b.pdf" },
          ],
        },
        {
          role: "assistant",
          content: [
            { type: "reasoning", text: "hm", opaque: { dialect: "bedrock", data: { signature: "s" } } },
            { type: "reasoning", text: "", opaque: { dialect: "bedrock", data: { redacted: "AQ==" } } },
            { type: "reasoning", text: "of another", opaque: { dialect: "anthropic", data: 1 } },
            { type: "tool-call", callId: "t1", name: "weather", input: { city: "Oslo" } },
            { type: "tool-call", callId: "t2", name: "weather", input: "no json", invalid: true },
          ],
        },
        {
          role: "tool",
          content: [
            { type: "tool-result", callId: "t1", name: "weather", output: { c: 12 } },
            { type: "tool-result", callId: "t2", name: "weather", output: "bad", isError: true },
          ],
        },
        { role: "user", content: "and now?" },
      ],
      tools: [{ name: "weather", description: "d", inputSchema: { type: "object" } }],
      toolChoice: { name: "weather" },
      temperature: 0.5,
      topP: 0.9,
      maxTokens: 9,
      stop: ["END"],
      seed: 1,
      metadata: { team: "a" },
    };
    const events = await collect(fake.model.stream(request));
    expect(events[0]).toMatchObject({ warnings: [{ field: "seed" }, { field: "messages[2]" }] });
    expect(fake.inputs).toEqual([
      {
        modelId: "model-1",
        system: [{ text: "be brief" }],
        messages: [
          {
            role: "user",
            content: [
              { text: "look" },
              { image: { format: "png", source: { bytes: image } } },
              { document: { format: "pdf", name: "a b pdf", source: { bytes: image } } },
            ],
          },
          {
            role: "assistant",
            content: [
              { reasoningContent: { reasoningText: { text: "hm", signature: "s" } } },
              { reasoningContent: { redactedContent: new Uint8Array([1]) } },
              { toolUse: { toolUseId: "t1", name: "weather", input: { city: "Oslo" } } },
              { toolUse: { toolUseId: "t2", name: "weather", input: { INVALID_JSON: "no json" } } },
            ],
          },
          {
            role: "user",
            content: [
              { toolResult: { toolUseId: "t1", content: [{ json: { c: 12 } }] } },
              { toolResult: { toolUseId: "t2", content: [{ text: "bad" }], status: "error" } },
              { text: "and now?" },
            ],
          },
        ],
        inferenceConfig: { maxTokens: 9, temperature: 0.5, topP: 0.9, stopSequences: ["END"] },
        toolConfig: {
          tools: [{ toolSpec: { name: "weather", description: "d", inputSchema: { json: { type: "object" } } } }],
          toolChoice: { tool: { name: "weather" } },
        },
        requestMetadata: { team: "a" },
      },
    ]);
  });

  it.each([
    ["auto", { auto: {} }],
    ["required", { any: {} }],
    [undefined, undefined],
  ] as const)("says the tool choice %s", async (toolChoice, written) => {
    const fake = new FakeBedrock(HELLO);
    const tools = [{ name: "a", inputSchema: { type: "object" } }];
    await fake.model.stream({ ...ask, tools, ...(toolChoice && { toolChoice }) }).fullText;
    expect(fake.inputs[0]?.toolConfig?.toolChoice).toEqual(written);
  });

  it("leaves the tools out where none may be called", async () => {
    const fake = new FakeBedrock(HELLO);
    await fake.model.stream({ ...ask, tools: [{ name: "a", inputSchema: {} }], toolChoice: "none" }).fullText;
    expect(fake.inputs[0]?.toolConfig).toBeUndefined();
  });

  it("declares the tools of earlier calls where the request has none", async () => {
    const fake = new FakeBedrock(HELLO);
    const called: ChatRequest["messages"] = [
      ...ask.messages,
      { role: "assistant", content: [{ type: "tool-call", callId: "t", name: "look", input: {} }] },
      { role: "tool", content: [{ type: "tool-result", callId: "t", name: "look", output: "seen" }] },
    ];
    await fake.model.stream({ messages: called }).fullText;
    expect(fake.inputs[0]?.toolConfig).toEqual({
      tools: [{ toolSpec: { name: "look", inputSchema: { json: { type: "object" } } } }],
    });
  });

  it("sends no description without a character", async () => {
    const fake = new FakeBedrock(HELLO);
    await fake.model.stream({ ...ask, tools: [{ name: "a", description: " ", inputSchema: {} }] }).fullText;
    expect(fake.inputs[0]?.toolConfig?.tools).toEqual([{ toolSpec: { name: "a", inputSchema: { json: {} } } }]);
  });

  it("shows images of results, and texts apart", async () => {
    const fake = new FakeBedrock(HELLO);
    const output = [
      { type: "text", text: "see" },
      { type: "image", data: "aGk=", mimeType: "image/jpeg" },
    ];
    const messages: ChatRequest["messages"] = [
      ...ask.messages,
      { role: "assistant", content: [{ type: "tool-call", callId: "t", name: "look", input: {} }] },
      { role: "tool", content: [{ type: "tool-result", callId: "t", name: "look", output }] },
    ];
    await fake.model.stream({ messages }).fullText;
    const bytes = new Uint8Array([104, 105]);
    expect(fake.inputs[0]?.messages[2]?.content[0]?.toolResult?.content).toEqual([
      { text: "see" },
      { image: { format: "jpeg", source: { bytes } } },
    ]);
  });

  it("refuses files that Bedrock does not take", async () => {
    const data = { url: "https://example.com/a.png" };
    const stream = new FakeBedrock(HELLO).model.stream({
      messages: [{ role: "user", content: [{ type: "file", mediaType: "image/png", data }] }],
    });
    await expect(stream.fullText).rejects.toMatchObject({ code: "unsupported" });
  });

  it.each([
    [
      exception("ThrottlingException", "slow down", 429),
      { code: "rate-limited", retryable: true, status: 429, requestId: "r1" },
    ],
    [exception("AccessDeniedException", "no", 403), { code: "permission", retryable: false }],
    [exception("ValidationException", "Input is too long for requested model.", 400), { code: "context-length" }],
    [exception("ValidationException", "bad", 400), { code: "rejected", providerCode: "ValidationException" }],
    [new Error("who knows"), { code: "provider-error", retryable: false, message: "who knows" }],
  ])("says what went wrong: %s", async (error, expected) => {
    await expect(new FakeBedrock(error).model.stream(ask).fullText).rejects.toMatchObject(expected);
  });

  it("says that a stream was cut", async () => {
    const stream = new FakeBedrock(HELLO.slice(0, 2)).model.stream(ask);
    await expect(stream.fullText).rejects.toMatchObject({ code: "truncated", partial: { text: "Hello" } });
  });
});
