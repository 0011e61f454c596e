import fc from "fast-check";
import { expect, test } from "vitest";
import type { ChatEvent } from "../../../src/stream/chat-event.js";
import { Transcript } from "../../../src/stream/transcript.js";
import { AnswerLog } from "./answer-log.js";

const plain: fc.Arbitrary<ChatEvent> = fc.oneof(
  fc.record({ type: fc.constant("text-delta" as const), text: fc.string(), block: fc.constantFrom(0, 1) }),
  fc.record({ type: fc.constant("reasoning-delta" as const), text: fc.string() }),
  fc.record({
    type: fc.constant("reasoning-delta" as const),
    text: fc.string(),
    opaque: fc.constant({ dialect: "anthropic", data: "x" }),
  }),
  fc.constant<ChatEvent>({ type: "tool-input-delta", callId: "c1", name: "t", delta: "{}" }),
  fc.constant<ChatEvent>({ type: "tool-call", callId: "c1", name: "t", input: {} }),
  fc.constant<ChatEvent>({ type: "usage", usage: { outputTokens: 1 } }),
  fc.constant<ChatEvent>({ type: "source", source: { kind: "url", url: "https://example.com" } }),
);
const event = fc.oneof(
  plain,
  fc.record({ type: fc.constant("nested" as const), from: fc.constantFrom("a", "b"), event: plain }),
);

test("what is kept makes the same messages, and the same streams", () => {
  fc.assert(
    fc.property(fc.array(event), (events) => {
      const log = new AnswerLog();
      const [whole, kept] = [new Transcript(true), new Transcript(true)];
      for (const one of events) {
        log.push(one);
        whole.push(one);
      }
      for (const one of log.events) kept.push(one);
      expect(kept.messages).toEqual(whole.messages);
      expect(textIn(log.events, "a")).toBe(textIn(events, "a"));
    }),
  );
});

test("an answer of many deltas is a few events", () => {
  const log = new AnswerLog();
  log.push({ type: "start", id: "1", model: "m" });
  for (let i = 0; i < 10_000; i++) {
    log.push({ type: "text-delta", text: "a" });
    log.push({ type: "nested", from: "inner", event: { type: "text-delta", text: "b" } });
  }
  expect(log.events).toHaveLength(3);
});

function textIn(events: readonly ChatEvent[], from: string): string {
  return events
    .map((one) => (one.type === "nested" && one.from === from && one.event.type === "text-delta" ? one.event.text : ""))
    .join("");
}
