import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { trickyText } from "../../../test/laws/arbitrary-answer.js";
import { summarise, textOfEvents } from "../../../test/laws/summary.js";
import { chunkOf, own, partsOf, readChunks, STOP } from "../../../test/support/gemini-chunks.js";
import type { JsonObject, JsonValue } from "../../base/json.js";
import type { ChatEvent } from "../../stream/chat-event.js";

function withoutUsage(events: readonly ChatEvent[]): ChatEvent[] {
  return events.filter((event) => event.type !== "usage");
}

describe("the Gemini reader", () => {
  test("says what usage is known as soon as it is, each count once", () => {
    const usageMetadata = { promptTokenCount: 5, candidatesTokenCount: 2, thoughtsTokenCount: 3, totalTokenCount: 10 };
    const counts = { inputTokens: 5, outputTokens: 5, reasoningTokens: 3, raw: usageMetadata };
    const { events } = readChunks([
      chunkOf([{ text: "Hi" }], {}, { usageMetadata }),
      chunkOf([{ text: "" }], STOP, { usageMetadata }),
    ]);
    expect(events).toEqual([
      { type: "start", id: "r", model: "m" },
      { type: "text-delta", text: "Hi", block: 0 },
      { type: "usage", usage: counts },
      { type: "finish", reason: "stop", usage: counts },
    ]);
  });

  test.each<[string, JsonObject, object]>([
    [
      "what Google's tools brought is input",
      {
        promptTokenCount: 55,
        toolUsePromptTokenCount: 89,
        candidatesTokenCount: 51,
        thoughtsTokenCount: 56,
        totalTokenCount: 251,
      },
      { inputTokens: 144, outputTokens: 107, reasoningTokens: 56 },
    ],
    [
      "the cache is part of the prompt",
      { promptTokenCount: 100, cachedContentTokenCount: 80, candidatesTokenCount: 1 },
      { inputTokens: 100, cacheReadTokens: 80, outputTokens: 1 },
    ],
    [
      "an answer without its own count is the rest of the total",
      { promptTokenCount: 6, totalTokenCount: 20 },
      { inputTokens: 6, outputTokens: 14 },
    ],
    [
      "a total of the prompt alone says nothing of the answer",
      { promptTokenCount: 6, totalTokenCount: 6 },
      { inputTokens: 6 },
    ],
    ["no counts at all", { trafficType: "ON_DEMAND" }, {}],
  ])("usage: %s", (_, usageMetadata, counts) => {
    const { events } = readChunks([chunkOf([{ text: "Hi" }], STOP, { usageMetadata })]);
    expect(events.at(-1)).toMatchObject({ usage: { ...counts, raw: usageMetadata } });
    expect(summarise(events).usage).toEqual(counts);
  });

  test("chunks that are known by their shape say what parsed ones say", () =>
    fc.assert(
      fc.property(
        fc.array(fc.record({ text: trickyText, thought: fc.boolean(), more: fc.nat(9) }), {
          minLength: 6,
          maxLength: 30,
        }),
        (pieces) => {
          let candidatesTokenCount = 0;
          let thoughtsTokenCount = 1;
          const chunks = pieces.map(({ text, thought, more }) => {
            if (thought) thoughtsTokenCount += more;
            else candidatesTokenCount += more;
            const totalTokenCount = 9 + candidatesTokenCount + thoughtsTokenCount;
            const counts = { promptTokenCount: 9, candidatesTokenCount, thoughtsTokenCount, totalTokenCount };
            return chunkOf([{ text, ...(thought && { thought }) }], {}, { usageMetadata: counts });
          });
          const known = readChunks([...chunks, chunkOf([{ text: "" }], STOP)]).events;
          // Blanks between the words of a chunk differ each time, so that no shape is learned.
          const blank = chunks.map((chunk, index) => JSON.stringify(chunk).replace("{", `{${" ".repeat(index)}`));
          const parsed = readChunks([...blank, chunkOf([{ text: "" }], STOP)]).events;
          expect(withoutUsage(known)).toEqual(withoutUsage(parsed));
          expect(known.at(-1)).toEqual(parsed.at(-1));
        },
      ),
      { numRuns: 50 },
    ));

  test("usage that grows with each chunk is emitted now and then, and when the stream breaks off", () => {
    const chunks = Array.from({ length: 100 }, (_, index) => {
      const usageMetadata = { promptTokenCount: 9, candidatesTokenCount: index, totalTokenCount: 9 + index };
      return chunkOf([{ text: "a" }], {}, { usageMetadata });
    });
    const { events, error } = readChunks(chunks);
    expect(error).toMatchObject({ code: "truncated" });
    const told = events.flatMap((event) => (event.type === "usage" ? [event.usage] : []));
    expect(told.length).toBeLessThan(12);
    expect(told.at(-1)).toEqual({
      inputTokens: 9,
      outputTokens: 99,
      raw: { promptTokenCount: 9, candidatesTokenCount: 99, totalTokenCount: 108 },
    });
  });

  test("a signature on text, on a thought and on an empty part comes with its own part", () => {
    expect(
      partsOf([
        chunkOf([{ text: "Hm.", thought: true }]),
        chunkOf([{ text: "", thought: true, thoughtSignature: "YQ==" }]),
        chunkOf([{ text: "It is", thoughtSignature: "Yg==" }]),
        chunkOf([{ text: " so" }]),
        chunkOf([{ text: "." }]),
        chunkOf([{ text: "", thoughtSignature: "Yw==" }], STOP),
      ]),
    ).toEqual([
      { type: "reasoning", text: "Hm." },
      { type: "reasoning", text: "", opaque: own({ thoughtSignature: "YQ==" }) },
      { type: "text", text: "It is", opaque: own({ thoughtSignature: "Yg==" }) },
      { type: "text", text: " so." },
      { type: "text", text: "", opaque: own({ thoughtSignature: "Yw==" }) },
    ]);
  });

  test("code that Google ran is a call with its results, and comes back as it was", () => {
    const parts = partsOf([
      chunkOf([
        { executableCode: { language: "PYTHON", code: "print(1/0)" }, thoughtSignature: "YQ==" },
        { codeExecutionResult: { outcome: "OUTCOME_OK", output: "ok\n" } },
        { codeExecutionResult: { outcome: "OUTCOME_FAILED", output: "division by zero" } },
      ]),
      chunkOf([{ text: "So." }], STOP),
    ]);
    const callId = expect.stringMatching(/^gemini-call-/);
    const tool = { callId, name: "code_execution", providerExecuted: true };
    const opaque = own({ codeExecutionResult: {} });
    expect(parts).toEqual([
      {
        type: "tool-call",
        ...tool,
        input: { language: "PYTHON", code: "print(1/0)" },
        opaque: own({ executableCode: {}, thoughtSignature: "YQ==" }),
      },
      { type: "tool-result", ...tool, output: { outcome: "OUTCOME_OK", output: "ok\n" }, opaque },
      {
        type: "tool-result",
        ...tool,
        output: { outcome: "OUTCOME_FAILED", output: "division by zero" },
        isError: true,
        opaque,
      },
      { type: "text", text: "So." },
    ]);
    const [call, first, second] = parts as { callId: string }[];
    expect([first?.callId, second?.callId]).toEqual([call?.callId, call?.callId]);
  });

  test("images and sounds are files, thoughts among them", () => {
    expect(
      partsOf([
        chunkOf([{ inlineData: { mimeType: "image/png", data: "AQID" }, thought: true }]),
        chunkOf([{ inlineData: { mimeType: "audio/L16;rate=24000", data: "_-8=" }, thoughtSignature: "YQ==" }], STOP),
      ]),
    ).toEqual([
      { type: "file", mediaType: "image/png", data: new Uint8Array([1, 2, 3]), opaque: own({ thought: true }) },
      {
        type: "file",
        mediaType: "audio/L16;rate=24000",
        data: new Uint8Array([255, 239]),
        opaque: own({ thoughtSignature: "YQ==" }),
      },
    ]);
    const broken = chunkOf([{ inlineData: { mimeType: "image/png", data: "%" } }]);
    expect(readChunks([broken]).error).toMatchObject({ code: "malformed-frame", frame: "%" });
  });

  test("a part that it does not know is emitted and comes back", () => {
    const part = { later: { a: 1 }, thoughtSignature: "YQ==" };
    const { events } = readChunks([chunkOf([part]), chunkOf([{ text: "" }], STOP)]);
    expect(events[1]).toEqual({ type: "data", name: "provider/later", value: part, opaque: own(part) });
  });

  test("other candidates are emitted as data", () => {
    const other = { index: 1, content: { parts: [{ text: "Other" }] }, finishReason: "STOP" };
    const chunk = { ...chunkOf([{ text: "One" }], STOP) };
    const { events } = readChunks([{ ...chunk, candidates: [...(chunk.candidates as JsonValue[]), other] }]);
    expect(textOfEvents(events)).toBe("One");
    expect(events).toContainEqual({ type: "data", name: "provider/candidate", value: other });
  });
});
