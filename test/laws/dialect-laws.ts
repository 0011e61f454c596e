import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import type { JsonValue } from "../../src/base/json.js";
import type { Dialect, ReadingDialect, WriterContext } from "../../src/dialects/dialect.js";
import { WholeAnswer } from "../../src/dialects/whole-answer.js";
import type { ChatEvent } from "../../src/stream/chat-event.js";
import { SluiceError } from "../../src/stream/error.js";
import type { FrameReader } from "../../src/stream/framing/frame.js";
import { NdjsonReader } from "../../src/stream/framing/ndjson-reader.js";
import { SseReader } from "../../src/stream/framing/sse-reader.js";
import { writeNdjson, writeSse } from "../../src/stream/framing/write-frame.js";
import type { ChatMessage } from "../../src/stream/message.js";
import { Transcript } from "../../src/stream/transcript.js";
import { arbitraryAnswer, type Carries } from "./arbitrary-answer.js";
import { cuts, recut } from "./recut.js";
import { SERVICE_RULES } from "./service-rules.js";
import { type Summary, summarise, textOfEvents } from "./summary.js";

/** The events that a dialect reads from bytes, in pieces; an error ends them. */
export function readWire(
  dialect: ReadingDialect,
  pieces: readonly Uint8Array[],
): { events: ChatEvent[]; error?: SluiceError } {
  const events: ChatEvent[] = [];
  const emit = (event: ChatEvent) => void events.push(event);
  const reader = dialect.reader();
  const framing: FrameReader = dialect.framing === "sse" ? new SseReader() : new NdjsonReader();
  try {
    for (const piece of pieces) framing.push(piece, (frame) => reader.push(frame, emit));
    framing.end((frame) => reader.push(frame, emit));
    reader.end(emit);
    return { events };
  } catch (error) {
    if (error instanceof SluiceError) return { events, error };
    throw error;
  }
}

/** The bytes that a dialect writes for events. */
export function writeWire(dialect: Dialect, events: readonly ChatEvent[], context: WriterContext): Uint8Array {
  let text = "";
  const writer = dialect.writer(context);
  const encode = dialect.framing === "sse" ? writeSse : writeNdjson;
  const write = (frame: Parameters<typeof encode>[0]) => {
    text += encode(frame);
  };
  for (const event of events) writer.push(event, write);
  writer.end(write);
  return new TextEncoder().encode(text);
}

/** What is known of a dialect beside that it keeps the laws. */
export interface DialectUnderTest {
  carries: Carries;
  /** A request whose answer carries everything, such as one that asks for usage. */
  context?: WriterContext;
  /**
   * What it cannot say: the id of an answer, the arguments of a call piece by piece, that a count of cached or reasoning
   * tokens is not known, which is then 0, or a request of several turns.
   */
  lacks?: { id?: true; streamedInput?: true; unknownCounts?: true; conversations?: true };
  /** A whole body that is no answer, for the law that it is an error and not silence. */
  notAnAnswer?: JsonValue;
}

const CONTEXT: WriterContext = { model: "model-1", request: { messages: [{ role: "user", content: "Hi" }] } };

