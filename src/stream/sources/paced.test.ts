import { describe, expect, test } from "vitest";
import { ManualClock } from "../../../test/support/manual-clock.js";
import type { ChatEvent } from "../chat-event.js";
import { ChatStream } from "../chat-stream.js";
import { SluiceError } from "../error.js";
import { paced } from "./paced.js";

const start: ChatEvent = { type: "start", id: "1", model: "m" };
const finish: ChatEvent = { type: "finish", reason: "stop", usage: {} };
const text = (said: string): ChatEvent => ({ type: "text-delta", text: said });
const call: ChatEvent = { type: "tool-call", callId: "1", name: "t", input: {} };

/** Reads a stream and says when each event came. */
function read(stream: ChatStream, clock: ManualClock) {
  const seen: [number, ChatEvent][] = [];
  const over = (async () => {
    for await (const event of stream) seen.push([clock.now(), event]);
  })();
  return { seen, over };
}

/** Lets time pass whenever the stream waits for it. */
async function pass(clock: ManualClock, over: Promise<void>): Promise<void> {
  let done = false;
  const settled = over.then(
    () => true,
    () => true,
  );
  settled.then(() => {
    done = true;
  });
  while (!done) {
    await new Promise(setImmediate);
    const [next] = clock.pending;
    if (next !== undefined) clock.advance(next);
  }
}

describe("text at a calm pace", () => {
  test("goes out at most so fast, whole, and in order with all else", async () => {
    const clock = new ManualClock();
    const events = [start, text("abc😀"), call, text(""), text("de"), finish];
    const { seen, over } = read(ChatStream.from(events).through(paced({ charactersPerSecond: 10, clock })), clock);
    await pass(clock, over);
    expect(seen).toEqual([
      [0, start],
      [0, text("a")],
      [100, text("b")],
      [200, text("c")],
      [300, text("😀")],
      [300, call],
      [300, text("")],
      [400, text("d")],
      [500, text("e")],
      [500, finish],
    ]);
  });

  test("several characters go together where a screen could not show each", async () => {
    const clock = new ManualClock();
    const { seen, over } = read(
      ChatStream.from([start, text("x".repeat(40)), finish]).through(paced({ charactersPerSecond: 1_000, clock })),
      clock,
    );
    await pass(clock, over);
    expect(seen.map(([at, event]) => [at, event.type === "text-delta" ? event.text.length : 0])).toEqual([
      [0, 0],
      [0, 16],
      [16, 16],
      [32, 8],
      [32, 0],
    ]);
  });

  test("keeps the provider's state with the end of its text, and says what came before a failure", async () => {
    const clock = new ManualClock();
    const opaque = { dialect: "x", data: 1 };
    async function* failing(): AsyncGenerator<ChatEvent> {
      yield start;
      yield { type: "text-delta", text: "ab", opaque };
      throw new SluiceError("overloaded", "too much");
    }
    const { seen, over } = read(ChatStream.from(failing()).through(paced({ charactersPerSecond: 10, clock })), clock);
    const failed = expect(over).rejects.toMatchObject({ code: "overloaded", partial: { text: "ab" } });
    await pass(clock, over);
    await failed;
    expect(seen.map(([, event]) => event)).toEqual([start, text("a"), { type: "text-delta", text: "b", opaque }]);
  });

  test("a reader that leaves waits for nothing", async () => {
    const clock = new ManualClock();
    let left = false;
    function* source(): Generator<ChatEvent> {
      try {
        yield start;
        yield text("abc");
        yield finish;
      } finally {
        left = true;
      }
    }
    const stream = ChatStream.from(source()).through(paced({ charactersPerSecond: 1, clock }));
    const { over } = read(stream, clock);
    await new Promise(setImmediate);
    stream.cancel();
    await expect(over).rejects.toMatchObject({ code: "cancelled" });
    expect(left).toBe(true);
    expect(clock.pending).toEqual([]);
  });

  test.each([[0], [-1], [Number.NaN], ["10"], [undefined]])("a pace of %s is refused", (charactersPerSecond) => {
    expect(() => paced({ charactersPerSecond: charactersPerSecond as number })).toThrow(
      expect.objectContaining({ code: "invalid-argument", field: "charactersPerSecond" }),
    );
  });

  test("an option that is misspelt is refused", () => {
    const options = { charactersPerSecond: 1, charsPerSecond: 1 };
    expect(() => paced(options)).toThrow(expect.objectContaining({ field: "charsPerSecond" }));
  });
});
