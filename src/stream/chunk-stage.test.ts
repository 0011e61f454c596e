import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { trickyText } from "../../test/laws/arbitrary-answer.js";
import { collect } from "../../test/support/collect.js";
import { splitTokens } from "../base/token-estimate.js";
import type { ChatEvent } from "./chat-event.js";
import { ChatStream } from "./chat-stream.js";
import type { ChunkUnit } from "./chunk-unit.js";

async function chunks(pieces: string[], n: number, unit: ChunkUnit): Promise<string[]> {
  const events: ChatEvent[] = [
    { type: "start", id: "a", model: "m" },
    ...pieces.map((text): ChatEvent => ({ type: "text-delta", text })),
    { type: "finish", reason: "stop", usage: {} },
  ];
  return collect(ChatStream.from(events).chunked(n, unit).text);
}

describe("chunked", () => {
  test.each<[ChunkUnit, string[]]>([
    ["token", ["The answer", " is 123", "45,", " isn'", "t it", "?"]],
    ["word", ["The answer ", "is 12345, ", "isn't it?"]],
    ["char", ["Th", "e ", "an", "sw", "er", " i", "s ", "12", "34", "5,", " i", "sn", "'t", " i", "t?"]],
  ])("by 2 %ss", async (unit, expected) => {
    expect(await chunks(["The answer is 1", "2345, is", "n't it?"], 2, unit)).toEqual(expected);
  });

  test("never cuts inside a surrogate pair, even when the model did", async () => {
    expect(await chunks(["a\ud83d", "\ude00b"], 1, "char")).toEqual(["a", "😀", "b"]);
  });

  test("gives the same chunks however the text arrived, and every one but the last is full", () =>
    fc.assert(
      fc.asyncProperty(fc.array(trickyText), fc.integer({ min: 1, max: 5 }), async (pieces, n) => {
        for (const unit of ["token", "word", "char"] as const) {
          const cut = await chunks(pieces, n, unit);
          expect(cut.join("")).toBe(pieces.join(""));
          expect(await chunks([pieces.join("")], n, unit)).toEqual(cut);
          if (unit === "char") for (const chunk of cut.slice(0, -1)) expect([...chunk]).toHaveLength(n);
        }
      }),
    ));

  test.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])("refuses %s units a chunk", (n) => {
    expect(() => ChatStream.from([]).chunked(n)).toThrow(
      expect.objectContaining({ code: "invalid-argument", field: "n" }),
    );
  });

  test("refuses a unit that does not exist, with those that do", () => {
    expect(() => ChatStream.from([]).chunked(1, "line" as ChunkUnit)).toThrow(
      'unit: found "line"; allowed: token, word, char',
    );
  });
});

describe("splitTokens", () => {
  test("loses nothing", () =>
    fc.assert(
      fc.property(trickyText, (text) => {
        expect(splitTokens(text).join("")).toBe(text);
      }),
    ));

  test("cuts as the common vocabularies do, about", () => {
    expect(splitTokens("Hello world, it's 2025!\n\n你好 naïve")).toEqual([
      "Hello",
      " world",
      ",",
      " it",
      "'",
      "s",
      " 202",
      "5",
      "!",
      "\n\n",
      "你",
      "好",
      " naïve",
    ]);
  });
});
