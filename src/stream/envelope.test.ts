import fc from "fast-check";
import { expect, test } from "vitest";
import { parseJson } from "../base/json.js";
import type { ChatEvent } from "./chat-event.js";
import { type Envelope, endsRun, entryAfter, envelopeOf, seqAfter, stringifyEnvelope } from "./envelope.js";
import { SluiceError } from "./error.js";

const event: fc.Arbitrary<ChatEvent> = fc.oneof(
  fc.record({ type: fc.constant("text-delta" as const), text: fc.string() }),
  fc.record({ type: fc.constant("file" as const), mediaType: fc.constant("image/png"), data: fc.uint8Array() }),
  fc.record({ type: fc.constant("retract" as const), reason: fc.string() }),
);
const envelope: fc.Arbitrary<Envelope> = fc.record({
  run: fc.string({ minLength: 1 }),
  seq: fc.nat(),
  at: fc.nat(),
  events: fc.array(event, { minLength: 1, maxLength: 5 }),
});

test("an entry is the same after its text was written and read, bytes included", () => {
  fc.assert(
    fc.property(envelope, (entry) => {
      const text = stringifyEnvelope(entry);
      expect(text).not.toContain("\n");
      expect(envelopeOf(parseJson(text))).toEqual(entry);
    }),
    { numRuns: 50 },
  );
});

test("what an entry says after a number, and what it says up to there, is all of it", () => {
  fc.assert(
    fc.property(envelope, fc.nat(8), (entry, past) => {
      const after = entry.seq - 2 + past;
      const rest = entryAfter(entry, after);
      const events = rest !== undefined && "events" in rest ? rest.events : [];
      const all = "events" in entry ? entry.events : [];
      expect(events).toEqual(all.slice(Math.max(0, after + 1 - entry.seq)));
      if (rest !== undefined) expect(seqAfter(rest)).toBe(seqAfter(entry));
    }),
    { numRuns: 50 },
  );
});

test("an error is an entry of its own, whole, and the end", () => {
  const error = new SluiceError("overloaded", "busy", {
    retryable: true,
    partial: { text: "so far", toolCalls: [], usage: { outputTokens: 2 } },
  });
  const entry: Envelope = { run: "r", seq: 4, at: 5, error };
  const read = envelopeOf(parseJson(stringifyEnvelope(entry)));
  expect(read).toMatchObject({
    run: "r",
    seq: 4,
    error: { code: "overloaded", retryable: true, partial: error.partial },
  });
  expect(endsRun(read)).toBe(true);
  expect(seqAfter(read)).toBe(5);
});

test.each([
  ["[]", "an entry of a run"],
  ['{"run":"r","seq":-1,"at":0,"events":[{}]}', "seq"],
  ['{"run":"","seq":0,"at":0,"events":[{}]}', "run"],
  ['{"run":"r","seq":0,"at":0,"events":[]}', "events"],
  ['{"run":"r","seq":0,"at":0,"events":[{"type":"no-such"}]}', "type"],
])("%s is refused, naming %s", (text, named) => {
  expect(() => envelopeOf(parseJson(text))).toThrow(expect.objectContaining({ code: "malformed-frame" }));
  expect(() => envelopeOf(parseJson(text))).toThrow(named);
});
