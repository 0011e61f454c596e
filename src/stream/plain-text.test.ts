import fc from "fast-check";
import { expect, test } from "vitest";
import { collect } from "../../test/support/collect.js";
import type { Batch } from "./batch-source.js";
import type { ChatEvent } from "./chat-event.js";
import { ChatStream } from "./chat-stream.js";
import { plainText } from "./plain-text.js";

const delta = (text: string): ChatEvent => ({ type: "text-delta", text });

test.each<[string, Batch]>([
  ["another kind of event", [delta("a"), { type: "reasoning-delta", text: "b" }]],
  ["two blocks", [delta("a"), { type: "text-delta", text: "b", block: 1 }]],
  ["a refusal", [delta("a"), { type: "text-delta", text: "b", refusal: true }]],
  ["state of the provider", [{ type: "text-delta", text: "b", opaque: { dialect: "x", data: 1 } }]],
  ["half a character", [delta("a\ud83d"), delta("\ude00")]],
])("is not found where there is %s", (_, batch) => {
  expect(plainText(batch)).toBeUndefined();
});

test("is the text of the batch and its block, also where the array is used again", () => {
  const batch: ChatEvent[] = [];
  for (const [a, b] of [
    ["Hel", "lo"],
    ["", "!"],
  ] as const) {
    batch.splice(0, 2, { type: "text-delta", text: a, block: 2 }, { type: "text-delta", text: b, block: 2 });
    expect(plainText(batch)).toEqual({ text: a + b, block: 2 });
    expect(plainText(batch)).toEqual({ text: a + b, block: 2 });
  }
});

test("an answer is kept alike however its deltas are batched", async () => {
  const texts = fc.array(fc.string({ unit: "grapheme", maxLength: 4 }), { maxLength: 12 });
  const kinds = fc.constantFrom("text-delta" as const, "reasoning-delta" as const);
  const deltas = fc.array(fc.record({ type: kinds, text: fc.string({ maxLength: 3 }), block: fc.nat({ max: 1 }) }));
  await fc.assert(
    fc.asyncProperty(deltas, texts, fc.array(fc.integer({ min: 1, max: 5 })), async (mixed, plain, cuts) => {
      const events: ChatEvent[] = [
        { type: "start", id: "1", model: "m" },
        ...mixed,
        ...plain.map(delta),
        { type: "finish", reason: "stop", usage: {} },
      ];
      const batches = events.slice();
      const next = (size: number) => (batches.length === 0 ? undefined : batches.splice(0, size));
      const sizes = cuts.values();
      const source = { next: () => next(sizes.next().value ?? 3), cancel() {} };
      const whole = new ChatStream(source);
      const seen = await collect(whole);
      expect(seen).toEqual(events);
      const one = ChatStream.from(events);
      await collect(one);
      expect(await whole.message).toEqual(await one.message);
      expect(whole.timing.deltas).toBe(one.timing.deltas);
    }),
  );
});
