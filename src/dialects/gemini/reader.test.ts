import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { trickyText } from "../../../test/laws/arbitrary-answer.js";
import { summarise, textOfEvents } from "../../../test/laws/summary.js";
import type { JsonObject, JsonValue } from "../../base/json.js";
import type { ChatEvent } from "../../stream/chat-event.js";
import type { SluiceError } from "../../stream/error.js";
import { readBody } from "./read-body.js";
import { GeminiReader } from "./reader.js";

const own = (data: JsonObject) => ({ dialect: "gemini", data });

function read(chunks: readonly (JsonObject | string)[]): { events: ChatEvent[]; error?: SluiceError } {
  const events: ChatEvent[] = [];
  const emit = (event: ChatEvent) => void events.push(event);
  const reader = new GeminiReader();
  try {
    for (const chunk of chunks) reader.push({ data: typeof chunk === "string" ? chunk : JSON.stringify(chunk) }, emit);
    reader.end(emit);
    return { events };
  } catch (error) {
    return { events, error: error as SluiceError };
  }
}

function said(parts: JsonObject[], candidate: JsonObject = {}, response: JsonObject = {}): JsonObject {
  const content = { role: "model", parts };
  return { candidates: [{ content, index: 0, ...candidate }], modelVersion: "m", responseId: "r", ...response };
}

const STOP = { finishReason: "STOP" };

function partsOf(chunks: readonly JsonObject[]) {
  const { events, error } = read(chunks);
  expect(error).toBeUndefined();
  return summarise(events).parts;
}

