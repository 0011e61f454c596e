import { describe, expect, test } from "vitest";
import { summarise, textOfEvents } from "../../../test/laws/summary.js";
import { chunkOf, own, partsOf, readChunks, STOP } from "../../../test/support/gemini-chunks.js";
import type { JsonObject } from "../../base/json.js";
import type { ChatEvent } from "../../stream/chat-event.js";
import { readBody } from "./read-body.js";
import { GeminiReader } from "./reader.js";

describe("how an answer of Gemini ends", () => {
  test("what a stream repeats is emitted once", () => {
    const safetyRatings = [{ category: "HARM_CATEGORY_HARASSMENT", probability: "NEGLIGIBLE" }];
    const { events } = readChunks([
      chunkOf([{ text: "a" }], { safetyRatings }, { createTime: "t" }),
      chunkOf([{ text: "b" }], { safetyRatings }, { createTime: "t" }),
      chunkOf([{ text: "" }], { ...STOP, safetyRatings, finishMessage: "done" }, { createTime: "t" }),
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
    const { events } = readChunks([chunkOf([{ text: "Hi" }], { finishReason })]);
    expect(events.at(-1)).toEqual({ type: "finish", reason, usage: {}, ...(rawReason && { rawReason }) });
  });

  test("a prompt that was blocked ends the answer before it began", () => {
    const promptFeedback = { blockReason: "PROHIBITED_CONTENT" };
    const chunk = { promptFeedback, usageMetadata: { promptTokenCount: 9 }, modelVersion: "m", responseId: "r" };
    const { events } = readChunks([chunk]);
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

  test("is ending once its finish reason came, and still takes usage and sources", () => {
    const reader = new GeminiReader();
    const events: ChatEvent[] = [];
    const emit = (event: ChatEvent) => void events.push(event);
    const push = (chunk: JsonObject) => reader.push({ data: JSON.stringify(chunk) }, emit);
    push(chunkOf([{ text: "Hi" }]));
    expect(reader.ending).toBe(false);
    push(chunkOf([{ text: "" }], STOP));
    expect(reader.ending).toBe(true);
    push({ usageMetadata: { promptTokenCount: 4, candidatesTokenCount: 2 } });
    const groundingMetadata = { groundingChunks: [{ web: { uri: "https://a.b/", title: "t" } }] };
    push({ candidates: [{ groundingMetadata }] });
    reader.end(emit);
    expect(events.slice(-4).map((event) => event.type)).toEqual(["usage", "data", "source", "finish"]);
    expect(events.at(-1)).toMatchObject({ reason: "stop", usage: { inputTokens: 4, outputTokens: 2 } });
  });

  test("is not complete where it goes on after code that ran, until its finish reason came again", () => {
    const ran = [
      chunkOf([{ executableCode: { language: "PYTHON", code: "6*7" } }], STOP),
      chunkOf([{ codeExecutionResult: { outcome: "OUTCOME_OK", output: "42" } }]),
    ];
    const goesOn = [chunkOf([{ text: "It" }]), chunkOf([{ text: " is" }]), chunkOf([{ text: " 42" }])];
    const end = chunkOf([{ text: "", thoughtSignature: "c2ln" }]);
    for (const cut of [2, 3, 5]) {
      expect(readChunks([...ran, ...goesOn].slice(0, cut)).error).toMatchObject({ code: "truncated", retryable: true });
    }
    // By its shape alone: the piece was learned before the code ran.
    expect(readChunks([...goesOn, ...ran.slice(0, 1), chunkOf([{ text: "No" }])]).error).toMatchObject({
      code: "truncated",
    });
    expect(partsOf([...ran, ...goesOn, chunkOf([{ text: "" }], STOP), end]).map(({ type }) => type)).toEqual([
      "tool-call",
      "tool-result",
      "text",
      "text",
    ]);
  });

  test("a whole body that does not say why it finished is an answer; an empty one is none", () => {
    expect(readBody(chunkOf([{ text: "Hi" }])).at(-1)).toMatchObject({ type: "finish", reason: "other" });
    expect(readBody(chunkOf([{ functionCall: { name: "f" } }])).at(-1)).toMatchObject({ reason: "tool-calls" });
    for (const body of [chunkOf([]), { usageMetadata: { promptTokenCount: 1 } }]) {
      expect(() => readBody(body)).toThrow(expect.objectContaining({ code: "truncated", retryable: true }));
    }
  });

  test.each([[[]], [[chunkOf([{ text: "Hi" }])]], [[{ usageMetadata: { promptTokenCount: 1 } }]]])(
    "a close before it was said why is truncated",
    (chunks) => {
      expect(readChunks(chunks).error).toMatchObject({ code: "truncated", retryable: true });
    },
  );

  test("chunks whose empty lines were lost, and a marker of OpenAI's", () => {
    const lines = [chunkOf([{ text: "a" }]), chunkOf([{ text: "b" }], STOP)].map((chunk) => JSON.stringify(chunk));
    const { events } = readChunks([lines.join("\n"), "[DONE]"]);
    expect(textOfEvents(events)).toBe("ab");
    expect(readChunks([JSON.stringify(chunkOf([{ text: "c" }], STOP), null, 2)]).events).toHaveLength(3);
    expect(readChunks([`${lines[0]}\noops`]).error).toMatchObject({ code: "malformed-frame", frame: "oops" });
  });

  test("an error in mid-stream is what it says", () => {
    const error = { code: 503, message: "The model is overloaded.", status: "UNAVAILABLE" };
    const { events, error: thrown } = readChunks([chunkOf([{ text: "Hi" }]), { error }]);
    expect(textOfEvents(events)).toBe("Hi");
    expect(thrown).toMatchObject({ code: "overloaded", retryable: true, providerCode: "UNAVAILABLE" });
  });

  test("an array is the chunks of a stream that was not asked for as events", () => {
    const events = readBody([chunkOf([{ text: "a" }]), chunkOf([{ text: "b" }], STOP)]);
    expect(summarise(events).parts).toEqual([{ type: "text", text: "ab" }]);
    expect(() => readBody([{ error: { code: 400, message: "no" } }])).toThrow(
      expect.objectContaining({ message: "no" }),
    );
  });
});

test("an array of chunks is read, and the error in one", () => {
  const chunks = [chunkOf([{ text: "Hi" }]), chunkOf([], STOP)];
  expect(summarise(readChunks([JSON.stringify(chunks)]).events).parts).toEqual([{ type: "text", text: "Hi" }]);
  const error = [{ error: { code: 429, message: "slow down", status: "RESOURCE_EXHAUSTED" } }];
  expect(readChunks([JSON.stringify(error)]).error).toMatchObject({ code: "rate-limited" });
});

test("a part that says nothing is nothing to send back", () => {
  expect(
    partsOf([chunkOf([{}, { text: null, functionCall: null, thoughtSignature: null }]), chunkOf([], STOP)]),
  ).toEqual([]);
});
