import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { JsonObject } from "../../src/base/json.js";
import type { CallingDialect } from "../../src/dialects/dialect.js";
import { ANTHROPIC_HISTORY, BEDROCK_HISTORY, GEMINI_HISTORY } from "../../src/dialects/history/history-rules.js";
import { prepareHistory } from "../../src/dialects/history/prepare-history.js";
import { openAiChatCalling as openAiChatInParts } from "../../src/dialects/openai-chat/openai-chat-calling.browser.js";
import { openAiChatCalling } from "../../src/dialects/openai-chat/openai-chat-calling.js";
import type { OpenAiChatQuirks } from "../../src/dialects/openai-chat/quirks.js";
import { isPlainRequest } from "../../src/dialects/plain-request.js";
import type { ChatEvent } from "../../src/stream/chat-event.js";
import type { ChatRequest } from "../../src/stream/chat-request.js";
import { SluiceError } from "../../src/stream/error.js";
import type { Frame } from "../../src/stream/framing/frame.js";
import { SseReader } from "../../src/stream/framing/sse-reader.js";
import { haveRecordings, listRecordings, loadStream } from "../recordings/load-recording.js";
import { trickyText } from "./arbitrary-answer.js";
import { arbitraryMessages, arbitraryOptions } from "./arbitrary-request.js";

/** What a reader makes of frames, as an answer over HTTP gives them to it: `reads` at once, and the end. */
async function readFrames(dialect: CallingDialect, reads: readonly (readonly Frame[])[]) {
  const events: ChatEvent[] = [];
  const emit = (event: ChatEvent) => void events.push(event);
  const reader = dialect.reader();
  let loads = 0;
  const loaded = async () => {
    if (reader.loading === undefined) return;
    loads++;
    await reader.loading;
  };
  const error = await (async () => {
    for (const frames of reads) {
      for (const frame of frames) reader.push(frame, emit);
      await loaded();
    }
    reader.end(emit);
    return undefined;
  })().catch((thrown: unknown) => thrown);
  if (error !== undefined && !(error instanceof SluiceError)) throw error;
  return { events: withoutMadeIds(events), error: error && { code: error.code, message: error.message }, loads };
}