describe("the Gemini reader", () => {
  test("says what usage is known as soon as it is, each count once", () => {
    const usageMetadata = { promptTokenCount: 5, candidatesTokenCount: 2, thoughtsTokenCount: 3, totalTokenCount: 10 };
    const counts = { inputTokens: 5, outputTokens: 5, reasoningTokens: 3, raw: usageMetadata };
    const { events } = read([
      said([{ text: "Hi" }], {}, { usageMetadata }),
      said([{ text: "" }], STOP, { usageMetadata }),
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
    const { events } = read([said([{ text: "Hi" }], STOP, { usageMetadata })]);
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
            return said([{ text, ...(thought && { thought }) }], {}, { usageMetadata: counts });
          });
          const known = read([...chunks, said([{ text: "" }], STOP)]).events;
          // Blanks between the words of a chunk differ each time, so that no shape is learned.
          const blank = chunks.map((chunk, index) => JSON.stringify(chunk).replace("{", `{${" ".repeat(index)}`));
          const parsed = read([...blank, said([{ text: "" }], STOP)]).events;
          expect(withoutUsage(known)).toEqual(withoutUsage(parsed));
          expect(known.at(-1)).toEqual(parsed.at(-1));
        },
      ),
      { numRuns: 50 },
    ));

  test("usage that grows with each chunk is told now and then, and when the stream breaks off", () => {
    const chunks = Array.from({ length: 100 }, (_, index) => {
      const usageMetadata = { promptTokenCount: 9, candidatesTokenCount: index, totalTokenCount: 9 + index };
      return said([{ text: "a" }], {}, { usageMetadata });
    });
    const { events, error } = read(chunks);
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
        said([{ text: "Hm.", thought: true }]),
        said([{ text: "", thought: true, thoughtSignature: "YQ==" }]),
        said([{ text: "It is", thoughtSignature: "Yg==" }]),
        said([{ text: " so" }]),
        said([{ text: "." }]),
        said([{ text: "", thoughtSignature: "Yw==" }], STOP),
      ]),
    ).toEqual([
      { type: "reasoning", text: "Hm." },
      { type: "reasoning", text: "", opaque: own({ thoughtSignature: "YQ==" }) },
      { type: "text", text: "It is", opaque: own({ thoughtSignature: "Yg==" }) },
      { type: "text", text: " so." },
      { type: "text", text: "", opaque: own({ thoughtSignature: "Yw==" }) },
    ]);
  });

  test("calls come whole, with or without an id, and STOP means that they wait", () => {
    const { events } = read([
      said([
        { functionCall: { id: "c1", name: "f", args: { a: 1 } }, thoughtSignature: "YQ==" },
        { functionCall: { name: "g" } },
      ]),
      said([{ text: "" }], STOP),
    ]);
    const calls = events.filter((event) => event.type === "tool-call");
    expect(calls).toEqual([
      { type: "tool-call", callId: "c1", name: "f", input: { a: 1 }, opaque: own({ thoughtSignature: "YQ==" }) },
      { type: "tool-call", callId: expect.stringMatching(/^gemini-call-/), name: "g", input: {} },
    ]);
    expect(events.at(-1)).toMatchObject({ type: "finish", reason: "tool-calls" });
    expect(events.at(-1)).not.toHaveProperty("rawReason");
  });

  test("a streamed call is complete when a part says so, or the answer does", () => {
    const piece = (jsonPath: string, value: JsonObject, goesOn = true) =>
      said([{ functionCall: { partialArgs: [{ jsonPath, ...value }], ...(goesOn && { willContinue: true }) } }]);
    const begin = said([{ functionCall: { name: "f", willContinue: true }, thoughtSignature: "YQ==" }]);
    const pieces = [
      piece("$.list[0].name", { stringValue: "ab", willContinue: true }),
      piece("$.list[0].name", { stringValue: 'c"' }),
      piece("$.list[0].price", { numberValue: 0.5 }),
      piece("$.list[1].ok", { boolValue: true }),
    ];
    const input = { list: [{ name: 'abc"', price: 0.5 }, { ok: true }], none: null };
    for (const end of [
      [piece("$.none", { nullValue: "NULL_VALUE" }, false)],
      [piece("$.none", { nullValue: "NULL_VALUE" }), said([{ functionCall: {} }])],
      [piece("$.none", { nullValue: "NULL_VALUE" }, false), said([{ functionCall: {} }])],
      [piece("$.none", { nullValue: "NULL_VALUE" })],
    ]) {
      const { events } = read([begin, ...pieces, ...end, said([{ text: "" }], STOP)]);
      const { parts, toolInputs } = summarise(events);
      expect(parts).toEqual([
        { type: "tool-call", callId: expect.any(String), name: "f", input, opaque: own({ thoughtSignature: "YQ==" }) },
      ]);
      expect(Object.values(toolInputs)).toEqual([input]);
    }
  });

  test("pieces that belong to no call are told as data, however many there are", () => {
    const piece = {
      functionCall: { partialArgs: [{ jsonPath: "$.a", stringValue: "x", willContinue: true }], willContinue: true },
    };
    const begin = said([{ functionCall: { name: "f", willContinue: true } }]);
    const pieces = Array.from({ length: 8 }, () => said([piece]));
    const { events } = read([begin, ...pieces, said([{ functionCall: {} }]), ...pieces, said([{ text: "" }], STOP)]);
    expect(events.filter((event) => event.type === "data")).toHaveLength(8);
    expect(events).toContainEqual(expect.objectContaining({ type: "tool-call", input: { a: "xxxxxxxx" } }));
  });

  test("a call that is cut off is none", () => {
    const { events, error } = read([
      said([{ functionCall: { name: "f", willContinue: true } }]),
      said([{ functionCall: { partialArgs: [{ jsonPath: "$.a", stringValue: "x" }], willContinue: true } }]),
    ]);
    expect(error).toMatchObject({ code: "truncated" });
    expect(events.map((event) => event.type)).toEqual(["start", "tool-input-delta"]);
  });

  test("code that Google ran is a call with its results, and comes back as it was", () => {
    const parts = partsOf([
      said([
        { executableCode: { language: "PYTHON", code: "print(1/0)" }, thoughtSignature: "YQ==" },
        { codeExecutionResult: { outcome: "OUTCOME_OK", output: "ok\n" } },
        { codeExecutionResult: { outcome: "OUTCOME_FAILED", output: "division by zero" } },
      ]),
      said([{ text: "So." }], STOP),
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
        said([{ inlineData: { mimeType: "image/png", data: "AQID" }, thought: true }]),
        said([{ inlineData: { mimeType: "audio/L16;rate=24000", data: "_-8=" }, thoughtSignature: "YQ==" }], STOP),
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
    const broken = said([{ inlineData: { mimeType: "image/png", data: "%" } }]);
    expect(read([broken]).error).toMatchObject({ code: "malformed-frame", frame: "%" });
  });

  test("a part that it does not know is told and comes back", () => {
    const part = { later: { a: 1 }, thoughtSignature: "YQ==" };
    const { events } = read([said([part]), said([{ text: "" }], STOP)]);
    expect(events[1]).toEqual({ type: "data", name: "provider/later", value: part, opaque: own(part) });
  });

  test("other candidates are told as data", () => {
    const other = { index: 1, content: { parts: [{ text: "Other" }] }, finishReason: "STOP" };
    const chunk = { ...said([{ text: "One" }], STOP) };
    const { events } = read([{ ...chunk, candidates: [...(chunk.candidates as JsonValue[]), other] }]);
    expect(textOfEvents(events)).toBe("One");
    expect(events).toContainEqual({ type: "data", name: "provider/candidate", value: other });
  });

  test("what a stream says again is told once", () => {
    const safetyRatings = [{ category: "HARM_CATEGORY_HARASSMENT", probability: "NEGLIGIBLE" }];
    const { events } = read([
      said([{ text: "a" }], { safetyRatings }, { createTime: "t" }),
      said([{ text: "b" }], { safetyRatings }, { createTime: "t" }),
      said([{ text: "" }], { ...STOP, safetyRatings, finishMessage: "done" }, { createTime: "t" }),
    ]);
    expect(events.filter((event) => event.type === "data")).toEqual([
      { type: "data", name: "provider/safetyRatings", value: safetyRatings },
      { type: "data", name: "provider/createTime", value: "t" },
      { type: "data", name: "provider/finishMessage", value: "done" },
    ]);
  });

  test.each([
    ["STOP", "stop", undefined],
    ["MAX_TOKENS", "length", undefined],
    ["SAFETY", "content-filter", undefined],
    ["RECITATION", "content-filter", "RECITATION"],
    ["BLOCKLIST", "content-filter", "BLOCKLIST"],
    ["PROHIBITED_CONTENT", "content-filter", "PROHIBITED_CONTENT"],
    ["SPII", "content-filter", "SPII"],
    ["IMAGE_SAFETY", "content-filter", "IMAGE_SAFETY"],
    ["LANGUAGE", "other", "LANGUAGE"],
    ["MALFORMED_FUNCTION_CALL", "other", "MALFORMED_FUNCTION_CALL"],
    ["UNEXPECTED_TOOL_CALL", "other", "UNEXPECTED_TOOL_CALL"],
    ["TOO_MANY_TOOL_CALLS", "other", "TOO_MANY_TOOL_CALLS"],
    ["NO_IMAGE", "other", "NO_IMAGE"],
    ["CONTINUATION", "pause", undefined],
    ["A_WORD_OF_TOMORROW", "other", "A_WORD_OF_TOMORROW"],
  ])("%s is %s", (finishReason, reason, rawReason) => {
    const { events } = read([said([{ text: "Hi" }], { finishReason })]);
    expect(events.at(-1)).toEqual({ type: "finish", reason, usage: {}, ...(rawReason && { rawReason }) });
  });

  test("a prompt that was blocked ends the answer before it began", () => {
    const promptFeedback = { blockReason: "PROHIBITED_CONTENT" };
    const chunk = { promptFeedback, usageMetadata: { promptTokenCount: 9 }, modelVersion: "m", responseId: "r" };
    const { events } = read([chunk]);
    expect(events[1]).toEqual({
      type: "data",
      name: "provider/promptFeedback",
      value: promptFeedback,
      opaque: own({ promptFeedback }),
    });
    const end = { type: "finish", reason: "content-filter", rawReason: "PROHIBITED_CONTENT" };
    expect(events.at(-1)).toMatchObject(end);
    expect(readBody(chunk).at(-1)).toMatchObject(end);
  });

  test("is ending once it was said why, and still takes usage and sources", () => {
    const reader = new GeminiReader();
    const events: ChatEvent[] = [];
    const emit = (event: ChatEvent) => void events.push(event);
    const push = (chunk: JsonObject) => reader.push({ data: JSON.stringify(chunk) }, emit);
    push(said([{ text: "Hi" }]));
    expect(reader.ending).toBe(false);
    push(said([{ text: "" }], STOP));
    expect(reader.ending).toBe(true);
    push({ usageMetadata: { promptTokenCount: 4, candidatesTokenCount: 2 } });
    const groundingMetadata = { groundingChunks: [{ web: { uri: "https://a.b/", title: "t" } }] };
    push({ candidates: [{ groundingMetadata }] });
    reader.end(emit);
    expect(events.slice(-4).map((event) => event.type)).toEqual(["usage", "data", "source", "finish"]);
    expect(events.at(-1)).toMatchObject({ reason: "stop", usage: { inputTokens: 4, outputTokens: 2 } });
  });

  test("is not complete where it goes on after code that ran, until it was said why again", () => {
    const ran = [
      said([{ executableCode: { language: "PYTHON", code: "6*7" } }], STOP),
      said([{ codeExecutionResult: { outcome: "OUTCOME_OK", output: "42" } }]),
    ];
    const goesOn = [said([{ text: "It" }]), said([{ text: " is" }]), said([{ text: " 42" }])];
    const end = said([{ text: "", thoughtSignature: "c2ln" }]);
    for (const cut of [2, 3, 5]) {
      expect(read([...ran, ...goesOn].slice(0, cut)).error).toMatchObject({ code: "truncated", retryable: true });
    }
    // By its shape alone: the piece was learned before the code ran.
    expect(read([...goesOn, ...ran.slice(0, 1), said([{ text: "No" }])]).error).toMatchObject({ code: "truncated" });
    expect(partsOf([...ran, ...goesOn, said([{ text: "" }], STOP), end]).map(({ type }) => type)).toEqual([
      "tool-call",
      "tool-result",
      "text",
      "text",
    ]);
  });

  test("a whole body that does not say why it finished is an answer; an empty one is none", () => {
    expect(readBody(said([{ text: "Hi" }])).at(-1)).toMatchObject({ type: "finish", reason: "other" });
    expect(readBody(said([{ functionCall: { name: "f" } }])).at(-1)).toMatchObject({ reason: "tool-calls" });
    for (const body of [said([]), { usageMetadata: { promptTokenCount: 1 } }]) {
      expect(() => readBody(body)).toThrow(expect.objectContaining({ code: "truncated", retryable: true }));
    }
  });

  test.each([[[]], [[said([{ text: "Hi" }])]], [[{ usageMetadata: { promptTokenCount: 1 } }]]])(
    "a close before it was said why is truncated",
    (chunks) => {
      expect(read(chunks).error).toMatchObject({ code: "truncated", retryable: true });
    },
  );

  test("chunks whose empty lines were lost, and a marker of OpenAI's", () => {
    const lines = [said([{ text: "a" }]), said([{ text: "b" }], STOP)].map((chunk) => JSON.stringify(chunk));
    const { events } = read([lines.join("\n"), "[DONE]"]);
    expect(textOfEvents(events)).toBe("ab");
    expect(read([JSON.stringify(said([{ text: "c" }], STOP), null, 2)]).events).toHaveLength(3);
    expect(read([`${lines[0]}\noops`]).error).toMatchObject({ code: "malformed-frame", frame: "oops" });
  });

  test("an error in mid-stream is what it says", () => {
    const error = { code: 503, message: "The model is overloaded.", status: "UNAVAILABLE" };
    const { events, error: thrown } = read([said([{ text: "Hi" }]), { error }]);
    expect(textOfEvents(events)).toBe("Hi");
    expect(thrown).toMatchObject({ code: "overloaded", retryable: true, providerCode: "UNAVAILABLE" });
  });

  test("an array is the chunks of a stream that was not asked for as events", () => {
    const events = readBody([said([{ text: "a" }]), said([{ text: "b" }], STOP)]);
    expect(summarise(events).parts).toEqual([{ type: "text", text: "ab" }]);
    expect(() => readBody([{ error: { code: 400, message: "no" } }])).toThrow(
      expect.objectContaining({ message: "no" }),
    );
  });
});

