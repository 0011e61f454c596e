import { MockLanguageModelV2 } from "ai5/test";
import { describe, expect, it } from "vitest";
import { END, REQUEST } from "../../../test/support/ai-sdk-answers.js";
import { FLAT_USAGE, type Played, playedV2, playedV4, type V4Part } from "../../../test/support/ai-sdk-models.js";
import { collect } from "../../../test/support/collect.js";
import { fromAiSdk } from "./from-ai-sdk.js";

describe("what an answer says", () => {
  const eventsOf = async (...parts: Played<V4Part>[]) =>
    collect(fromAiSdk(playedV4([...parts, END]).model, { retry: { retries: 0 } }).stream(REQUEST));

  it("keeps metadata as state of the part that it came with", async () => {
    const events = await eventsOf(
      { type: "reasoning-start", id: "r", providerMetadata: { mock: { id: "early" } } },
      { type: "reasoning-delta", id: "r", delta: "Hm." },
      { type: "reasoning-delta", id: "r", delta: "", providerMetadata: { mock: { signature: "s" } } },
      { type: "reasoning-end", id: "r" },
      { type: "text-start", id: "r", providerMetadata: { mock: { itemId: "i" } } },
      { type: "text-delta", id: "r", delta: "Yes." },
      { type: "text-end", id: "r" },
      { type: "tool-input-start", id: "c", toolName: "look", providerMetadata: { mock: { itemId: "t" } } },
      { type: "tool-input-delta", id: "c", delta: '{"at":1}' },
      { type: "tool-input-end", id: "c" },
      { type: "tool-call", toolCallId: "c", toolName: "look", input: '{"at":1}' },
    );
    expect(events.slice(1, -2)).toEqual([
      { type: "reasoning-delta", text: "Hm.", block: 0 },
      {
        type: "reasoning-delta",
        text: "",
        block: 0,
        opaque: { dialect: "ai-sdk", data: { mock: { signature: "s" } } },
      },
      { type: "text-delta", text: "Yes.", block: 1 },
      { type: "text-delta", text: "", block: 1, opaque: { dialect: "ai-sdk", data: { mock: { itemId: "i" } } } },
      { type: "tool-input-delta", callId: "c", name: "look", delta: '{"at":1}' },
      {
        type: "tool-call",
        callId: "c",
        name: "look",
        input: { at: 1 },
        opaque: { dialect: "ai-sdk", data: { mock: { itemId: "t" } } },
      },
    ]);
  });

  it("has tools that the provider runs, and calls that are not JSON", async () => {
    const events = await eventsOf(
      { type: "tool-call", toolCallId: "c", toolName: "search", input: '{"q":"a"}', providerExecuted: true },
      { type: "tool-result", toolCallId: "c", toolName: "search", result: ["half"], preliminary: true },
      { type: "tool-result", toolCallId: "c", toolName: "search", result: { no: "luck" }, isError: true },
      { type: "tool-call", toolCallId: "d", toolName: "look", input: '{"at":' },
      { type: "tool-call", toolCallId: "e", toolName: "look", input: "" },
    );
    const ran = { callId: "c", name: "search", providerExecuted: true };
    expect(events.slice(1, -2)).toEqual([
      { type: "tool-call", input: { q: "a" }, ...ran },
      { type: "tool-result", output: ["half"], preliminary: true, ...ran },
      { type: "tool-result", output: { no: "luck" }, isError: true, ...ran },
      { type: "tool-call", callId: "d", name: "look", input: '{"at":', invalid: true },
      { type: "tool-call", callId: "e", name: "look", input: {} },
    ]);
  });

  it("has files, sources and citations", async () => {
    const events = await eventsOf(
      { type: "file", mediaType: "image/png", data: { type: "data", data: "AQID" } },
      { type: "file", mediaType: "image/png", data: { type: "url", url: new URL("https://example.org/a.png") } },
      { type: "source", sourceType: "url", id: "s", url: "https://example.org", title: "A" },
      { type: "source", sourceType: "document", id: "d", mediaType: "application/pdf", title: "B", filename: "b.pdf" },
      { type: "text-start", id: "0" },
      { type: "text-delta", id: "0", delta: "Said." },
      {
        type: "text-end",
        id: "0",
        citations: [
          {
            source: { type: "source", sourceType: "url", id: "s", url: "https://example.org" },
            startIndex: 0,
            endIndex: 4,
            citedText: "it is said",
          },
        ],
      },
    );
    const far = { type: "file", mediaType: "image/png", data: { type: "url", url: "https://example.org/a.png" } };
    expect(events.slice(1, -2)).toEqual([
      { type: "file", mediaType: "image/png", data: new Uint8Array([1, 2, 3]) },
      { type: "data", name: "provider/file", value: far, opaque: { dialect: "ai-sdk", data: far } },
      { type: "source", source: { kind: "url", id: "s", url: "https://example.org", title: "A" } },
      {
        type: "source",
        source: { kind: "document", id: "d", mediaType: "application/pdf", title: "B", filename: "b.pdf" },
      },
      { type: "text-delta", text: "Said.", block: 0 },
      {
        type: "source",
        source: { kind: "url", id: "s", url: "https://example.org", quote: "it is said", span: { start: 0, end: 4 } },
        block: 0,
      },
    ]);
  });

  it("loses nothing that has no event of its own", async () => {
    const custom = { type: "custom", kind: "mock.compaction", providerMetadata: { mock: { of: "before" } } } as const;
    const thought = { type: "reasoning-file", mediaType: "image/png", data: { type: "data", data: "AQID" } } as const;
    const asking = { type: "tool-approval-request", approvalId: "a", toolCallId: "c" } as const;
    const later = JSON.parse('{"type":"invented-later","of":1}');
    const events = await eventsOf(
      { type: "raw", rawValue: { early: true } },
      { type: "stream-start", warnings: [{ type: "deprecated", setting: "topK", message: "soon gone" }] },
      { type: "response-metadata", id: "a-1", modelId: "m-1" },
      { type: "ping" },
      custom,
      thought,
      { type: "tool-call", toolCallId: "c", toolName: "mcp", input: "{}", providerExecuted: true },
      asking,
      later,
      { ...END, providerMetadata: { mock: { tier: "fast" } } },
    );
    const kept = (name: string, value: unknown) => {
      return { type: "data", name: `provider/${name}`, value, opaque: { dialect: "ai-sdk", data: value } };
    };
    expect(events.slice(0, -2)).toEqual([
      { type: "start", id: "a-1", model: "m-1", warnings: [{ field: "topK", message: "soon gone" }] },
      { type: "data", name: "provider/raw", value: { early: true } },
      kept("mock.compaction", custom),
      kept("reasoning-file", thought),
      { type: "tool-call", callId: "c", name: "mcp", input: {}, providerExecuted: true },
      kept("tool-approval-request", asking),
      { type: "input-request", id: "a", kind: "approval", callId: "c", name: "mcp", input: {} },
      kept("invented-later", later),
      { type: "data", name: "provider/metadata", value: { mock: { tier: "fast" } } },
    ]);
  });

  it("may come whole", async () => {
    const doGenerate = {
      content: [
        { type: "reasoning" as const, text: "Hm.", providerMetadata: { mock: { signature: "s" } } },
        { type: "text" as const, text: "Yes." },
        { type: "tool-call" as const, toolCallId: "c", toolName: "look", input: "{}" },
      ],
      finishReason: "tool-calls" as const,
      usage: FLAT_USAGE,
      warnings: [{ type: "unsupported-setting" as const, setting: "seed", details: "has none" }],
      response: { id: "a-1", modelId: "m-1", timestamp: new Date(0) },
    };
    const model = fromAiSdk(new MockLanguageModelV2({ doGenerate }));
    const usage = { inputTokens: 7, outputTokens: 3 };
    expect(await collect(model.stream(REQUEST, { streaming: false }))).toEqual([
      { type: "start", id: "a-1", model: "m-1", simulated: true, warnings: [{ field: "seed", message: "has none" }] },
      { type: "reasoning-delta", text: "Hm.", block: 0 },
      {
        type: "reasoning-delta",
        text: "",
        block: 0,
        opaque: { dialect: "ai-sdk", data: { mock: { signature: "s" } } },
      },
      { type: "text-delta", text: "Yes.", block: 1 },
      { type: "tool-call", callId: "c", name: "look", input: {} },
      { type: "usage", usage },
      { type: "finish", reason: "tool-calls", usage },
    ]);
  });

  it.each([
    ["stop", "stop"],
    ["content-filter", "content-filter"],
    ["unknown", "other"],
    ["other", "other"],
  ] as const)("ended for the reason %s", async (finishReason, reason) => {
    const { model } = playedV2([{ type: "finish", finishReason, usage: FLAT_USAGE }]);
    expect(await fromAiSdk(model).stream(REQUEST).finishReason).toBe(reason);
  });
});