/** Ids that were made up, since nothing gave one, differ. */
function withoutMadeIds(events: ChatEvent[]): ChatEvent[] {
  return JSON.parse(
    JSON.stringify(events).replace(/[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|call_[\w-]{24}_/g, "…"),
  );
}

function framesIn(bytes: Uint8Array): Frame[] {
  const frames: Frame[] = [];
  const framing = new SseReader();
  framing.push(bytes, (frame) => frames.push(frame));
  framing.end((frame) => frames.push(frame));
  return frames;
}

function chunk(delta: JsonObject, choice: JsonObject = {}, more: JsonObject = {}): JsonObject {
  return { id: "c1", object: "chat.completion.chunk", model: "m", choices: [{ index: 0, delta, ...choice }], ...more };
}

const usage = { prompt_tokens: 3, completion_tokens: 2 };
const said = fc.constantFrom("", "Hi", " there", "\u00e9", "12345678901234567890").map((content) => chunk({ content }));
const plain = fc.oneof(
  { arbitrary: said, weight: 6 },
  {
    arbitrary: fc.constantFrom<JsonObject>(
      chunk({ role: "assistant", content: "" }),
      chunk({ content: "Hi", refusal: null, tool_calls: null }, { logprobs: null }, { system_fingerprint: "f" }),
      chunk({}, { finish_reason: null }, { usage: null, obfuscation: "abc" }),
      chunk({}, { finish_reason: "stop" }),
      chunk({ content: "." }, { finish_reason: "length" }, { usage }),
      chunk({}, {}, { choices: [], usage }),
    ),
    weight: 3,
  },
);
const call = { index: 0, id: "a", function: { name: "now", arguments: "{}" } };
const odd = fc.constantFrom<JsonObject>(
  chunk({ reasoning_content: "Hm." }),
  chunk({ tool_calls: [call] }),
  chunk({ refusal: "No." }),
  chunk({ content: [{ type: "text", text: "part" }] }),
  chunk({}, { finish_reason: "tool_calls" }),
  chunk({}, { finish_reason: "STOP" }),
  chunk({}, { finish_reason: "error" }),
  chunk({ content: "2" }, { index: 1 }),
  chunk({ content: "Hi" }, { logprobs: { content: [] } }),
  chunk({ content: "Hi" }, {}, { id: "c2" }),
  chunk({ role: "assistant", content: "Hi" }, {}, { id: "c2" }),
  chunk({ content: "Hi" }, {}, { id: "" }),
  chunk({ content: "Hi" }, {}, { citations: ["https://example.com/"] }),
  chunk({ content: "Hi" }, {}, { object: "error" }),
  chunk({ content: "Hi" }, {}, { provider: "X", x_groq: { id: "r", usage } }),
  chunk({}, { message: { role: "assistant", content: "Hi there" } }),
  chunk({ content: "Hi" }, {}, { choices: [] }),
  { choices: [{ text: "Hi" }] },
  { error: { message: "The server is overloaded", code: "overloaded" } },
  { type: "ping" },
  {},
);
const frame = fc.oneof(
  { arbitrary: plain, weight: 12 },
  { arbitrary: odd, weight: 2 },
  { arbitrary: fc.constantFrom("[DONE]", " [DONE]", "null", "not JSON", '{"cut":'), weight: 1 },
);
const frames = fc
  .array(
    frame.map((body): Frame => ({ data: typeof body === "string" ? body : JSON.stringify(body) })),
    { minLength: 1, maxLength: 12 },
  )
  .chain((all) => fc.nat({ max: all.length }).map((cut) => [all.slice(0, cut), all.slice(cut)]));

describe("openai-chat in parts", () => {
  test("reads whatever comes as the whole reader does", () =>
    fc.assert(
      fc.asyncProperty(frames, async (reads) => {
        const whole = await readFrames(openAiChatCalling({}), reads);
        const parts = await readFrames(openAiChatInParts({}), reads);
        expect({ ...parts, loads: 0 }).toEqual(whole);
      }),
      { numRuns: 500 },
    ));

  test("text needs no more of its code than is there", async () => {
    const text = [chunk({ role: "assistant", content: "Hi" }), chunk({}, { finish_reason: "stop" })];
    const all = [...text, chunk({}, {}, { choices: [], usage })].map((body) => ({ data: JSON.stringify(body) }));
    const { events, loads } = await readFrames(openAiChatInParts({}), [all, [{ data: "[DONE]" }]]);
    expect(loads).toBe(0);
    expect(events.map(({ type }) => type)).toEqual(["start", "text-delta", "usage", "finish"]);
  });

  test.skipIf(!haveRecordings())("reads each recording as the whole reader does", async () => {
    const paths = listRecordings("").filter((path) => /chat|groq|mistral|deepseek|openrouter|xai/.test(path));
    let plainly = 0;
    for (const path of paths.filter((one) => /\.(?:txt|sse)$/.test(one))) {
      const all = framesIn(loadStream(path, "data-done"));
      for (const cut of [0, 1, 7, all.length]) {
        const reads = [all.slice(0, cut), all.slice(cut)];
        const whole = await readFrames(openAiChatCalling({}), reads);
        const parts = await readFrames(openAiChatInParts({}), reads);
        expect({ ...parts, loads: 0 }, path).toEqual(whole);
        if (parts.loads === 0 && parts.error === undefined) plainly++;
      }
    }
    expect(plainly).toBeGreaterThan(0);
  });
});

const QUIRKS: OpenAiChatQuirks[] = [
  {},
  { maxTokensField: "max_tokens", streamOptions: false, seedField: "random_seed" },
];

/** Turns of texts: most of them are plain. */
const talk: fc.Arbitrary<ChatRequest> = fc
  .record({
    instructions: fc.array(trickyText, { maxLength: 2 }),
    turns: fc.array(trickyText, { minLength: 1, maxLength: 5 }),
    options: fc.oneof(
      fc.constant({}),
      fc.constant({ temperature: 1, maxTokens: 5, stop: [] as string[], seed: 3 }),
      arbitraryOptions,
    ),
  })
  .map(({ instructions, turns, options }) => ({
    messages: [
      ...instructions.map((content) => ({ role: "system" as const, content })),
      ...turns.map((content, index) => ({
        role: index % 2 === 0 ? ("user" as const) : ("assistant" as const),
        content,
      })),
    ],
    ...options,
  }));
const request = fc.oneof(
  talk,
  fc
    .record({ messages: arbitraryMessages, options: arbitraryOptions })
    .map((one) => ({ messages: one.messages, ...one.options })),
);

test("requests are the same in parts, and as bytes", () => {
  let plainly = 0;
  return fc
    .assert(
      fc.asyncProperty(request, fc.constantFrom(...QUIRKS), fc.boolean(), async (asked, quirks, stream) => {
        const parts = openAiChatInParts(quirks);
        if (parts.load?.(asked) === undefined) plainly++;
        await parts.load?.(asked);
        const written = (dialect: CallingDialect) => {
          try {
            return JSON.stringify(dialect.writeRequest(asked, { model: "m", stream }));
          } catch (error) {
            return String(error);
          }
        };
        expect(written(parts)).toBe(written(openAiChatCalling(quirks)));
      }),
    )
    .then(() => expect(plainly).toBeGreaterThan(0));
});

test("a plain history is one that every service takes as it is", () =>
  fc.assert(
    fc.property(request, fc.constantFrom(ANTHROPIC_HISTORY, GEMINI_HISTORY, BEDROCK_HISTORY), (asked, rules) => {
      fc.pre(isPlainRequest(asked));
      const warnings: never[] = [];
      expect(prepareHistory(asked.messages, { ...rules, userLast: true }, warnings).messages).toEqual(asked.messages);
      expect(warnings).toEqual([]);
    }),
  ));