function withoutUsage(events: readonly ChatEvent[]): ChatEvent[] {
  return events.filter((event) => event.type !== "usage");
}

describe("sources", () => {
  const web = (name: string) => ({ web: { uri: `https://${name}.example/`, title: name } });
  const support = (startIndex: number, endIndex: number, ...groundingChunkIndices: number[]) => ({
    segment: { ...(startIndex > 0 && { startIndex }), endIndex },
    groundingChunkIndices,
  });

  function sourcesOf(chunks: readonly JsonObject[]) {
    return read(chunks).events.flatMap((event) => (event.type === "source" ? [event] : []));
  }

  test("spans are counted in UTF-8 bytes there, and in UTF-16 code units here", () =>
    fc.assert(
      fc.property(trickyText, trickyText, trickyText, fc.nat(3), (before, cited, after, cuts) => {
        const whole = before + cited + after;
        const pieces = Array.from({ length: cuts + 1 }, (_, index) =>
          [...whole].filter((_, at) => at % (cuts + 1) === index).join(""),
        );
        // Pieces in order: the text is cut into runs of characters.
        const points = [...whole];
        const size = Math.ceil(points.length / (cuts + 1));
        const runs = pieces.map((_, index) => points.slice(index * size, (index + 1) * size).join(""));
        const bytes = (text: string) => new TextEncoder().encode(text).length;
        const groundingMetadata = {
          groundingChunks: [web("a")],
          groundingSupports: [support(bytes(before), bytes(before + cited), 0)],
        };
        const sources = sourcesOf([
          said([{ text: "Hm. É", thought: true }]),
          ...runs.map((text) => said([{ text }])),
          said([{ text: "" }], { ...STOP, groundingMetadata }),
        ]);
        expect(sources).toMatchObject([
          {
            block: 1,
            source: { url: "https://a.example/", span: { start: before.length, end: before.length + cited.length } },
          },
        ]);
      }),
    ));

  test("a chunk is a source for each place it supports, and one without a place for none", () => {
    const groundingMetadata = {
      webSearchQueries: ["q"],
      searchEntryPoint: { renderedContent: "<div>" },
      groundingChunks: [web("a"), web("b"), web("c")],
      groundingSupports: [support(0, 2, 0, 1), support(2, 4, 0)],
    };
    const { events } = read([said([{ text: "abcd" }], { ...STOP, groundingMetadata })]);
    const sources = events.flatMap((event) => (event.type === "source" ? [event.source] : []));
    expect(sources.map(({ title, span }) => [title, span?.start, span?.end])).toEqual([
      ["a", 0, 2],
      ["a", 2, 4],
      ["b", 0, 2],
      ["c", undefined, undefined],
    ]);
    expect(sources[0]?.opaque).toEqual(own({ chunk: web("a"), support: support(0, 2, 0, 1) }));
    expect(events).toContainEqual({
      type: "data",
      name: "provider/groundingMetadata",
      value: groundingMetadata,
      opaque: own({ groundingMetadata }),
    });
  });

  test("what a stream says of them again is said once, and what it adds is added", () => {
    const first = { groundingChunks: [web("a")], groundingSupports: [support(0, 2, 0)] };
    const second = { groundingChunks: [web("a"), web("b")], groundingSupports: [support(0, 2, 0), support(2, 4, 1)] };
    const sources = sourcesOf([
      said([{ text: "ab" }], { groundingMetadata: first }),
      said([{ text: "cd" }], { ...STOP, groundingMetadata: second }),
    ]);
    expect(sources.map(({ source }) => [source.title, source.span?.start])).toEqual([
      ["a", 0],
      ["b", 2],
    ]);
  });

  test("chunks that are counted on from earlier ones are those that supports point to", () => {
    const sources = sourcesOf([
      said([{ text: "ab" }], { groundingMetadata: { groundingChunks: [web("a")] } }),
      said([{ text: "cd" }], {
        ...STOP,
        groundingMetadata: { groundingChunks: [web("b")], groundingSupports: [support(0, 2, 1), support(2, 4, 1)] },
      }),
    ]);
    expect(sources.map(({ source }) => [source.title, source.span?.start])).toEqual([
      ["a", undefined],
      ["b", 0],
      ["b", 2],
    ]);
  });

  test("a part that is named is the one that offsets begin at", () => {
    const groundingMetadata = {
      groundingChunks: [web("a")],
      groundingSupports: [{ segment: { partIndex: 2, startIndex: 1, endIndex: 2 }, groundingChunkIndices: [0] }],
    };
    const body = said([{ text: "é" }, { text: "t", thought: true }, { text: "xyz" }], { ...STOP, groundingMetadata });
    const events = readBody(body);
    expect(events.find((event) => event.type === "source")).toMatchObject({
      block: 2,
      source: { span: { start: 1, end: 2 } },
    });
  });

  test("documents, places and images", () => {
    const groundingMetadata = {
      groundingChunks: [
        { retrievedContext: { uri: "gs://b/a.pdf", title: "a.pdf", text: "as it stands", documentName: "docs/1" } },
        { maps: { uri: "https://maps.example/", title: "Here", placeId: "places/1" } },
        { image: { sourceUri: "https://i.example/", imageUri: "https://i.example/a.png", title: "A picture" } },
        { later: {} },
      ],
    };
    const sources = sourcesOf([said([{ text: "x" }], { ...STOP, groundingMetadata })]).map(({ source }) => source);
    expect(sources).toMatchObject([
      { kind: "document", id: "docs/1", url: "gs://b/a.pdf", title: "a.pdf", quote: "as it stands" },
      { kind: "url", id: "places/1", url: "https://maps.example/", title: "Here" },
      { kind: "url", url: "https://i.example/", title: "A picture" },
      { kind: "document", opaque: own({ chunk: { later: {} } }) },
    ]);
  });

  test("citations, by both of their names", () => {
    const citation = { startIndex: 2, endIndex: 4, uri: "https://a.example/", title: "a", license: "mit" };
    for (const key of ["citations", "citationSources"]) {
      const citationMetadata = { [key]: [citation] };
      const sources = sourcesOf([said([{ text: "é cd" }], { ...STOP, citationMetadata })]);
      expect(sources).toEqual([
        {
          type: "source",
          block: 0,
          source: {
            kind: "url",
            url: "https://a.example/",
            title: "a",
            span: { start: 1, end: 3 },
            opaque: own({ citation }),
          },
        },
      ]);
    }
  });
});

