import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseJson } from "../../src/base/json.js";
import { googleInteractions } from "../../src/dialects/google-interactions/google-interactions.js";
import { recogniseWire } from "../../src/dialects/recognise-wire.js";
import type { ChatEvent, FinishReason } from "../../src/stream/chat-event.js";
import { readWire } from "../laws/dialect-laws.js";
import { cuts, recut } from "../laws/recut.js";
import { summarise } from "../laws/summary.js";
import { haveRecordings, listRecordings, loadBody, loadStream } from "./load-recording.js";

const FOLDER = "google/interactions";

/** What a recording holds: why it ended, characters of its text, input and output tokens, and how many parts of a kind. */
type Expected = [
  reason: FinishReason,
  characters: number,
  usage: [number, number],
  parts: Readonly<Record<string, number>>,
];

const EXPECTED: Readonly<Record<string, Expected>> = {
  "basic.chunks.txt": ["stop", 91, [7, 141], { reasoning: 1, text: 1 }],
  "basic.json": ["stop", 64, [7, 51], { reasoning: 1, text: 1 }],
  "google-search.chunks.txt": [
    "stop",
    2406,
    [220, 1763],
    { reasoning: 1, text: 1, source: 14, "tool-call": 1, "tool-result": 1 },
  ],
  "google-search.json": [
    "stop",
    4022,
    [151, 1222],
    { reasoning: 1, text: 1, source: 18, "tool-call": 1, "tool-result": 1 },
  ],
  "structured-output.json": ["stop", 28, [8, 70], { reasoning: 1, text: 1 }],
  "tool-call-step1.chunks.txt": ["tool-calls", 0, [53, 80], { reasoning: 1, "tool-call": 1 }],
  "tool-call-step1.json": ["tool-calls", 0, [53, 56], { reasoning: 1, "tool-call": 1 }],
};
const STREAMS = Object.entries(EXPECTED).filter(([path]) => path.endsWith(".chunks.txt"));
const BODIES = Object.entries(EXPECTED).filter(([path]) => path.endsWith(".json"));

describe.skipIf(!haveRecordings())("recorded interactions", () => {
  test("all that there are are here", () => {
    expect(listRecordings(FOLDER)).toEqual(Object.keys(EXPECTED).map((path) => `${FOLDER}/${path}`));
  });

  test.each(STREAMS)("%s is a whole answer, wherever it is cut", (path, expected) => {
    const bytes = loadStream(`${FOLDER}/${path}`, "data");
    fc.assert(
      fc.property(cuts, (at) => {
        const { events, error } = readWire(googleInteractions, recut(bytes, at));
        expect(error).toBeUndefined();
        expect(found(events)).toEqual(expected);
      }),
      { numRuns: 10 },
    );
    expect(recogniseWire(loadBody(`${FOLDER}/${path}`)).dialect).toBe(googleInteractions);
  });

  test.each(STREAMS)("%s, cut off in the middle, is truncated", (path) => {
    const bytes = loadStream(`${FOLDER}/${path}`, "data");
    const { error } = readWire(googleInteractions, [bytes.subarray(0, Math.floor(bytes.length / 2))]);
    expect(error).toMatchObject({ code: "truncated", retryable: true });
  });

  test.each(BODIES)("%s is read as a whole body", (path, expected) => {
    expect(found(googleInteractions.readBody(parseJson(loadBody(`${FOLDER}/${path}`))))).toEqual(expected);
  });
});

function found(events: readonly ChatEvent[]): Expected {
  const { parts, reason = "other", usage } = summarise(events);
  const counts: Record<string, number> = {};
  for (const { type } of parts) counts[type] = (counts[type] ?? 0) + 1;
  const text = parts.map((part) => (part.type === "text" ? part.text : "")).join("");
  return [reason, text.length, [usage.inputTokens ?? -1, usage.outputTokens ?? -1], counts];
}
