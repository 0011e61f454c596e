import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isJsonObject, type JsonObject, type JsonValue, parseJson } from "../../src/base/json.js";
import { gemini } from "../../src/dialects/gemini/gemini.js";
import { recogniseWire } from "../../src/dialects/recognise-wire.js";
import type { ChatEvent, FinishReason } from "../../src/stream/chat-event.js";
import { readWire, writeWire } from "../laws/dialect-laws.js";
import { cuts, recut } from "../laws/recut.js";
import { summarise, textOfEvents } from "../laws/summary.js";
import { countParts } from "./count-parts.js";
import { isOfSubstance } from "./is-of-substance.js";
import { haveRecordings, listRecordings, loadBody, loadStream } from "./load-recording.js";

/** What a recording holds; nothing of a kind where it is absent. */
interface Expected {
  reason: FinishReason;
  /** Of the answer's text. */
  characters: number;
  /** Input and output tokens. */
  usage: [number, number];
  /** Tokens of them. */
  thoughts?: number;
  toolCalls?: number;
  reasoning?: number;
  /** Parts with a thought signature. */
  signed?: number;
}

const STREAMS: Readonly<Record<string, Expected>> = {
  "google/google-reasoning-gemini3.chunks.txt": {
    reason: "stop",
    characters: 55,
    usage: [9, 325],
    thoughts: 302,
    signed: 1,
  },
  "google/google-reasoning.chunks.txt": { reason: "stop", characters: 79, usage: [9, 285], thoughts: 256, signed: 1 },
  "google/google-stream-no-args-tool-call.chunks.txt": {
    reason: "tool-calls",
    characters: 0,
    usage: [249, 241],
    thoughts: 183,
    toolCalls: 4,
    reasoning: 1,
    signed: 1,
  },
  "google/google-stream-tool-call-arguments.chunks.txt": {
    reason: "tool-calls",
    characters: 0,
    usage: [26, 155],
    thoughts: 132,
    toolCalls: 2,
    signed: 1,
  },
  "google/google-text.chunks.txt": { reason: "stop", characters: 55, usage: [9, 208], thoughts: 185, signed: 1 },
  "google/google-tool-call-gemini3.chunks.txt": {
    reason: "tool-calls",
    characters: 0,
    usage: [29, 819],
    thoughts: 804,
    toolCalls: 1,
    signed: 1,
  },
  "google/google-tool-call.chunks.txt": {
    reason: "tool-calls",
    characters: 0,
    usage: [29, 60],
    thoughts: 45,
    toolCalls: 1,
    signed: 1,
  },
  "google/google-vertex-stream-tool-call-arguments-nested.1.chunks.txt": {
    reason: "tool-calls",
    characters: 0,
    usage: [31, 1710],
    thoughts: 1026,
    toolCalls: 1,
    signed: 1,
  },
  "prism-php/gemini/stream-basic-text-1.sse": { reason: "stop", characters: 194, usage: [21, 47] },
  "prism-php/gemini/stream-with-multiple-tools-2.json": {
    reason: "stop",
    characters: 114,
    usage: [245, 134],
    thoughts: 100,
    signed: 1,
  },
  "prism-php/gemini/stream-with-tools-1.json": {
    reason: "tool-calls",
    characters: 0,
    usage: [109, 158],
    thoughts: 144,
    toolCalls: 1,
    signed: 1,
  },
  "prism-php/gemini/stream-with-tools-2.json": { reason: "stop", characters: 79, usage: [159, 22] },
  "prism-php/gemini/stream-with-tools-thought-1.json": {
    reason: "tool-calls",
    characters: 0,
    usage: [131, 110],
    thoughts: 95,
    toolCalls: 1,
    reasoning: 1,
    signed: 1,
  },
  "prism-php/gemini/stream-with-tools-thought-2.json": { reason: "stop", characters: 177, usage: [278, 44] },
};

const BODIES: Readonly<Record<string, Expected>> = {
  "google/google-reasoning-gemini3.json": { reason: "stop", characters: 79, usage: [9, 287], thoughts: 258, signed: 1 },
  "google/google-reasoning.json": { reason: "stop", characters: 79, usage: [9, 311], thoughts: 282, signed: 1 },
  "google/google-text.json": { reason: "stop", characters: 78, usage: [9, 272], thoughts: 244, signed: 1 },
  "google/google-tool-call-gemini3.json": {
    reason: "tool-calls",
    characters: 0,
    usage: [29, 1816],
    thoughts: 1801,
    toolCalls: 1,
    signed: 1,
  },
  "google/google-tool-call.json": {
    reason: "tool-calls",
    characters: 0,
    usage: [29, 908],
    thoughts: 893,
    toolCalls: 1,
    signed: 1,
  },
};

/** Recordings of Google's that are no answers of this protocol: vectors, and interactions, which have a test of their own. */
const OTHERS = /embedding|\/interactions\//;

