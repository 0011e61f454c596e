import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { collect } from "../../test/support/collect.js";
import type { ChatEvent } from "./chat-event.js";
import { ChatStream } from "./chat-stream.js";
import { LineEnds } from "./line-ends.js";

const start: ChatEvent = { type: "start", id: "1", model: "m" };
const finish: ChatEvent = { type: "finish", reason: "stop", usage: {} };
const text = (said: string, block?: number): ChatEvent => ({
  type: "text-delta",
  text: said,
  ...(block !== undefined && { block }),
});
const thought = (said: string): ChatEvent => ({ type: "reasoning-delta", text: said });
const input = (callId: string, delta: string): ChatEvent => ({ type: "tool-input-delta", callId, name: "t", delta });
const between = async (...events: ChatEvent[]) =>
  (await collect(ChatStream.from([start, ...events, finish]))).slice(1, -1);

describe("deltas are well-formed", () => {
  test("half a character waits for its other half", async () => {
    expect(await between(text("a\ud83d"), text("\ude00b"))).toEqual([text("a"), text("😀b")]);
    expect(await between(text("\ud83d"), text("\ude00"))).toEqual([text("😀")]);
    expect(await between(thought("\ud83d"), thought("\ude00"))).toEqual([thought("😀")]);
  });

  test("whatever comes in between, part by part", async () => {
    const usage: ChatEvent = { type: "usage", usage: { outputTokens: 1 } };
    expect(await between(text("\ud83d", 0), usage, text("x\ud83d", 1), text("\ude00", 0), text("\ude01", 1))).toEqual([
      usage,
      text("x", 1),
      text("😀", 0),
      text("😁", 1),
    ]);
    const call: ChatEvent = { type: "tool-call", callId: "1", name: "t", input: {} };
    expect(await between(input("1", '"\ud83d'), input("1", '\ude00"'), call)).toEqual([
      input("1", '"'),
      input("1", '😀"'),
      call,
    ]);
  });

  test("half of one that never comes is replaced, and so is one within a text", async () => {
    expect(await between(text("a\ud83d"))).toEqual([text("a"), text("\ufffd")]);
    expect(await between(text("a\ude00b\ud83dc"))).toEqual([text("a\ufffdb\ufffdc")]);
    const opaque = { dialect: "x", data: 1 };
    expect(await between({ type: "text-delta", text: "a\ud83d", opaque })).toEqual([
      { type: "text-delta", text: "a\ufffd", opaque },
    ]);
    const retract: ChatEvent = { type: "retract", reason: "again" };
    expect(await between(text("a\ud83d"), retract, start, text("b"))).toEqual([text("a"), retract, start, text("b")]);
  });

  test("wherever a text is cut, its deltas are whole and join to it", () =>
    fc.assert(
      fc.asyncProperty(fc.string({ unit: "binary" }), fc.integer({ min: 1, max: 3 }), async (whole, size) => {
        const pieces: ChatEvent[] = [];
        for (let at = 0; at < whole.length; at += size) pieces.push(text(whole.slice(at, at + size)));
        const stream = ChatStream.from([start, ...pieces, finish]);
        const said = (await collect(stream)).flatMap((event) => (event.type === "text-delta" ? [event.text] : []));
        expect(said.every((delta) => delta.isWellFormed())).toBe(true);
        expect(said.join("")).toBe(whole.toWellFormed());
        expect(await stream.fullText).toBe(said.join(""));
      }),
      { numRuns: 100 },
    ));
});

test("line ends are one character, wherever they are cut", () => {
  const whole = "a\r\nb\rc\n\r\n\r\r\nd\r";
  for (let size = 1; size < 4; size++) {
    const lines = new LineEnds();
    let out = "";
    for (let at = 0; at < whole.length; at += size) out += lines.push(whole.slice(at, at + size));
    expect(out).toBe("a\nb\nc\n\n\n\nd\n");
  }
});