describe("streamed arguments that are cut by the token limit", () => {
  const call = (functionCall: JsonObject) => said([{ functionCall }]);
  const begin = call({ name: "pay", id: "c1", willContinue: true });
  const piece = (value: JsonObject) => call({ partialArgs: [{ jsonPath: "$.to", ...value }], willContinue: true });
  const cut = said([], { finishReason: "MAX_TOKENS" });
  const bare = { type: "tool-call", callId: "c1", name: "pay", invalid: true };

  test.each<[string, JsonObject[], string]>([
    ["in a text", [piece({ stringValue: "Al", willContinue: true })], '{"to":"Al'],
    ["after a value", [piece({ stringValue: "Al" })], '{"to":"Al"'],
    ["before any", [], ""],
  ])("%s are no JSON", (_, pieces, input) => {
    expect(partsOf([begin, ...pieces, cut])).toEqual([{ ...bare, input }]);
  });

  test("are whole where the answer was not cut", () => {
    expect(partsOf([begin, piece({ stringValue: "Al" }), said([], STOP)])).toMatchObject([{ input: { to: "Al" } }]);
  });
});

test("an argument far beyond the end of its list is an error", () => {
  const at = (jsonPath: string) => said([{ functionCall: { partialArgs: [{ jsonPath, numberValue: 1 }] } }]);
  const begin = said([{ functionCall: { name: "pay", willContinue: true } }]);
  for (const paths of [["$.a[1000000000]"], ["$.a[0]", "$.b", "$.a[1000000000]"]]) {
    const pieces = paths.map((jsonPath) => ({ jsonPath, numberValue: 1 }));
    const more = said([{ functionCall: { partialArgs: pieces } }]);
    expect(read([begin, more, at("$.c"), said([], STOP)]).error).toMatchObject({ code: "malformed-frame" });
  }
});

