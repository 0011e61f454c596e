import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { trickyText } from "../../../test/laws/arbitrary-answer.js";
import { cuts, recut } from "../../../test/laws/recut.js";
import type { Frame, FrameReader } from "./frame.js";
import { NdjsonReader } from "./ndjson-reader.js";
import { SseReader } from "./sse-reader.js";
import { writeNdjson, writeSse } from "./write-frame.js";

function read(reader: FrameReader, pieces: Uint8Array[]): Frame[] {
  const frames: Frame[] = [];
  const emit = (frame: Frame) => void frames.push(frame);
  for (const piece of pieces) reader.push(piece, emit);
  reader.end(emit);
  return frames;
}

const bytes = (text: string) => new TextEncoder().encode(text);
const sse = (text: string) => read(new SseReader(), [bytes(text)]);
const ndjson = (text: string) => read(new NdjsonReader(), [bytes(text)]);

describe("server-sent events, by the standard's grammar", () => {
  test.each<[string, string, Frame[]]>([
    [
      "the example with a comment",
      ": test\n\ndata: first\nid: 1\n\ndata:second\nid\n\ndata:  third\n\n",
      [{ data: "first", id: "1" }, { data: "second", id: "" }, { data: " third" }],
    ],
    ["the example of data that adds up", "data\n\ndata\ndata\n\ndata:", [{ data: "" }, { data: "\n" }]],
    ["data with and without its space", "data:test\n\ndata: test\n\n", [{ data: "test" }, { data: "test" }]],
    ["several lines", "data: YHOO\ndata: +2\ndata: 10\n\n", [{ data: "YHOO\n+2\n10" }]],
    [
      "event types, forgotten after each event",
      "event: add\ndata: 1\n\ndata: 2\n\n",
      [{ data: "1", event: "add" }, { data: "2" }],
    ],
    ["an event without data is none", "event: add\nid: 7\n\ndata: x\n\n", [{ data: "x" }]],
    ["CR and CRLF", "data: a\r\rdata: b\r\n\r\ndata: c\n\r", [{ data: "a" }, { data: "b" }, { data: "c" }]],
    ["a byte order mark", "\ufeffdata: a\n\n", [{ data: "a" }]],
    ["unknown fields", "foo: bar\ndatax: 1\ndata: a\n\n", [{ data: "a" }]],
    ["an event that never ended", "data: a\n\ndata: b\n", [{ data: "a" }]],
    [
      "NUL padding",
      "\0\0\n\0data: a\n\n\0\0: hi\n\0event: b\ndata: c\n\n\0",
      [{ data: "a" }, { data: "c", event: "b" }],
    ],
    ["an id with a NUL", "id: 1\0\ndata: a\n\n", [{ data: "a" }]],
  ])("%s", (_title, text, frames) => {
    expect(sse(text)).toEqual(frames);
  });

  test("keeps the last event id and the reconnection time", () => {
    const reader = new SseReader();
    read(reader, [bytes("id: 41\ndata: x\n\nid: 42\n\nretry: 1500\nretry: soon\n\n")]);
    expect(reader.lastEventId).toBe("42");
    expect(reader.retry).toBe(1500);
  });

  test("reads what it writes", () =>
    fc.assert(
      fc.property(fc.array(trickyText), cuts, (payloads, at) => {
        const frames = payloads.map((data) => ({ data: data.replace(/\r\n?/g, "\n"), event: "add" }));
        const pieces = recut(bytes(frames.map(writeSse).join("")), at);
        expect(read(new SseReader(), pieces)).toEqual(frames);
      }),
    ));
});

describe("NDJSON", () => {
  test("lines, blank lines, CRLF, and a last line without its end", () => {
    expect(ndjson('\0\0\n\0{"a":1}\n\n  \n{"b":2}\r\n{"c":3}')).toEqual([
      { data: '{"a":1}' },
      { data: '{"b":2}' },
      { data: '{"c":3}' },
    ]);
  });

  test("reads what it writes", () =>
    fc.assert(
      fc.property(fc.array(fc.json()), cuts, (lines, at) => {
        const frames = lines.map((data) => ({ data }));
        expect(read(new NdjsonReader(), recut(bytes(frames.map(writeNdjson).join("")), at))).toEqual(frames);
      }),
    ));
});

describe.each([
  ["SSE", () => new SseReader(), () => new SseReader({ maxFrameLength: 1_000 })],
  ["NDJSON", () => new NdjsonReader(), () => new NdjsonReader({ maxFrameLength: 1_000 })],
])("%s frames", (_name, make, bounded) => {
  const grammar = fc.oneof(
    fc.constantFrom("data: ", "data", ":", "\n", "\r", "\r\n", "id: 1", "event: é", "😀"),
    trickyText,
  );

  test("are the same wherever the bytes are cut", () =>
    fc.assert(
      fc.property(fc.array(grammar), cuts, (parts, at) => {
        const all = bytes(parts.join(""));
        expect(read(make(), recut(all, at))).toEqual(read(make(), [all]));
        expect(
          read(
            make(),
            Array.from(all, (byte) => new Uint8Array([byte])),
          ),
        ).toEqual(read(make(), [all]));
      }),
    ));

  test("are bounded, whole or in drips", () => {
    const long = bytes(`data: ${"x".repeat(2_000)}`);
    const tooLarge = expect.objectContaining({ code: "frame-too-large" });
    expect(() => read(bounded(), [long, bytes("\n\n")])).toThrow(tooLarge);
    expect(() =>
      read(
        bounded(),
        Array.from(long, (byte) => new Uint8Array([byte])),
      ),
    ).toThrow(tooLarge);
    const lines = bytes(`data: ${"x".repeat(90)}\n`.repeat(20));
    if (_name === "SSE") expect(() => read(bounded(), [lines])).toThrow(tooLarge);
  });
});
