import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { JsonObject } from "../../src/base/json.js";
import type { CallingDialect, CallTarget } from "../../src/dialects/dialect.js";
import { answers as geminiAnswers } from "../../src/dialects/gemini/answers.js";
import { geminiCalling } from "../../src/dialects/gemini/gemini-calling.js";
import { writeRequest as writeContents } from "../../src/dialects/gemini/write-request.js";
import { writePlainRequest as writePlainContents } from "../../src/dialects/gemini/write-settings.js";
import { ANTHROPIC_HISTORY, BEDROCK_HISTORY, GEMINI_HISTORY } from "../../src/dialects/history/history-rules.js";
import { prepareHistory } from "../../src/dialects/history/prepare-history.js";
import { openAiChatCalling as openAiChatInParts } from "../../src/dialects/openai-chat/openai-chat-calling.browser.js";
import { openAiChatCalling } from "../../src/dialects/openai-chat/openai-chat-calling.js";
import type { OpenAiChatQuirks } from "../../src/dialects/openai-chat/quirks.js";
import { answers } from "../../src/dialects/openai-responses/answers.js";
import { openAiResponsesCalling } from "../../src/dialects/openai-responses/openai-responses-calling.js";
import { writeRequest as writeInput } from "../../src/dialects/openai-responses/write-request.js";
import { writePlainRequest as writePlainInput } from "../../src/dialects/openai-responses/write-settings.js";
import { isPlainRequest } from "../../src/dialects/plain-request.js";
import { requestsInParts } from "../../src/dialects/requests-in-parts.js";
import type { ChatEvent } from "../../src/stream/chat-event.js";
import type { ChatRequest } from "../../src/stream/chat-request.js";
import { SluiceError } from "../../src/stream/error.js";
import type { Frame } from "../../src/stream/framing/frame.js";
import { NdjsonReader } from "../../src/stream/framing/ndjson-reader.js";
import { SseReader } from "../../src/stream/framing/sse-reader.js";
import { haveRecordings, listRecordings, loadStream } from "../recordings/load-recording.js";
import { trickyText } from "./arbitrary-answer.js";
import { arbitraryMessages, arbitraryOptions } from "./arbitrary-request.js";
import { IN_PARTS, type InParts } from "./plain-frames.js";

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

function framesIn(bytes: Uint8Array, framed: CallingDialect["framing"]): Frame[] {
  const frames: Frame[] = [];
  const framing = framed === "sse" ? new SseReader() : new NdjsonReader();
  framing.push(bytes, (frame) => frames.push(frame));
  framing.end((frame) => frames.push(frame));
  return frames;
}

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

/** A plain answer, into which something odd may have come, in two reads. */
function readsOf({ plain, odd }: InParts): fc.Arbitrary<Frame[][]> {
  const damage = fc.oneof(
    { arbitrary: odd, weight: 8 },
    { arbitrary: fc.constantFrom("[DONE]", " [DONE]", "null", "not JSON", '{"cut":'), weight: 2 },
  );
  const places = fc.array(fc.tuple(damage, fc.nat({ max: 20 })), { maxLength: 2 });
  return fc.record({ said: plain, places, cut: fc.nat({ max: 12 }), done: fc.boolean() }).map((one) => {
    const all: (JsonObject | string)[] = [...one.said, ...(one.done ? ["[DONE]"] : [])];
    for (const [body, at] of one.places) all.splice(at % (all.length + 1), 0, body);
    const frames = all.map((body): Frame => ({ data: typeof body === "string" ? body : JSON.stringify(body) }));
    return [frames.slice(0, one.cut), frames.slice(one.cut)];
  });
}