describe.skipIf(!haveRecordings())("recorded answers of Gemini", () => {
  test("all that there are are here", () => {
    const known = [...Object.keys(STREAMS), ...Object.keys(BODIES)];
    const found = ["google", "google-vertex", "prism-php/gemini"].flatMap(listRecordings);
    expect(found.filter((path) => !OTHERS.test(path) && !known.includes(path))).toEqual([]);
  });

  test.each(Object.entries(STREAMS))("%s is a whole answer, wherever it is cut", (path, expected) => {
    const bytes = stream(path);
    fc.assert(
      fc.property(cuts, (at) => {
        const { events, error } = readWire(gemini, recut(bytes, at));
        expect(error).toBeUndefined();
        expect(found(events)).toEqual(expected);
      }),
      { numRuns: Math.max(3, Math.min(25, Math.floor(500_000 / bytes.length))) },
    );
  });

  test.each(Object.keys(STREAMS))("%s is recognised as it lies there", (path) => {
    expect(recogniseWire(loadBody(path)).dialect).toBe(gemini);
  });

  test.each(Object.entries(BODIES))("%s is read as a whole body", (path, expected) => {
    expect(found(gemini.readBody(parseJson(loadBody(path))))).toEqual(expected);
  });

  test.each(Object.keys(STREAMS))("%s, cut off in the middle, is truncated, with what had arrived", (path) => {
    const bytes = stream(path);
    const { events, error } = readWire(gemini, [bytes.subarray(0, Math.floor(bytes.length / 2))]);
    expect(error).toMatchObject({ code: "truncated", retryable: true });
    expect(textOfEvents(readWire(gemini, [bytes]).events).startsWith(textOfEvents(events))).toBe(true);
  });

  test.each([...Object.keys(STREAMS), ...Object.keys(BODIES)])("%s goes back to Google as it came", (path) => {
    const { parts } = summarise(eventsOf(path));
    const messages = [
      { role: "user" as const, content: "Hi" },
      { role: "assistant" as const, content: parts },
    ];
    const { body, warnings } = gemini.writeRequest({ messages }, { model: "gemini-2.5-flash", stream: true });
    const contents = [
      { role: "user", parts: [{ text: "Hi" }] },
      { role: "model", parts: wireParts(path) },
    ];
    // Calls that are still open are answered behind it.
    expect(Array.isArray(body.contents) && body.contents.slice(0, 2)).toEqual(contents);
    expect(warnings.filter(isOfSubstance)).toEqual([]);
  });

  test.each([...Object.keys(STREAMS), ...Object.keys(BODIES)])("%s is the same once it was served", (path) => {
    const events = eventsOf(path);
    const context = { model: "m", request: { messages: [] } };
    const served = readWire(gemini, [writeWire(gemini, events, context)]);
    expect(served.error).toBeUndefined();
    expect({ ...summarise(served.events), toolInputs: {} }).toEqual({ ...summarise(events), toolInputs: {} });
  });

  test("streamed arguments are put together, with what they hold at every depth", () => {
    const { parts, toolInputs } = summarise(
      eventsOf("google/google-vertex-stream-tool-call-arguments-nested.1.chunks.txt"),
    );
    const [call] = parts;
    if (call?.type !== "tool-call") throw new Error("there is no call");
    expect(call).toMatchObject({
      name: "cookRecipe",
      input: { recipe: { name: "Lasagna", ingredients: expect.any(Array), steps: expect.any(Array) } },
    });
    expect(call.input).toMatchObject({
      recipe: { ingredients: { 3: { amount: "3 cups", name: "Mozzarella cheese" } } },
    });
    expect(toolInputs).toEqual({ [call.callId]: call.input });
  });
});

function eventsOf(path: string): ChatEvent[] {
  if (Object.hasOwn(BODIES, path)) return gemini.readBody(parseJson(loadBody(path)));
  return readWire(gemini, [stream(path)]).events;
}

/** The parts of a recording as a history has them: text that goes on is one, arguments that were streamed are whole. */
function wireParts(path: string): JsonValue[] {
  const chunks = Object.hasOwn(BODIES, path) ? [parseJson(loadBody(path))] : chunksOf(path);
  const parts: JsonObject[] = [];
  for (const part of chunks.flatMap(partsOf)) {
    const before = parts.at(-1);
    const plain = Object.keys(part).every((key) => key === "text" || key === "thought");
    if (part.text === "" && plain) continue;
    const goesOn = plain && before !== undefined && !("thoughtSignature" in before) && before.thought === part.thought;
    if (goesOn && typeof before.text === "string") before.text = `${before.text}${part.text}`;
    else if (isJsonObject(part.functionCall)) addCall(parts, part, part.functionCall);
    else parts.push({ ...part });
  }
  return parts;
}

function addCall(parts: JsonObject[], part: JsonObject, call: JsonObject): void {
  if (call.name !== undefined) {
    parts.push({ ...part, functionCall: { name: call.name, args: call.args ?? {} } });
    return;
  }
  // What a streamed call holds is checked by itself.
  const before = parts.at(-1);
  if (Array.isArray(call.partialArgs) && before !== undefined) {
    before.functionCall = { ...(before.functionCall as JsonObject), args: expect.any(Object) };
  }
}

function chunksOf(path: string): JsonValue[] {
  const lines = new TextDecoder().decode(stream(path)).split("\n");
  return lines.filter((line) => line.startsWith("data: ")).map((line) => parseJson(line.slice("data: ".length)));
}

function partsOf(chunk: JsonValue): JsonObject[] {
  const { candidates } = chunk as { candidates?: { content: { parts: JsonObject[] } }[] };
  return candidates?.[0]?.content.parts ?? [];
}

/** A recorded stream; the recorder of one dropped the line ends after its last event. */
function stream(path: string): Uint8Array {
  return new TextEncoder().encode(`${new TextDecoder().decode(loadStream(path, "data"))}\n\n`);
}

function found(events: readonly ChatEvent[]): Expected {
  const { parts, reason, usage } = summarise(events);
  const { inputTokens = -1, outputTokens = -1, reasoningTokens: thoughts, ...others } = usage;
  expect(others).toEqual({});
  const counts = countParts(parts, { toolCalls: "tool-call", reasoning: "reasoning" });
  const signed = parts.filter((part) => "opaque" in part && part.opaque !== undefined).length;
  return {
    reason: reason ?? "other",
    characters: textOfEvents(events).length,
    usage: [inputTokens, outputTokens],
    ...(thoughts !== undefined && { thoughts }),
    ...counts,
    ...(signed > 0 && { signed }),
  };
}