/** Puts a dialect through the laws of the stream, and both of its halves through each other. */
export function dialectLaws(
  dialect: Dialect,
  { carries, context: given = CONTEXT, lacks = {}, notAnAnswer = {} }: DialectUnderTest,
): void {
  // Two writers of one answer stamp it alike, whenever they run.
  const context: WriterContext = { created: 1_700_000_000, ...given };
  const answers = arbitraryAnswer(carries);
  const carried = (events: readonly ChatEvent[]) => withoutLacks(summarise(events), lacks);

  describe(`the laws of the stream hold for the dialect ${dialect.name}`, () => {
    test("3: what is written is read again, wherever the bytes are cut", () =>
      fc.assert(
        fc.property(answers, cuts, (events, at) => {
          const bytes = writeWire(dialect, events, context);
          const read = readWire(dialect, recut(bytes, at));
          expect(read.error).toBeUndefined();
          expect(carried(read.events)).toEqual(carried(events));
        }),
      ));

    test("a whole body says what the stream says", () =>
      fc.assert(
        fc.property(answers, (events) => {
          const collected = new WholeAnswer();
          for (const event of events) collected.push(event);
          if (collected.answer === undefined) throw new Error("an answer without a finish");
          const body = dialect.writeBody(collected.answer, context);
          const read = carried(dialect.readBody(JSON.parse(JSON.stringify(body))));
          const whole = carried(events);
          expect({ ...read, parts: merged(read), toolInputs: {} }).toEqual({
            ...whole,
            parts: merged(whole),
            toolInputs: {},
          });
        }),
      ));

    test("1: bytes that end early are an error, and what was read is the beginning of what was said", () =>
      fc.assert(
        fc.property(answers, fc.double({ min: 0, max: 0.999, noNaN: true }), (events, at) => {
          const bytes = writeWire(dialect, events, context);
          const read = readWire(dialect, [bytes.subarray(0, Math.floor(at * bytes.length))]);
          expect(textOfEvents(events).startsWith(textOfEvents(read.events))).toBe(true);
          const finished = read.events.some((event) => event.type === "finish");
          if (finished) expect(summarise(read.events).parts).toEqual(summarise(events).parts);
          else expect(read.error).toMatchObject({ code: expect.stringMatching(/^(truncated|malformed-frame)$/) });
        }),
      ));

    test("7: an answer that is twice as long costs twice as much to write and to read", () => {
      const cost = (deltas: number): number => {
        const events: ChatEvent[] = [
          { type: "start", id: "answer-1", model: "model-1" },
          ...Array.from({ length: deltas }, (): ChatEvent => ({ type: "text-delta", text: "word, ", block: 0 })),
          { type: "finish", reason: "stop", usage: {} },
        ];
        const counted = countJson(() => readWire(dialect, [writeWire(dialect, events, context)]));
        expect(counted.result.error).toBeUndefined();
        return counted.characters;
      };
      expect(cost(800) / cost(400)).toBeLessThan(2.2);
    });

    test.skipIf(lacks.conversations)("8: a history that was cut at any event is taken", () =>
      fc.assert(
        fc.property(answers, fc.nat(), (events, at) => {
          const transcript = new Transcript(true);
          for (const event of events.slice(0, 1 + (at % events.length))) transcript.push(event);
          const asked = { role: "user" as const, content: "Go on." };
          const messages: ChatMessage[] = [asked, ...transcript.messages, asked];
          const { body } = dialect.writeRequest({ messages }, { model: "model-1", stream: true });
          const refused = SERVICE_RULES[dialect.name]?.(JSON.parse(JSON.stringify(body))) ?? [];
          expect(refused).toEqual([]);
        }),
      ),
    );

    test("9: an answer that comes twice is told once, and each call with it", () =>
      fc.assert(
        fc.property(answers, (events) => {
          const bytes = writeWire(dialect, events, context);
          const once = readWire(dialect, [bytes]);
          const twice = readWire(dialect, [bytes, bytes]);
          expect(twice.error).toBeUndefined();
          expect(summarise(twice.events).parts).toEqual(summarise(once.events).parts);
          expect(twice.events.filter(({ type }) => type === "finish")).toHaveLength(1);
          expect(twice.events.filter(({ type }) => type === "tool-call")).toEqual(
            once.events.filter(({ type }) => type === "tool-call"),
          );
        }),
        { numRuns: 50 },
      ));

    test("an error in mid-stream is an error, with its message", () =>
      fc.assert(
        fc.property(answers, (events) => {
          const written = writeWire(dialect, events.slice(0, -1), context);
          const head = new TextDecoder().decode(written);
          const encode = dialect.framing === "sse" ? writeSse : writeNdjson;
          const writer = dialect.writer(context);
          let text = "";
          for (const event of events.slice(0, -1)) {
            writer.push(event, (frame) => {
              text += encode(frame);
            });
          }
          expect(head.startsWith(text)).toBe(true);
          writer.fail(new SluiceError("overloaded", "too much to do", { retryable: true }), (frame) => {
            text += encode(frame);
          });
          const read = readWire(dialect, [new TextEncoder().encode(text)]);
          expect(read.error?.message).toContain("too much to do");
          expect(textOfEvents(read.events)).toBe(textOfEvents(events));
        }),
        { numRuns: 30 },
      ));

    test("a frame that is not what the protocol says is an error that shows it", () => {
      const encode = dialect.framing === "sse" ? writeSse : writeNdjson;
      const read = readWire(dialect, [new TextEncoder().encode(encode({ data: "<html>oops</html>" }))]);
      expect(read.error).toMatchObject({ code: "malformed-frame", frame: "<html>oops</html>" });
      expect(() => dialect.readBody(notAnAnswer)).toThrow(expect.objectContaining({ code: "malformed-frame" }));
    });

    test("keys that could reach a prototype never do", () => {
      const encode = dialect.framing === "sse" ? writeSse : writeNdjson;
      const bytes = encode({ data: '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}' });
      readWire(dialect, [new TextEncoder().encode(bytes)]);
      expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    });
  });
}

/** Runs something, and counts the characters of JSON that it reads and writes. */
function countJson<T>(run: () => T): { result: T; characters: number } {
  const [parse, stringify] = [vi.spyOn(JSON, "parse"), vi.spyOn(JSON, "stringify")];
  try {
    const result = run();
    const read = parse.mock.calls.reduce((sum, [text]) => sum + text.length, 0);
    const written = stringify.mock.results.reduce((sum, { value }) => sum + String(value ?? "").length, 0);
    return { result, characters: read + written };
  } finally {
    parse.mockRestore();
    stringify.mockRestore();
  }
}

function withoutLacks(
  summary: Summary,
  { id, streamedInput, unknownCounts }: NonNullable<DialectUnderTest["lacks"]>,
): Summary {
  const { start, toolInputs, usage } = summary;
  return {
    ...summary,
    start: id && start !== undefined ? { ...start, id: "" } : start,
    toolInputs: streamedInput ? {} : toolInputs,
    usage: unknownCounts ? { cacheReadTokens: 0, reasoningTokens: 0, ...usage } : usage,
  };
}

/** Parts by kind with their text joined: a whole body has no order between kinds. */
function merged({ parts }: { parts: readonly { type: string }[] }): Record<string, unknown> {
  const kinds: Record<string, unknown[]> = {};
  for (const part of parts) {
    const kind = part.type === "text" && "refusal" in part ? "refusal" : part.type;
    kinds[kind] = [...(kinds[kind] ?? []), "text" in part ? part.text : part];
  }
  return Object.fromEntries(
    Object.entries(kinds).map(([kind, list]) => [
      kind,
      list.every((one) => typeof one === "string") ? list.join("") : list,
    ]),
  );
}
