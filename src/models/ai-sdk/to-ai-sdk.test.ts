import { describe, expect, it } from "vitest";
import { AI_SDKS } from "../../../test/support/ai-sdk.js";
import { collect } from "../../../test/support/collect.js";
import { SluiceError } from "../../stream/error.js";
import { defineModel } from "../define-model.js";
import { type ScriptLine, scripted } from "../scripted.js";
import { toAiSdk } from "./to-ai-sdk.js";

const usage = { inputTokens: 12, outputTokens: 5 };

/** An answer of an agent that ran a tool of its own. */
const SEARCHED: ScriptLine[] = [
  { type: "tool-call", callId: "c1", name: "search", input: { query: "Bern" } },
  { type: "tool-result", callId: "c1", name: "search", output: ["a page"] },
  "Found it.",
];

describe.each(AI_SDKS)("a model of ours in $name", (ai) => {
  it("streams its text", async () => {
    const model = scripted([["One ", "two ", "three", { type: "finish", reason: "stop", usage }]]);
    const { parts, text, finishReason, usage: counted } = await ai.stream(model, { prompt: "Count." });
    expect(parts.filter(({ type }) => type === "text-delta").map((part) => part.text)).toEqual([
      "One ",
      "two ",
      "three",
    ]);
    expect(text).toBe("One two three");
    expect(finishReason).toBe("stop");
    expect(counted).toMatchObject(usage);
    expect(model.requests).toEqual([
      expect.objectContaining({ messages: [{ role: "user", content: [{ type: "text", text: "Count." }] }] }),
    ]);
  });

  it("gives a whole answer", async () => {
    const model = scripted([
      [
        { type: "reasoning-delta", text: "Hm." },
        "One ",
        "two",
        { type: "finish", reason: "length", rawReason: "max_tokens", usage },
      ],
    ]);
    const answer = await ai.generate(model, { prompt: "Count." });
    expect(answer).toMatchObject({ text: "One two", reasoningText: "Hm.", finishReason: "length" });
    expect(answer.usage).toMatchObject(usage);
  });

  it("has its tools run, and its state brought back with their results", async () => {
    const sealed = { dialect: "anthropic", data: { type: "thinking", signature: "c2ln" } };
    const kept = { dialect: "anthropic", data: { type: "compaction", content: "before" } };
    const model = scripted([
      [
        { type: "reasoning-delta", text: "Which city?", block: 0 },
        { type: "reasoning-delta", text: "", block: 0, opaque: sealed },
        { type: "data", name: "provider/compaction", value: null, opaque: kept },
        "Let me look.",
        { type: "tool-input-delta", callId: "c1", name: "weather", delta: '{"city":' },
        { type: "tool-input-delta", callId: "c1", name: "weather", delta: '"Bern"}' },
        { type: "tool-call", callId: "c1", name: "weather", input: { city: "Bern" }, opaque: sealed },
      ],
      ["It is 20 degrees."],
    ]);
    const weather = async ({ city }: { city: string }) => ({ city, degrees: 20 });
    const { parts, text } = await ai.stream(model, { prompt: "How warm?", weather, steps: 3 });
    expect(parts.find(({ type }) => type === "tool-result")).toMatchObject({ output: { city: "Bern", degrees: 20 } });
    expect(text).toBe("It is 20 degrees.");
    const [first, second] = model.requests;
    expect(first?.tools).toMatchObject([{ name: "weather", inputSchema: { type: "object" } }]);
    expect(second?.messages.slice(1)).toEqual([
      {
        role: "assistant",
        content: [
          { type: "reasoning", text: "Which city?", opaque: sealed },
          { type: "opaque", name: "provider/compaction", opaque: kept },
          { type: "text", text: "Let me look." },
          { type: "tool-call", callId: "c1", name: "weather", input: { city: "Bern" }, opaque: sealed },
        ],
      },
      {
        role: "tool",
        content: [expect.objectContaining({ callId: "c1", name: "weather", output: { city: "Bern", degrees: 20 } })],
      },
    ]);
  });

  it("shows tools that the model runs by itself", async () => {
    const { parts, text } = await ai.stream(scripted([SEARCHED]), { prompt: "Look it up." });
    expect(text).toBe("Found it.");
    const shown = parts.filter(({ type }) => type.startsWith("tool-") || type === "error");
    const call = { type: "tool-call", toolName: "search", input: { query: "Bern" }, providerExecuted: true };
    const result = { type: "tool-result", toolName: "search", output: ["a page"], providerExecuted: true };
    expect(shown).toMatchObject(ai.name.endsWith("v2") ? [] : [call, result]);
  });

  it.each([
    ["itself", {}],
    ["and its provider", { providerExecuted: true as const }],
  ])("shows each tool that the model runs by %s once, and as over", async (_who, by) => {
    const call = { callId: "c1", name: "search", ...by };
    const model = scripted([
      [
        { type: "tool-input-delta", ...call, delta: '{"query":' },
        { type: "tool-input-delta", ...call, delta: '"Bern"}' },
        { type: "tool-call", ...call, input: { query: "Bern" } },
        { type: "tool-result", ...call, output: ["a page"] },
        "Found it.",
      ],
    ]);
    const shown = await ai.shown(model, { prompt: "Look it up." });
    const tools = shown.filter((part) => "toolCallId" in part);
    const over = { type: "dynamic-tool", toolName: "search", state: "output-available", input: { query: "Bern" } };
    expect(tools).toMatchObject(ai.name.endsWith("v2") ? [] : [over]);
    expect(shown.at(-1)).toMatchObject({ type: "text", text: "Found it." });
  });

  it("gets them back beside calls of the caller's tools", async () => {
    const weather = async () => "20 degrees";
    const model = scripted([
      [...SEARCHED, { type: "tool-call", callId: "c2", name: "weather", input: { city: "Bern" } }],
      ["Warm."],
    ]);
    const { parts, text } = await ai.stream(model, { prompt: "How warm?", weather, steps: 3 });
    expect(parts.filter(({ type }) => type === "error")).toEqual([]);
    expect(text).toBe("Warm.");
    expect(model.requests[1]?.messages[1]).toEqual({
      role: "assistant",
      content: [
        { type: "tool-call", callId: "c1", name: "search", input: { query: "Bern" } },
        { type: "tool-result", callId: "c1", name: "search", output: ["a page"] },
        { type: "text", text: "Found it." },
        { type: "tool-call", callId: "c2", name: "weather", input: { city: "Bern" } },
      ],
    });
  });

  it("lets the caller hear of a call of a tool that there is not", async () => {
    const model = scripted([[{ type: "tool-call", callId: "c1", name: "wether", input: {} }], ["Sorry."]]);
    const { parts, text } = await ai.stream(model, { prompt: "How warm?", weather: async () => "", steps: 3 });
    expect(parts.find(({ type }) => type === "tool-error")).toMatchObject({ toolName: "wether" });
    expect(text).toBe("Sorry.");
    expect(model.requests[1]?.messages.at(-1)).toMatchObject({
      role: "tool",
      content: [{ callId: "c1", isError: true }],
    });
  });

  it("answers in the form of a schema", async () => {
    const model = scripted([['{"city":"Bern",', '"degrees":20}']]);
    expect(await ai.object(model, "How warm?")).toEqual({ city: "Bern", degrees: 20 });
    expect(model.requests[0]?.responseFormat).toMatchObject({
      type: "json-schema",
      schema: { properties: { degrees: { type: "number" } } },
    });
  });

  it("is asked again after an error that may pass", async () => {
    const busy = new SluiceError("overloaded", "too much to do", { retryable: true, retryAfterMs: 0, status: 529 });
    const model = scripted([[{ throw: busy }], [{ type: "start", id: "a", model: "m" }, { throw: busy }], ["Now."]]);
    const { text, parts } = await ai.stream(model, { prompt: "Hello" });
    expect(text).toBe("Now.");
    expect(parts.some(({ type }) => type === "error")).toBe(false);
    expect(model.requests).toHaveLength(3);
  });

  it("is not asked again after an error that will not pass", async () => {
    const model = scripted([[{ throw: new SluiceError("authentication", "no such key", { status: 401 }) }]]);
    const error = await ai.generate(model, { prompt: "Hello" }).catch((thrown: unknown) => thrown);
    expect(ai.isCallError(error)).toBe(true);
    expect(error).toMatchObject({
      message: "no such key",
      statusCode: 401,
      isRetryable: false,
      data: { code: "authentication" },
    });
    expect(model.requests).toHaveLength(1);
  });

  it("says an error in mid-stream as one, with the tokens that were spent", async () => {
    const model = scripted([
      ["Half ", { type: "usage", usage }, { throw: new SluiceError("truncated", "cut off", { retryable: true }) }],
    ]);
    const parts = await collect(ai.parts(model, { prompt: "Hello" }));
    const error = parts.find(({ type }) => type === "error");
    expect(error).toMatchObject({
      error: { message: "cut off", data: { code: "truncated", partial: { text: "Half " } } },
    });
    expect(parts.find(({ type }) => type === "finish-step")).toMatchObject({ finishReason: "error", usage });
    expect(model.requests).toHaveLength(1);
  });

  it("is left at once when the caller aborts", async () => {
    let left = () => {};
    const closed = new Promise<void>((resolve) => {
      left = resolve;
    });
    const model = defineModel({
      id: "endless",
      async *stream(_, { signal }) {
        signal.addEventListener("abort", left);
        yield "One ";
        await new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
      },
    });
    const controller = new AbortController();
    const types: string[] = [];
    for await (const { type } of ai.parts(model, { prompt: "Hello", abortSignal: controller.signal })) {
      types.push(type);
      if (type === "text-delta") controller.abort();
    }
    await closed;
    expect(types.at(-1)).toBe("abort");
  });

  it("tells of options that the model could not honour", async () => {
    const model = scripted([
      [{ type: "start", id: "a", model: "m", warnings: [{ field: "topK", message: "not sent" }] }, "Yes."],
    ]);
    const { warnings } = await ai.stream(model, { prompt: "Hello" });
    expect(warnings).toEqual([expect.objectContaining({ details: "not sent" })]);
  });

  it("gives sources, files and what else there is", async () => {
    const model = scripted([
      [
        "See ",
        { type: "source", source: { kind: "url", url: "https://example.org/a", title: "A" } },
        { type: "file", mediaType: "image/png", data: new Uint8Array([1, 2, 3]) },
        { type: "data", name: "provider/note", value: { seen: true } },
      ],
    ]);
    const { parts } = await ai.stream(model, { prompt: "Hello", includeRawChunks: true });
    const of = (type: string) => parts.filter((part) => part.type === type);
    expect(of("source")).toMatchObject([{ sourceType: "url", url: "https://example.org/a", title: "A" }]);
    expect(of("file")).toMatchObject([{ file: { mediaType: "image/png", base64: "AQID" } }]);
    expect(of("raw")).toMatchObject([
      { rawValue: { sluice: { type: "data", name: "provider/note", value: { seen: true } } } },
    ]);
  });
});

describe("toAiSdk", () => {
  it("gives an object that all versions accept unless told otherwise", () => {
    const model = toAiSdk(scripted([]));
    expect(model).toMatchObject({
      specificationVersion: "v2",
      provider: "sluice",
      modelId: "scripted",
      supportedUrls: {},
    });
    expect(AI_SDKS.filter(({ name }) => name.endsWith("v2"))).toHaveLength(3);
  });

  it("refuses a version that there is not", () => {
    // @ts-expect-error the compiler says so too
    expect(() => toAiSdk(scripted([]), { version: "v9" })).toThrow('version: found "v9"; allowed: v2, v3, v4');
  });
});
