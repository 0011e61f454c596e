import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ChatEvent } from "../../src/stream/chat-event.js";
import { ChatStream } from "../../src/stream/chat-stream.js";
import { SluiceError } from "../../src/stream/error.js";
import type { Stage } from "../../src/stream/stage.js";
import { collect } from "../support/collect.js";
import { arbitraryAnswer } from "./arbitrary-answer.js";
import { summarise, textOfEvents } from "./summary.js";

/** What is known of a stage beside that it keeps the laws. */
export interface StageUnderTest {
  /** Whether the text that comes out is the text that went in. Default true. */
  lossless?: boolean;
}

const answers = arbitraryAnswer({ reasoning: true, toolCalls: true, refusals: true, sources: true });

/** Puts a stage through the laws of the stream. */
export function stageLaws(name: string, make: () => Stage, under: StageUnderTest = {}): void {
  streamLaws(name, (stream) => stream.through(make()), under);
}

/** The same for what stands in the way of a stream and is no stage: it waits, or ends the stream itself. */
export function streamLaws(
  name: string,
  wrap: (stream: ChatStream) => ChatStream,
  { lossless = true }: StageUnderTest = {},
): void {
  const run = (events: readonly ChatEvent[]) => collect(wrap(ChatStream.from(events)));

  describe(`the laws of the stream hold for ${name}`, () => {
    test("1: one start, one finish, and the last event is the finish", () =>
      fc.assert(
        fc.asyncProperty(answers, async (events) => {
          const out = await run(events);
          expect(out[0]?.type).toBe("start");
          expect(out.filter((event) => event.type === "finish")).toHaveLength(1);
          expect(out.at(-1)?.type).toBe("finish");
        }),
      ));

    test("1: when the source fails, what was held back goes out first and the error says what had arrived", () =>
      fc.assert(
        fc.asyncProperty(answers, async (events) => {
          const stream = wrap(ChatStream.from(failAfter(events)));
          const out: ChatEvent[] = [];
          const failure = await pour(stream, out);
          expect(failure).toMatchObject({ code: "overloaded", partial: { text: textOfEvents(out) } });
          if (lossless) expect(textOfEvents(out)).toBe(textOfEvents(events));
        }),
      ));

    test("3: how the text was cut into deltas does not change what is said", () =>
      fc.assert(
        fc.asyncProperty(answers, fc.infiniteStream(fc.integer({ min: 1, max: 9 })), async (events, sizes) => {
          const whole = summarise(await run(events));
          expect(summarise(await run(recutDeltas(events, sizes)))).toEqual(whole);
          if (lossless) expect(whole).toEqual(summarise(events));
        }),
      ));

    test("4: it reads no more than its reader asks for", async () => {
      let pulled = 0;
      const endless = (function* (): Generator<ChatEvent> {
        yield { type: "start", id: "endless", model: "m" };
        for (;;) {
          pulled++;
          yield { type: "text-delta", text: "some words and more. " };
        }
      })();
      const reader = wrap(ChatStream.from(endless))[Symbol.asyncIterator]();
      for (let i = 0; i < 10; i++) await reader.next();
      const before = pulled;
      await new Promise(setImmediate);
      expect(pulled).toBe(before);
      expect(pulled).toBeLessThan(200);
      await reader.return?.();
    });
  });
}

function* failAfter(events: readonly ChatEvent[]): Generator<ChatEvent> {
  yield* events.slice(0, -1);
  throw new SluiceError("overloaded", "too much to do", { retryable: true });
}

async function pour(stream: ChatStream, into: ChatEvent[]): Promise<unknown> {
  try {
    for await (const event of stream) into.push(event);
    return undefined;
  } catch (error) {
    return error;
  }
}

/** The same answer with its text and reasoning deltas cut into pieces of other sizes, never inside a surrogate pair. */
function recutDeltas(events: readonly ChatEvent[], sizes: Iterator<number>): ChatEvent[] {
  return events.flatMap((event) => {
    if (event.type !== "text-delta" && event.type !== "reasoning-delta") return [event];
    const characters = [...event.text];
    const pieces: ChatEvent[] = [];
    while (characters.length > 0) {
      pieces.push({ ...event, text: characters.splice(0, sizes.next().value ?? 1).join("") });
    }
    return pieces;
  });
}
