import fc from "fast-check";
import { expect, test } from "vitest";
import { trickyText } from "../../test/laws/arbitrary-answer.js";
import type { Batch } from "../stream/batch-source.js";
import type { ChatEvent, Emit } from "../stream/chat-event.js";
import type { ChatModel } from "../stream/chat-model.js";
import { ChatStream } from "../stream/chat-stream.js";
import { guard } from "./guard.js";
import { pii } from "./pii/pii.js";
import { scrubStage } from "./pii/scrub-text.js";

const ASK = { messages: [{ role: "user" as const, content: "Hi" }] };

/** A model whose answer comes in these reads. */
function modelOf(reads: readonly Batch[]): ChatModel {
  const start: ChatEvent = { type: "start", id: "1", model: "plain" };
  const finish: ChatEvent = { type: "finish", reason: "stop", usage: {} };
  return {
    id: "plain",
    stream(_, { retain } = {}) {
      const all: Batch[] = [[start], ...reads, [finish]];
      return new ChatStream({ next: () => all.shift(), cancel() {} }, { retain });
    },
  };
}

const personal = fc.constantFrom(
  "anna@example.com",
  " +49 170 1234567 ",
  "DE89 3704 0044 0532 0130 00",
  ", ",
  '{"a": "',
);
const pieces = fc.array(fc.record({ text: fc.oneof(personal, trickyText), block: fc.constantFrom(undefined, 1, 2) }), {
  maxLength: 12,
});

/** The text of each block, scrubbed. */
async function scrubbed(reads: readonly Batch[]): Promise<Record<string, string>> {
  const texts: Record<string, string> = {};
  for await (const event of guard(modelOf(reads), pii({ locales: ["de"] })).stream(ASK)) {
    if (event.type === "text-delta") texts[`${event.block}`] = (texts[`${event.block}`] ?? "") + event.text;
  }
  return texts;
}

/** The same, event by event through the stage itself. */
function scrubbedByStage(deltas: readonly ChatEvent[]): Record<string, string> {
  const texts: Record<string, string> = {};
  const stage = scrubStage({ locales: ["de"] });
  const emit: Emit = (event) => {
    if (event.type === "text-delta") texts[`${event.block}`] = (texts[`${event.block}`] ?? "") + event.text;
  };
  for (const delta of deltas) stage.push(delta, emit);
  stage.end?.(emit);
  return texts;
}

test("what is scrubbed does not depend on which deltas arrive together", async () => {
  await fc.assert(
    fc.asyncProperty(pieces, fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1 }), async (all, sizes) => {
      const deltas = all.map(
        ({ text, block }): ChatEvent => ({ type: "text-delta", text, ...(block !== undefined && { block }) }),
      );
      const together: Batch[] = [];
      for (let at = 0, n = 0; at < deltas.length; n++) {
        const size = sizes[n % sizes.length] ?? 1;
        together.push(deltas.slice(at, at + size));
        at += size;
      }
      expect(await scrubbed(together)).toEqual(await scrubbed(deltas.map((delta) => [delta])));
      expect(await scrubbed(together)).toEqual(scrubbedByStage(deltas));
    }),
    { numRuns: 150 },
  );
});
