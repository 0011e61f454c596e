import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isJsonObject, type JsonObject, type JsonValue, parseJson } from "../../src/base/json.js";
import type { ReadingDialect } from "../../src/dialects/dialect.js";
import { DIALECTS, recogniseWire } from "../../src/dialects/recognise-wire.js";
import type { ChatEvent } from "../../src/stream/chat-event.js";
import { SluiceError } from "../../src/stream/error.js";
import type { ChatMessage, ToolResultPart } from "../../src/stream/message.js";
import { Transcript } from "../../src/stream/transcript.js";
import { validateRequest } from "../../src/stream/validate-request.js";
import { haveRecordings, listRecordings, loadBody } from "./load-recording.js";

/** What a field may hold where a provider errs: nothing, another type, a word that JavaScript has a meaning for. */
const ODD: readonly (JsonValue | undefined)[] = [
  undefined,
  null,
  "",
  "constructor",
  "toString",
  "__proto__",
  0,
  -1,
  1.5,
  1e300,
  true,
  [],
  {},
  [null],
  ["x"],
  [{}],
  { type: "constructor" },
];

/** Where in a recording, and what is put there. */
const damages = fc.array(
  fc.record({
    frame: fc.double({ min: 0, max: 0.999, noNaN: true }),
    place: fc.double({ min: 0, max: 0.999, noNaN: true }),
    value: fc.constantFrom(...ODD),
  }),
  { minLength: 1, maxLength: 3 },
);
type Damage = { frame: number; place: number; value: JsonValue | undefined };

interface Recorded {
  path: string;
  dialect: ReadingDialect;
  frames: JsonObject[];
}

/** Frames from the middle of long recordings are left out: they are alike. */
const KEPT = 20;

function recordedStreams(): Recorded[] {
  return listRecordings("").flatMap((path): Recorded[] => {
    if (!/\.(sse|json|txt)$/.test(path)) return [];
    try {
      const { dialect, frames } = recogniseWire(loadBody(path));
      const objects = frames.flatMap(({ data }) => (data === "[DONE]" ? [] : [parseJson(data)])).filter(isJsonObject);
      if (objects.length > 2 * KEPT) objects.splice(KEPT, objects.length - 2 * KEPT);
      return [{ path, dialect, frames: objects }];
    } catch (error) {
      if (error instanceof SluiceError || error instanceof SyntaxError) return [];
      throw error;
    }
  });
}

function damaged(frames: readonly JsonObject[], all: readonly Damage[]): JsonObject[] {
  const copy = structuredClone([...frames]);
  for (const { frame, place, value } of all) {
    const target = copy[Math.floor(frame * copy.length)];
    const places = target === undefined ? [] : placesIn(target);
    places[Math.floor(place * places.length)]?.(structuredClone(value));
  }
  return copy;
}

/** For each field or element at any depth, a function that puts something else there; `undefined` takes it away. */
function placesIn(value: JsonValue): ((other: JsonValue | undefined) => void)[] {
  if (Array.isArray(value)) {
    return value.flatMap((inner, index) => [
      (other) => {
        if (other === undefined) value.splice(index, 1);
        else value[index] = other;
      },
      ...placesIn(inner),
    ]);
  }
  if (!isJsonObject(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) => [
    (other) => {
      if (other === undefined) delete value[key];
      else value[key] = other;
    },
    ...placesIn(inner),
  ]);
}

/** What a reader makes of frames; anything thrown but a `SluiceError` is a bug. */
function read(dialect: ReadingDialect, frames: readonly JsonObject[]): { events: ChatEvent[]; error?: SluiceError } {
  const events: ChatEvent[] = [];
  const emit = (event: ChatEvent) => void events.push(event);
  const finished = () => events.at(-1)?.type === "finish";
  try {
    const reader = dialect.reader();
    for (const frame of frames) if (!finished()) reader.push({ data: JSON.stringify(frame) }, emit);
    if (!finished()) reader.end(emit);
    return { events };
  } catch (error) {
    if (error instanceof SluiceError) return { events, error };
    throw error;
  }
}

const REASONS = ["stop", "length", "tool-calls", "content-filter", "refusal", "pause", "other"];

/** A stream that keeps the laws, and a message that can be stored and sent back. */
function expectLawful(events: readonly ChatEvent[], error: SluiceError | undefined): void {
  const finishes = events.filter((event) => event.type === "finish");
  expect(finishes.length).toBe(error === undefined ? 1 : 0);
  if (events.length > 0) expect(events[0]?.type).toBe("start");
  for (const { reason, rawReason = "" } of finishes) {
    expect(REASONS).toContain(reason);
    expect(rawReason).toBeTypeOf("string");
  }
  for (const event of events) {
    if (event.type === "data") expect(event.name).not.toBe("");
    if (event.type === "start") expect(event.id).not.toBe("");
  }
}

function expectReturnable(events: readonly ChatEvent[]): void {
  const transcript = new Transcript(true);
  for (const event of events) transcript.push(event);
  const said = transcript.messages;
  if (said.length === 0) return;
  const messages: ChatMessage[] = [{ role: "user", content: "Hi" }, ...said, ...resultsFor(said)];
  validateRequest({ messages });
  for (const dialect of DIALECTS) {
    try {
      dialect.writeRequest({ messages }, { model: "model-1", stream: true });
    } catch (error) {
      expect(error).toBeInstanceOf(SluiceError);
    }
  }
}

function resultsFor(messages: readonly ChatMessage[]): ChatMessage[] {
  const content = messages.flatMap((message) =>
    message.role !== "assistant" || typeof message.content === "string"
      ? []
      : message.content.flatMap((part): ToolResultPart[] => {
          if (part.type !== "tool-call" || part.providerExecuted) return [];
          return [{ type: "tool-result", callId: part.callId, name: part.name, output: "done" }];
        }),
  );
  return content.length > 0 ? [{ role: "tool", content }] : [];
}

function raise(path: string): never {
  throw new Error(`no such recording: ${path}`);
}

describe.skipIf(!haveRecordings())("recorded streams in which something is not as it should be", () => {
  test("are read as far as they make sense, or are an error that says why", () => {
    const streams = new Map(recordedStreams().map((recorded) => [recorded.path, recorded]));
    expect(streams.size).toBeGreaterThan(100);
    fc.assert(
      fc.property(fc.constantFrom(...streams.keys()), damages, (path, all) => {
        const { dialect, frames } = streams.get(path) ?? raise(path);
        const { events, error } = read(dialect, damaged(frames, all));
        expectLawful(events, error);
        expectReturnable(events);
      }),
      { numRuns: 600 },
    );
  });
});