describe.each(Object.entries(IN_PARTS))("%s in parts", (_, under) => {
  const { whole, parts, plain, recorded, envelope } = under;

  test("reads whatever comes as the whole reader does", () =>
    fc.assert(
      fc.asyncProperty(readsOf(under), async (reads) => {
        expect({ ...(await readFrames(parts(), reads)), loads: 0 }).toEqual(await readFrames(whole, reads));
      }),
      { numRuns: 500 },
    ));

  test("text needs no more of its code than is there", () =>
    fc.assert(
      fc.asyncProperty(plain, async (said) => {
        const frames = said.map((body): Frame => ({ data: JSON.stringify(body) }));
        expect((await readFrames(parts(), [frames])).loads).toBe(0);
      }),
    ));

  test.skipIf(!haveRecordings())("reads each recording as the whole reader does", async () => {
    const paths = listRecordings("").filter((path) => recorded.test(path) && /\.(?:txt|sse)$/.test(path));
    let plainly = 0;
    for (const path of paths) {
      const all = framesIn(loadStream(path, envelope), whole.framing);
      for (const cut of [0, 1, 7, all.length]) {
        const reads = [all.slice(0, cut), all.slice(cut)];
        const read = await readFrames(parts(), reads);
        expect({ ...read, loads: 0 }, path).toEqual(await readFrames(whole, reads));
        if (read.loads === 0 && read.error === undefined) plainly++;
      }
    }
    expect(plainly).toBeGreaterThan(0);
  });
});

/** All whose requests come in parts. */
const WRITERS: [name: string, whole: CallingDialect, parts: () => CallingDialect][] = [
  ...Object.entries(IN_PARTS).map(([name, { whole, parts }]): [string, CallingDialect, () => CallingDialect] => [
    name,
    whole,
    parts,
  ]),
  ["gemini", geminiCalling, () => requestsInParts(geminiAnswers, writePlainContents, async () => writeContents)],
  ["openai-responses", openAiResponsesCalling, () => requestsInParts(answers, writePlainInput, async () => writeInput)],
];

test.each(WRITERS)("%s has the same requests in parts, byte for byte", async (_, whole, parts) => {
  let plainly = 0;
  const models = fc.constantFrom("m", "gpt-5", "gemini-3-pro", "claude-3-5-haiku-latest", "claude-opus-5-5");
  await fc.assert(
    fc.asyncProperty(request, models, fc.boolean(), async (asked, model, stream) => {
      const dialect = parts();
      const loading = dialect.load?.(asked);
      if (loading === undefined) plainly++;
      await loading;
      expect(written(dialect, asked, { model, stream })).toBe(written(whole, asked, { model, stream }));
    }),
  );
  expect(plainly).toBeGreaterThan(0);
});

function written(dialect: CallingDialect, asked: ChatRequest, target: CallTarget): string {
  try {
    return JSON.stringify(dialect.writeRequest(asked, target));
  } catch (error) {
    return String(error);
  }
}

test.each<OpenAiChatQuirks>([
  { maxTokensField: "max_tokens", streamOptions: false },
  { seedField: "random_seed", goOn: "prefix", sendReasoning: "thinking", history: "mistral" },
  { goOn: "continue_final_message", textParts: false, topK: true, user: false },
])("openai-chat's requests are the same with %j", (quirks) =>
  fc.assert(
    fc.asyncProperty(request, async (asked) => {
      const dialect = openAiChatInParts(quirks);
      await dialect.load?.(asked);
      const target = { model: "m", stream: true };
      expect(written(dialect, asked, target)).toBe(written(openAiChatCalling(quirks), asked, target));
    }),
  ),
);

test("a plain history is one that every service takes as it is", () =>
  fc.assert(
    fc.property(request, fc.constantFrom(ANTHROPIC_HISTORY, GEMINI_HISTORY, BEDROCK_HISTORY), (asked, rules) => {
      fc.pre(isPlainRequest(asked));
      const warnings: never[] = [];
      expect(prepareHistory(asked.messages, { ...rules, userLast: true }, warnings).messages).toEqual(asked.messages);
      expect(warnings).toEqual([]);
    }),
  ));