test("an array of chunks is read, and the error in one", () => {
  const chunks = [said([{ text: "Hi" }]), said([], STOP)];
  expect(summarise(read([JSON.stringify(chunks)]).events).parts).toEqual([{ type: "text", text: "Hi" }]);
  const error = [{ error: { code: 429, message: "slow down", status: "RESOURCE_EXHAUSTED" } }];
  expect(read([JSON.stringify(error)]).error).toMatchObject({ code: "rate-limited" });
});

test("a part that says nothing is nothing to send back", () => {
  expect(partsOf([said([{}, { text: null, functionCall: null, thoughtSignature: null }]), said([], STOP)])).toEqual([]);
});

describe("calls that are not by the letter", () => {
  const call = (functionCall: JsonObject) => said([{ functionCall }]);
  const calls = (...chunks: JsonObject[]) => {
    const events: ChatEvent[] = [];
    const reader = new GeminiReader();
    for (const chunk of chunks) reader.push({ data: JSON.stringify(chunk) }, (event) => void events.push(event));
    reader.end((event) => void events.push(event));
    const told = events.flatMap((event) =>
      event.type === "tool-call" ? [[event.callId, event.name, event.input]] : [],
    );
    return { told, end: events.at(-1) };
  };

  test("one id for two, a call said twice, null arguments, no name, large numbers", () => {
    const one = call({ id: "c", name: "x", args: { a: 1 } });
    const two = call({ id: "c", name: "x", args: { a: 2 } });
    const bare = call({ id: "d", name: "y", args: null });
    const nameless = call({ id: "e", name: "", args: { b: 1 } });
    const { told, end } = calls(one, two, one, bare, nameless, said([{ text: "" }], { finishReason: "STOP" }));
    expect(told).toEqual([
      ["c", "x", { a: 1 }],
      ["c_2", "x", { a: 2 }],
      ["d", "y", {}],
      ["e", "unnamed", { b: 1 }],
    ]);
    expect(end).toMatchObject({ reason: "tool-calls" });
    const frame = JSON.stringify(call({ id: "f", name: "z", args: { n: 1 } })).replace(
      '"n":1',
      '"n":12345678901234567890',
    );
    const events: ChatEvent[] = [];
    new GeminiReader().push({ data: frame }, (event) => void events.push(event));
    expect(events).toContainEqual(expect.objectContaining({ input: { n: "12345678901234567890" } }));
  });
});
